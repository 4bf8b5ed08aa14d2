"""The table of incidents, drawn straight onto the page.

xhtml2pdf makes a paragraph of every cell, and 1,000 incidents are 8,000 cells: half a minute. Drawn as lines of text
they take a fraction of a second. The table splits between rows, never within one, and repeats its headings.
It stands in the HTML as `<pdf:incidents key="…">`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable
from xhtml2pdf import parser
from xhtml2pdf.tags import pisaTag

from proctor_app.reports import textline
from proctor_app.reports.scripts import LATIN

SIZE, LEADING, PADDING = 8.5, 11.5, 3.4
HEAD_SIZE, HEAD_HEIGHT = 8.0, 16.0
SWATCH, SWATCH_ROOM = 5.5, 9.0
INK, GREY, RULE, HEAD_RULE = HexColor("#26251f"), HexColor("#625f57"), HexColor("#e3dfd6"), HexColor("#8a867c")
# From the bottom of a row's line box to the baseline of its text.
DESCENT = 0.3 * SIZE


@dataclass(frozen=True)
class Column:
    """A column: its width in points, the gap at its right, and whether it is set flush right."""

    heading: str
    width: float
    gap: float = 2 * mm
    is_right: bool = False


COLUMNS = (
    Column("No.", 7 * mm, 2.5 * mm, is_right=True),
    Column("Into", 12 * mm, 1.5 * mm),
    Column("Time of day", 15 * mm, 1.5 * mm),
    Column("Kind", 25 * mm),
    Column("What was seen", 45 * mm),
    Column("For", 17 * mm, 0.5 * mm),
    Column("Points", 9 * mm, 3.5 * mm, is_right=True),
    Column("Review", 30.5 * mm, 0),
)
KIND_COLUMN = 3


@dataclass(frozen=True)
class Line:
    """One incident: a text for each column; the colour of its kind; whether it counts."""

    cells: tuple[str, ...]
    colour: str
    counts: bool


Cells = list[tuple[tuple[textline.Run, ...], ...]]


@dataclass(frozen=True)
class Row:
    """A line with its cells wrapped, which is done once: a long table is split on every page it crosses."""

    line: Line
    cells: Cells
    height: float


class IncidentTable(Flowable):  # type: ignore[misc]
    """The lines under the headings."""

    def __init__(self, rows: Sequence[Row], zone: str) -> None:
        super().__init__()
        self._rows, self._zone = rows, zone

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        self.width, self.height = available_width, HEAD_HEIGHT + sum(row.height for row in self._rows)
        return self.width, self.height

    def split(self, _available_width: float, available_height: float) -> list[Flowable]:
        """As many rows as fit, and the rest; nothing when not one row fits."""
        room, fits = available_height - HEAD_HEIGHT, 0
        for row in self._rows:
            room -= row.height
            if room < 0:
                break
            fits += 1
        if not fits:
            return []
        return [IncidentTable(part, self._zone) for part in (self._rows[:fits], self._rows[fits:]) if part]

    def draw(self) -> None:
        """Draw from the top down."""
        y = self.height - HEAD_HEIGHT
        for x, column in _places():
            heading = (
                f"Time ({self._zone})" if column.heading == "Time of day" and len(self._zone) < 6 else column.heading
            )
            self._put(x, y + 5.5, column, ((LATIN, heading),), HEAD_SIZE, GREY)
        self._rule(y, HEAD_RULE, 0.8)
        for row in self._rows:
            top, y = y, y - row.height
            self._row(row.line, row.cells, top)
            self._rule(y, RULE, 0.5)

    def _row(self, line: Line, cells: Cells, top: float) -> None:
        for (x, column), rows in zip(_places(), cells, strict=True):
            if column is COLUMNS[KIND_COLUMN]:
                self._swatch(x, top, line)
                x += SWATCH_ROOM
            for number, row in enumerate(rows):
                y = top - PADDING - (number + 1) * LEADING + DESCENT
                self._put(x, y, column, row, SIZE, INK if line.counts else GREY)

    def _put(self, x: float, y: float, column: Column, row: tuple[textline.Run, ...], size: float, colour: Any) -> None:
        if column.is_right:
            x += column.width - textline.width(row, size)
        textline.draw(self.canv, x, y, row, size, colour)

    def _swatch(self, x: float, top: float, line: Line) -> None:
        """The kind's colour as on the timeline: filled, or hollow for what does not count."""
        self.canv.setStrokeColor(HexColor(line.colour))
        self.canv.setFillColor(HexColor(line.colour) if line.counts else HexColor("#ffffff"))
        self.canv.setLineWidth(0.8)
        self.canv.rect(x, top - PADDING - LEADING + DESCENT, SWATCH, SWATCH, fill=1)

    def _rule(self, y: float, colour: Any, weight: float) -> None:
        self.canv.setStrokeColor(colour)
        self.canv.setLineWidth(weight)
        self.canv.line(0, y, self.width, y)


def _places() -> Iterator[tuple[float, Column]]:
    x = 0.0
    for column in COLUMNS:
        yield x, column
        x += column.width + column.gap


def row_of(line: Line) -> Row:
    """`line` with each cell in as many lines as its column needs."""
    rooms = [column.width - (SWATCH_ROOM if number == KIND_COLUMN else 0) for number, column in enumerate(COLUMNS)]
    cells = [textline.wrap(text, room, SIZE) for text, room in zip(line.cells, rooms, strict=True)]
    return Row(line, cells, max(len(rows) for rows in cells) * LEADING + 2 * PADDING)


# ---------------------------------------------------------------- the tag in the HTML

_waiting: dict[str, IncidentTable] = {}


class IncidentsTag(pisaTag):  # type: ignore[misc]
    """`<pdf:incidents key="…">` becomes the table that `place` put by under that key."""

    def start(self, context: Any) -> None:
        """Called by xhtml2pdf when it meets the tag."""
        context.addPara()
        context.addStory(_waiting.pop(self.node.getAttribute("key")))


def place(key: str, lines: Sequence[Line], zone: str) -> None:
    """Have the table of `lines` ready for the tag with `key`. `zone` names that of the times of day."""
    parser.pisaTagPDFINCIDENTS = IncidentsTag
    _waiting[key] = IncidentTable([row_of(line) for line in lines], zone)
