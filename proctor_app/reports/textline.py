"""A line of text in any scripts, measured and drawn on the page as it reads.

For what is drawn straight onto the page; text in the HTML goes through `fonts.typeset` and xhtml2pdf, which does the
same for its paragraphs.
"""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import groupby
from typing import Any

from arabic_reshaper import reshape  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth
from xhtml2pdf.bidi import CONTROL_CHARS, display_order, mirrored

from proctor_app.reports import fonts, scripts

Run = tuple[str, str]
ARABIC = "noto-arabic"


def width(line: tuple[Run, ...], size: float) -> float:
    """How wide `line` is drawn, in points."""
    return sum(stringWidth(stretch, font, size) for font, stretch in line)


def draw(canvas: Any, x: float, y: float, line: tuple[Run, ...], size: float, colour: Any) -> None:
    """Draw `line` with its left end at `x` and its baseline at `y`."""
    text = canvas.beginText(x, y)
    text.setFillColor(colour)
    for font, stretch in visual(line):
        text.setFont(font, size)
        text.textOut(stretch)
    canvas.drawText(text)


@lru_cache(4096)
def wrap(text: str, room: float, size: float) -> tuple[tuple[Run, ...], ...]:
    """`text` in lines no wider than `room` points; a word that is wider by itself is cut."""
    lines: list[list[Run]] = [[]]
    used, space = 0.0, stringWidth(" ", scripts.LATIN, size)
    for word in scripts.clean(text).split(" "):
        for part, piece in enumerate(_cut(word, room, size)):
            long = width(piece, size)
            gap = space if lines[-1] and part == 0 else 0.0
            if lines[-1] and used + gap + long > room:
                lines.append([])
                used, gap = 0.0, 0.0
            lines[-1] += [(_font_of_space(lines[-1]), " "), *piece] if gap else piece
            used += gap + long
    return tuple(tuple(line) for line in lines)


def visual(line: tuple[Run, ...]) -> list[Run]:
    """`line` in the order in which it is drawn, left to right."""
    text = "".join(stretch for _, stretch in line)
    own = [font for font, stretch in line for _ in stretch]
    order, levels = display_order(text, "L")
    drawn = [(own[at], mirrored(text[at], levels[at])) for at in order if text[at] not in CONTROL_CHARS]
    return [(font, "".join(c for _, c in group)) for font, group in groupby(drawn, key=lambda pair: pair[0])]


def _cut(word: str, room: float, size: float) -> list[tuple[Run, ...]]:
    """`word` as one piece, or as pieces that each fill a line."""
    pieces = []
    while word:
        fits = len(word)
        if width(_set(word), size) > room:
            fits = bisect_right(range(1, fits), room, key=lambda length: width(_set(word[:length]), size)) or 1
            while fits > 1 and _belongs_to_before(word[fits]):
                fits -= 1
        pieces.append(_set(word[:fits]))
        word = word[fits:]
    return pieces or [()]


def _set(word: str) -> tuple[Run, ...]:
    placed = scripts.runs(word, fonts.has)
    return tuple((font, reshape(stretch) if font == ARABIC else stretch) for font, stretch in placed)


def _font_of_space(line: list[Run]) -> str:
    """The font of the word before it, so that words of one script stay one stretch and keep their order."""
    before = line[-1][0]
    return before if fonts.has(before, " ") else scripts.LATIN


def _belongs_to_before(character: str) -> bool:
    return character in scripts.JOINERS or unicodedata.category(character).startswith("M")
