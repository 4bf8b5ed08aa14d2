"""Which font each stretch of a text needs: a name may mix scripts, and no one font holds them all. Pure."""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby

LATIN, EMOJI = "noto", "noto-emoji"
# Unicode blocks and the font that draws them. Latin, Greek, Cyrillic, digits and signs are the rest.
FONTS: tuple[tuple[int, int, str], ...] = (
    (0x0590, 0x05FF, "noto-hebrew"),
    (0x0600, 0x06FF, "noto-arabic"),
    (0x0750, 0x077F, "noto-arabic"),
    (0x08A0, 0x08FF, "noto-arabic"),
    (0x0900, 0x097F, "noto-devanagari"),
    (0x0980, 0x09FF, "noto-bengali"),
    (0x0A00, 0x0A7F, "noto-gurmukhi"),
    (0x0A80, 0x0AFF, "noto-gujarati"),
    (0x0B80, 0x0BFF, "noto-tamil"),
    (0x0C00, 0x0C7F, "noto-telugu"),
    (0x0C80, 0x0CFF, "noto-kannada"),
    (0x0D00, 0x0D7F, "noto-malayalam"),
    (0x0E00, 0x0E7F, "noto-thai"),
    (0x1100, 0x11FF, "noto-hangul"),
    (0x1CD0, 0x1CFF, "noto-devanagari"),
    (0x2E80, 0x312F, "noto-han"),
    (0x3130, 0x318F, "noto-hangul"),
    (0x3190, 0x9FFF, "noto-han"),
    (0xA8E0, 0xA8FF, "noto-devanagari"),
    (0xA960, 0xA97F, "noto-hangul"),
    (0xAC00, 0xD7FF, "noto-hangul"),
    (0xF900, 0xFAFF, "noto-han"),
    (0xFB1D, 0xFB4F, "noto-hebrew"),
    (0xFB50, 0xFDFF, "noto-arabic"),
    (0xFE30, 0xFE4F, "noto-han"),
    (0xFE70, 0xFEFC, "noto-arabic"),
    (0xFF00, 0xFFEF, "noto-han"),
    (0x20000, 0x3FFFF, "noto-han"),
)
REPLACEMENT = "\ufffd"
JOINERS = "\u200c\u200d"
# Characters that steer the layout: an override in a name could make other text read backwards.
STEERING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# What only varies the character before it: forms of emoji and of ideographs, skin tones.
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0000-\U000e01ef\U0001f3fb-\U0001f3ff]")
# Whether a font has a character.
Has = Callable[[str, str], bool]


def runs(text: str, has: Has) -> list[tuple[str, str]]:
    """`text` as (font, stretch) pairs that together read as the text does.

    Spaces, marks and joiners stay with the stretch before them: they belong to its letters. A character that no font
    has becomes the replacement sign, never nothing.
    """
    placed: list[tuple[str, str]] = []
    for character in clean(text):
        before = placed[-1][0] if placed else LATIN
        font = font_of(character, before, has)
        if font is not None:
            placed.append((font, character))
        elif character not in JOINERS:
            placed.append((LATIN, REPLACEMENT))
    return [(font, "".join(c for _, c in group)) for font, group in groupby(placed, key=lambda pair: pair[0])]


def font_of(character: str, before: str, has: Has) -> str | None:
    """The font for one character that follows on a stretch in the font `before`; None when no font has it."""
    if character == " ":
        return before if has(before, character) else LATIN
    code = ord(character)
    own = next((font for low, high, font in FONTS if low <= code <= high), LATIN)
    belongs = character in JOINERS or unicodedata.category(character).startswith("M")
    wanted = (before, own, LATIN) if belongs else (own, LATIN, EMOJI)
    return next((font for font in wanted if has(font, character)), None)


def direction(text: str) -> str:
    """Which way `text` is read, after its first letter: `ltr` or `rtl`."""
    first = next((way for way in map(unicodedata.bidirectional, text) if way in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def clean(text: str) -> str:
    """`text` composed, without control characters and layout overrides; line breaks become spaces."""
    plain = VARIATIONS.sub("", STEERING.sub("", unicodedata.normalize("NFC", text)))
    spaced = re.sub(r"\s+", " ", plain)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs", "Co")).strip()
