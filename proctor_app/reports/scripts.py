"""Which font each stretch of a text needs: a name may mix scripts, and no one font holds them all."""

import re
import unicodedata
from itertools import groupby

from markupsafe import Markup, escape

LATIN = "noto"
# Ranges of Unicode blocks and the font that draws them.
FONTS: tuple[tuple[int, int, str], ...] = (
    (0x0590, 0x05FF, "noto-hebrew"),
    (0x0600, 0x06FF, "noto-arabic"),
    (0x0750, 0x077F, "noto-arabic"),
    (0x08A0, 0x08FF, "noto-arabic"),
    (0x0900, 0x097F, "noto-devanagari"),
    (0x1CD0, 0x1CFF, "noto-devanagari"),
    (0x2E80, 0x9FFF, "noto-han"),
    (0xA8E0, 0xA8FF, "noto-devanagari"),
    (0xF900, 0xFAFF, "noto-han"),
    (0xFB1D, 0xFB4F, "noto-hebrew"),
    (0xFB50, 0xFDFF, "noto-arabic"),
    (0xFE30, 0xFE4F, "noto-han"),
    (0xFE70, 0xFEFC, "noto-arabic"),
    (0xFF00, 0xFFEF, "noto-han"),
    (0x20000, 0x3FFFF, "noto-han"),
)
REPLACEMENT = "\ufffd"
# Characters that steer the layout: an override in a name could make other text read backwards.
STEERING = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def runs(text: str) -> list[tuple[str, str]]:
    """`text` as (font, stretch) pairs. Spaces and marks stay with the stretch before them."""
    fonts: list[str] = []
    for character in text:
        neutral = character.isspace() or unicodedata.category(character)[0] in "MP" or character in "\u200c\u200d"
        own = font_of(character)
        fonts.append(fonts[-1] if fonts and neutral and own == LATIN else own)
    pairs = zip(fonts, text, strict=True)
    return [(font, "".join(c for _, c in group)) for font, group in groupby(pairs, key=lambda pair: pair[0])]


def font_of(character: str) -> str:
    """The font for one character; Latin, Greek, Cyrillic and everything unknown share one."""
    code = ord(character)
    return next((font for low, high, font in FONTS if low <= code <= high), LATIN)


def clean(text: str) -> str:
    """`text` without control characters and layout overrides; line breaks become spaces."""
    spaced = re.sub(r"\s+", " ", STEERING.sub("", text))
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs", "Co")).strip()


def typeset(value: object) -> Markup:
    """`value` escaped for the report's HTML, each stretch in a font that has its characters.

    What no font of ours has (emoji, other scripts) is drawn as the replacement sign, never as nothing.
    """
    from proctor_app.reports import fonts

    marked = []
    for font, stretch in runs(clean(str(value))):
        drawn = "".join(c if fonts.has(font, c) else REPLACEMENT for c in stretch)
        marked.append(escape(drawn) if font == LATIN else Markup('<span class="{}">{}</span>').format(font, drawn))
    return Markup("").join(marked)
