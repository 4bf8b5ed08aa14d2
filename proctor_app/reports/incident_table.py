"""The table of incidents, drawn straight onto the page.

xhtml2pdf makes a paragraph of every cell, and 1,000 incidents are 7,000 cells: half a minute. Drawn as lines of text
they take a fraction of a second. The table splits between rows, never within one, and repeats its headings.
It stands in the HTML as `<pdf:incidents key="…">`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable
from xhtml2pdf import parser
from xhtml2pdf.bidi import get_display
from xhtml2pdf.tags import pisaTag

from proctor_app.reports import fonts
from proctor_app.reports.scripts import LATIN, clean, runs

SIZE, LEADING, PADDING = 8.5, 11.5, 3.0
HEAD_SIZE, HEAD_HEIGHT = 8.0, 15.0
INK, GREY, RULE, FAINT = HexColor("#26251f"), HexColor("#625f57"), HexColor("#e3dfd6"), HexColor("#8a867c")


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in points, and whether it is set flush right."""

    heading: str
    width: float
    is_right: bool = False


COLUMNS = (
    Column("No.", 10 * mm),
    Column("Into", 16 * mm),
    Column("Time of day", 27 * mm),
    Column("What was seen", 48 * mm),
    Column("For", 20 * mm),
    Column("Points", 11 * mm, is_right=True),
    Column("", 4 * mm),
    Column("Review", 34 * mm),
)
Run = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One incident: a text for each column that has a heading, and whether it is set in grey."""

    cells: tuple[str, ...]
    is_faint: bool = False


class IncidentTable(Flowable):  # type: ignore[misc]
    """The lines under the headings."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = list(lines)
        self._wrapped = [_wrap_line(line) for line in self._lines]

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        self.width, self.height = available_width, HEAD_HEIGHT + sum(_height(one) for one in self._wrapped)
        return self.width, self.height

    def split(self, _available_width: float, available_height: float) -> list[Flowable]:
        """As many rows as fit, and the rest; nothing when not one row fits."""
        room, fits = available_height - HEAD_HEIGHT, 0
        for wrapped in self._wrapped:
            room -= _height(wrapped)
            if room < 0:
                break
            fits += 1
        return [IncidentTable(self._lines[:fits]), IncidentTable(self._lines[fits:])] if fits else []

    def draw(self) -> None:
        """Draw from the top down."""
        width = sum(column.width for column in COLUMNS)
        y = self.height - HEAD_HEIGHT
        for x, column in _places():
            self._text(x, y + 5, column, [(LATIN, column.heading)], HEAD_SIZE, GREY)
        self._rule(y, width, GREY)
        for line, wrapped in zip(self._lines, self._wrapped, strict=True):
            top, y = y, y - _height(wrapped)
            for (x, column), rows in zip(_places(), wrapped, strict=True):
                for number, row in enumerate(rows):
                    base = top - PADDING - SIZE - number * LEADING
                    self._text(x, base, column, row, SIZE, FAINT if line.is_faint else INK)
            self._rule(y, width, RULE)

    def _text(self, x: float, y: float, column: Column, row: list[Run], size: float, colour: Any) -> None:
        if column.is_right:
            x += column.width - _width(row, size)
        text = self.canv.beginText(x, y)
        text.setFillColor(colour)
        for font, stretch in row:
            text.setFont(font, size)
            text.textOut(get_display(stretch))
        self.canv.drawText(text)

    def _rule(self, y: float, width: float, colour: Any) -> None:
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(0.5)
        self.canv.line(0, y, width, y)


def _places() -> list[tuple[float, Column]]:
    x, places = 0.0, []
    for column in COLUMNS:
        if column.heading:
            places.append((x, column))
        x += column.width
    return places


def _height(wrapped: list[list[list[Run]]]) -> float:
    return max(len(rows) for rows in wrapped) * LEADING + 2 * PADDING - (LEADING - SIZE) + 2


def _wrap_line(line: Line) -> list[list[list[Run]]]:
    widths = [column.width - 4 for _, column in _places()]
    return [wrap_text(text, width) for text, width in zip(line.cells, widths, strict=True)]


def wrap_text(text: str, width: float) -> list[list[Run]]:
    """`text` in lines of runs no wider than `width` points; a word that is wider by itself is cut."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word in clean(text).split(" "):
        for piece in _cut(word, width):
            size = _width(piece, SIZE)
            space = _space() if lines[-1] else 0.0
            if lines[-1] and used + space + size > width:
                lines.append([])
                used, space = 0.0, 0.0
            lines[-1] += [(LATIN, " "), *piece] if space else piece
            used += space + size
    return lines


def _cut(word: str, width: float) -> list[list[Run]]:
    whole = runs(word, fonts.has)
    if _width(whole, SIZE) <= width or len(word) < 2:
        return [whole]
    middle = len(word) // 2
    return [*_cut(word[:middle], width), *_cut(word[middle:], width)]


def _width(row: list[Run], size: float) -> float:
    return sum(stringWidth(stretch, font, size) for font, stretch in row)


@cache
def _space() -> float:
    return float(stringWidth(" ", LATIN, SIZE))


# ---------------------------------------------------------------- the tag in the HTML

_waiting: dict[str, Sequence[Line]] = {}


class IncidentsTag(pisaTag):  # type: ignore[misc]
    """`<pdf:incidents key="…">` becomes the table that `place` put by under that key."""

    def start(self, context: Any) -> None:
        """Called by xhtml2pdf when it meets the tag."""
        context.addPara()
        context.addStory(IncidentTable(_waiting.pop(self.node.getAttribute("key"))))


def place(key: str, lines: Sequence[Line]) -> None:
    """Have the table of `lines` ready for the tag with `key`."""
    parser.pisaTagPDFINCIDENTS = IncidentsTag
    _waiting[key] = lines
