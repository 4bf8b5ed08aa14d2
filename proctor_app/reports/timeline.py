"""The interview drawn to scale: incidents on lanes, and beneath them what was watched and what could not be."""

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFont

from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind
from proctor_app.incidents.watch import COULD_NOT_TELL, LEFT, SEEN
from proctor_app.reports.fonts import FILES, FOLDER
from proctor_app.reports.report import Report

# Drawn at 200 dots an inch for a strip 170 mm wide; print needs no more.
WIDTH, LANE, GAP = 1340, 30, 8
AXIS, WATCH = 34, 26
LANES: tuple[tuple[str, tuple[Kind, ...] | None], ...] = (
    ("Focus loss", (Kind.FOCUS_LOSS,)),
    ("Absence", (Kind.ABSENCE,)),
    ("Several faces", (Kind.MULTIPLE_FACES,)),
    ("Other", None),
)
COLOURS = {Kind.FOCUS_LOSS: "#b7791f", Kind.ABSENCE: "#475569", Kind.MULTIPLE_FACES: "#6d28d9"}
OTHER, SEEN_COLOUR, HATCH, INK, RULE = "#64748b", "#cfe5e1", "#8f8b83", "#3b3a36", "#dedad2"
LABELS = 170
TICK_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
TICKS_AT_MOST = 9
# An incident of a second in an hour would be less than a dot wide.
MARK_AT_LEAST = 4


def draw(report: Report) -> bytes:
    """The timeline as a PNG. Times outside the interview, from a clock that was off, are drawn at its edges."""
    lanes = [lane for lane in LANES if lane[1] or _others(report)]
    height = len(lanes) * (LANE + GAP) + WATCH + AXIS + GAP
    image = Image.new("RGB", (WIDTH, height), "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FOLDER / FILES["noto"]), 20)
    length = max(report.length_seconds, 1.0)

    def x(seconds: float) -> float:
        return LABELS + (WIDTH - LABELS - 2) * min(max(seconds / length, 0.0), 1.0)

    ticks = tick_seconds(length)
    for seconds in ticks:
        pen.line((x(seconds), 0, x(seconds), height - AXIS), fill=RULE, width=2)
    for place, (name, kinds) in enumerate(lanes):
        top = place * (LANE + GAP)
        pen.text((0, top + 2), name, font=font, fill=INK)
        pen.line((LABELS, top + LANE, WIDTH, top + LANE), fill=RULE, width=1)
        for row in report.rows:
            if (row.record.kind in kinds) if kinds else (row.record.kind not in COLOURS):
                start, end = x(row.into_seconds), x(row.into_seconds + row.duration_seconds)
                box = (start, top + 3, max(end, start + MARK_AT_LEAST), top + LANE - 1)
                colour = COLOURS.get(Kind(row.record.kind), OTHER)
                # Dismissed ones are hollow: the pattern says it, not the colour alone.
                pen.rectangle(box, fill=colour if row.record.counts else "white", outline=colour, width=2)
    top = len(lanes) * (LANE + GAP)
    pen.text((0, top), "Watched", font=font, fill=INK)
    _draw_watched(image, pen, report, x, top)
    for seconds in ticks:
        text = words.offset(seconds)
        width = pen.textlength(text, font=font)
        pen.text((min(x(seconds) - width / 2, WIDTH - width), height - AXIS + 4), text, font=font, fill=INK)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def tick_seconds(length: float) -> list[float]:
    """Round moments from 0 on, at most `TICKS_AT_MOST` of them in `length` seconds."""
    step = next((one for one in TICK_STEPS if length / one < TICKS_AT_MOST), TICK_STEPS[-1])
    return [index * step for index in range(int(length / step) + 1)]


def _draw_watched(image: Image.Image, pen: ImageDraw.ImageDraw, report: Report, x, top: int) -> None:  # type: ignore[no-untyped-def]
    pen.rectangle((LABELS, top, WIDTH - 2, top + WATCH), outline=RULE, width=1)
    for span in report.coverage.spans:
        if report.started_at is None:
            continue
        start, end = ((at - report.started_at).total_seconds() for at in (span.started_at, span.ended_at))
        box = (x(start), top, x(end), top + WATCH)
        if span.state == SEEN:
            pen.rectangle(box, fill=SEEN_COLOUR)
        elif span.state == COULD_NOT_TELL:
            _hatch(image, box)
        elif span.state == LEFT:
            pen.rectangle(box, fill="white", outline=RULE)


def _hatch(image: Image.Image, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = (round(edge) for edge in box)
    if right <= left:
        return
    tile = Image.new("RGB", (right - left, bottom - top), "#f0eee9")
    pen = ImageDraw.Draw(tile)
    for start in range(-tile.height, tile.width, 9):
        pen.line((start, tile.height, start + tile.height, 0), fill=HATCH, width=2)
    image.paste(tile, (left, top))


def _others(report: Report) -> bool:
    return any(row.record.kind not in COLOURS for row in report.rows)


def legend() -> Iterable[tuple[str, bytes]]:
    """The words of the legend with their swatches as PNG: filled, hollow, seen, hatched."""
    swatches = []
    for text, kind in (("counts", "filled"), ("dismissed", "hollow"), ("watched", "seen"), ("could not tell", "hatch")):
        image = Image.new("RGB", (34, 22), "white")
        pen = ImageDraw.Draw(image)
        if kind == "hatch":
            _hatch(image, (0, 0, 34, 22))
        else:
            fill = {"filled": COLOURS[Kind.FOCUS_LOSS], "hollow": "white", "seen": SEEN_COLOUR}[kind]
            outline = SEEN_COLOUR if kind == "seen" else COLOURS[Kind.FOCUS_LOSS]
            pen.rectangle((1, 1, 32, 20), fill=fill, outline=outline, width=2)
        file = io.BytesIO()
        image.save(file, "PNG")
        swatches.append((text, file.getvalue()))
    return swatches
