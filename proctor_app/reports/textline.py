"""A line of text in any scripts, measured and drawn on the page as it reads.

For what is drawn straight onto the page; text in the HTML goes through `fonts.typeset` and xhtml2pdf, which does the
same for its paragraphs.
"""

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
            lines[-1] += [(scripts.LATIN, " "), *piece] if gap else piece
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
    whole = tuple(
        (font, reshape(stretch) if font == ARABIC else stretch) for font, stretch in scripts.runs(word, fonts.has)
    )
    if len(word) < 2 or width(whole, size) <= room:
        return [whole]
    middle = len(word) // 2
    return [*_cut(word[:middle], room, size), *_cut(word[middle:], room, size)]
