"""The stills, three abreast, each over the number and time of its incident; drawn straight onto the page.

A JPEG goes into the file as it is. The grid splits between rows. It stands in the HTML as `<pdf:stills key="…">`.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable
from xhtml2pdf import parser
from xhtml2pdf.tags import pisaTag

from proctor_app.reports import textline

ABREAST, GAP = 3, 4 * mm
WIDTH = (174 * mm - (ABREAST - 1) * GAP) / ABREAST
PICTURE_HEIGHT = WIDTH * 3 / 4
SIZE, LEADING = 8.5, 11.5
CAPTION_LINES, CAPTION_GAP, ROW_GAP = 3, 3.0, 12.0
ROW_HEIGHT = PICTURE_HEIGHT + CAPTION_GAP + CAPTION_LINES * LEADING + ROW_GAP
INK, GREY, RULE, GROUND = HexColor("#26251f"), HexColor("#625f57"), HexColor("#cfcac0"), HexColor("#f4f1ea")


@dataclass(frozen=True)
class Shown:
    """A still with what stands under it: the incident's number, time and what was seen, then the rest, in grey."""

    jpeg: bytes
    title: str
    more: str


class StillsGrid(Flowable):  # type: ignore[misc]
    """Rows of stills."""

    def __init__(self, stills: Sequence[Shown]) -> None:
        super().__init__()
        self._stills = stills

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        self.width, self.height = available_width, -(-len(self._stills) // ABREAST) * ROW_HEIGHT
        return self.width, self.height

    def split(self, _available_width: float, available_height: float) -> list[Flowable]:
        """As many rows as fit, and the rest; nothing when not one row fits."""
        fits = int(available_height // ROW_HEIGHT) * ABREAST
        return [StillsGrid(part) for part in (self._stills[:fits], self._stills[fits:]) if part] if fits else []

    def draw(self) -> None:
        """Draw from the top down."""
        for number, still in enumerate(self._stills):
            row, column = divmod(number, ABREAST)
            self._put(still, column * (WIDTH + GAP), self.height - row * ROW_HEIGHT)

    def _put(self, still: Shown, x: float, top: float) -> None:
        picture = ImageReader(io.BytesIO(still.jpeg))
        across, down = picture.getSize()
        scale = min(WIDTH / across, PICTURE_HEIGHT / down)
        width, height = across * scale, down * scale
        bottom = top - PICTURE_HEIGHT
        self.canv.setFillColor(GROUND)
        self.canv.rect(x, bottom, WIDTH, PICTURE_HEIGHT, stroke=0, fill=1)
        left, under = x + (WIDTH - width) / 2, bottom + (PICTURE_HEIGHT - height) / 2
        self.canv.drawImage(picture, left, under, width, height)
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.rect(x, bottom, WIDTH, PICTURE_HEIGHT, stroke=1, fill=0)
        y = bottom - CAPTION_GAP
        lines = [(line, INK) for line in textline.wrap(still.title, WIDTH, SIZE)[: CAPTION_LINES - 1]]
        lines += [(line, GREY) for line in textline.wrap(still.more, WIDTH, SIZE)]
        for line, colour in lines[:CAPTION_LINES]:
            y -= LEADING
            textline.draw(self.canv, x, y + 0.3 * SIZE, line, SIZE, colour)


# ---------------------------------------------------------------- the tag in the HTML

_waiting: dict[str, StillsGrid] = {}


class StillsTag(pisaTag):  # type: ignore[misc]
    """`<pdf:stills key="…">` becomes the grid that `place` put by under that key."""

    def start(self, context: Any) -> None:
        """Called by xhtml2pdf when it meets the tag."""
        context.addPara()
        context.addStory(_waiting.pop(self.node.getAttribute("key")))


def place(key: str, stills: Sequence[Shown]) -> None:
    """Have the grid of `stills` ready for the tag with `key`."""
    parser.pisaTagPDFSTILLS = StillsTag
    _waiting[key] = StillsGrid(stills)
