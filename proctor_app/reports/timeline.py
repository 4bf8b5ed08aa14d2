"""The interview drawn to scale: incidents on lanes, and beneath them what was watched and what could not be. Pure.

An SVG, which the PDF keeps as lines: sharp at any size, and its words can be searched. One unit is a tenth of a
millimetre on paper.
"""

from collections.abc import Callable, Iterator
from html import escape

from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind
from proctor_app.incidents.watch import COULD_NOT_TELL, LEFT, SEEN, WatchSpan
from proctor_app.policies.kinds import Phase
from proctor_app.reports.report import Report, Row

WIDTH, LABELS, EDGE = 1740, 240, 4
PHASES, LANE, WATCH, AXIS, LEGEND = 48, 70, 50, 62, 44
LANES: tuple[tuple[str, Kind], ...] = (
    ("Focus loss", Kind.FOCUS_LOSS),
    ("Absence", Kind.ABSENCE),
    ("Multiple faces", Kind.MULTIPLE_FACES),
)
OTHER_LANE = "Other"
COLOURS = {Kind.FOCUS_LOSS: "#b7791f", Kind.ABSENCE: "#475569", Kind.MULTIPLE_FACES: "#6d28d9"}
OTHER = "#64748b"
WATCHED, HATCH, PAPER, INK, FAINT, RULE = "#9ccac3", "#807c73", "#efece5", "#26251f", "#625f57", "#ddd8ce"
PHASE = "#dcebe8"
TEXT, HATCH_STEP = 27, 12
TICK_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
TICKS_AT_MOST = 9
# An incident of a second in an hour would be thinner than a hair.
MARK_AT_LEAST = 7
# Marks of one kind closer than this cannot be told apart on paper and are drawn once.
SAME_PLACE = 2

Scale = Callable[[float], float]


def draw(report: Report) -> str:
    """The timeline as SVG. Times outside the interview, from a clock that was off, are drawn at its edges."""
    length = max(report.length_seconds, 1.0)
    lanes = [(name, [row for row in report.rows if row.record.kind == kind], COLOURS[kind]) for name, kind in LANES]
    others = [row for row in report.rows if row.record.kind not in COLOURS]
    if others:
        lanes.append((OTHER_LANE, others, OTHER))
    top_of_lanes = PHASES if report.phases else 0
    watch_top = top_of_lanes + len(lanes) * LANE + 6
    axis_top = watch_top + WATCH
    height = axis_top + AXIS + LEGEND

    def x(seconds: float) -> float:
        return LABELS + (WIDTH - LABELS - EDGE) * min(max(seconds / length, 0.0), 1.0)

    shapes = list(_ticks(length, x, axis_top))
    shapes += _phases(report, x)
    for place, (name, rows, colour) in enumerate(lanes):
        top = top_of_lanes + place * LANE
        shapes.append(_text(0, top + LANE - 22, name))
        shapes.append(_line(LABELS, top + LANE, WIDTH - EDGE, top + LANE, RULE))
        shapes += [_mark(row, x, top, colour) for row in _told_apart(rows, x)]
    shapes.append(_text(0, watch_top + WATCH - 15, "Watched"))
    for span in report.coverage.spans:
        shapes += _span(span, report, x, watch_top)
    shapes.append(_box(LABELS, watch_top, WIDTH - EDGE - LABELS, WATCH, "none", FAINT))
    shapes += _legend(axis_top + AXIS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f"{''.join(shapes)}</svg>"
    )


def tick_seconds(length: float) -> list[float]:
    """Round moments from 0 on, at most `TICKS_AT_MOST` of them in `length` seconds."""
    step = next((one for one in TICK_STEPS if length / one < TICKS_AT_MOST), TICK_STEPS[-1])
    return [index * step for index in range(int(length / step) + 1)]


def _ticks(length: float, x: Scale, bottom: float) -> Iterator[str]:
    for seconds in tick_seconds(length):
        yield _line(x(seconds), 0, x(seconds), bottom + 8, RULE)
        at_edge = x(seconds) > WIDTH - 45
        anchor, at = ("end", WIDTH) if at_edge else ("middle", x(seconds))
        yield _text(at, bottom + 40, words.offset(seconds), FAINT, anchor)


def _mark(row: Row, x: Scale, top: float, colour: str) -> str:
    start = x(row.into_seconds)
    width = max(x(row.into_seconds + row.duration_seconds) - start, MARK_AT_LEAST)
    start = min(start, WIDTH - EDGE - width)
    # Dismissed ones are hollow: the pattern says it, not the colour alone.
    return _box(start, top + 16, width, LANE - 16, colour if row.record.counts else "#ffffff", colour)


def _told_apart(rows: list[Row], x: Scale) -> list[Row]:
    """One row for each mark that an eye could tell from its neighbours: the longest."""
    shown: dict[tuple[int, bool], Row] = {}
    for row in rows:
        place = (round(x(row.into_seconds) / SAME_PLACE), row.record.counts)
        if place not in shown or row.duration_seconds > shown[place].duration_seconds:
            shown[place] = row
    return list(shown.values())


def _phases(report: Report, x: Scale) -> Iterator[str]:
    """Above the lanes, what the interviewer marked; a stretch too short for its word has none."""
    if not report.phases or report.started_at is None:
        return
    yield _text(0, PHASES - 14, "Phase")
    for span in report.phases:
        ends = span.ended_at or report.ended_at
        left, right = (x((at - report.started_at).total_seconds()) for at in (span.started_at, ends))
        yield _box(left, 4, max(right - left, 2), PHASES - 8, PAPER if span.phase == Phase.BREAK else PHASE, FAINT)
        if right - left > len(span.phase) * TEXT * 0.6 + 16:
            yield _text(left + 10, PHASES - 14, span.phase)


def _span(span: WatchSpan, report: Report, x: Scale, top: float) -> Iterator[str]:
    if report.started_at is None:
        return
    left, right = (x((at - report.started_at).total_seconds()) for at in (span.started_at, span.ended_at))
    if span.state == SEEN:
        yield _box(left, top, right - left, WATCH, WATCHED)
    elif span.state == COULD_NOT_TELL:
        yield from _hatched(left, top, max(right - left, 2), WATCH)
    elif span.state == LEFT:
        yield _box(left, top, right - left, WATCH, "#ffffff")
        for at in (left, right):
            yield _line(at, top - 6, at, top + WATCH + 6, INK)


def _hatched(left: float, top: float, width: float, height: float) -> Iterator[str]:
    """A box with diagonal lines, each cut off at the box's edges."""
    yield _box(left, top, width, height, PAPER)
    start = left - height + HATCH_STEP / 2
    while start < left + width:
        from_x, to_x = max(start, left), min(start + height, left + width)
        if from_x < to_x:
            yield _line(from_x, top + height - (from_x - start), to_x, top + height - (to_x - start), HATCH)
        start += HATCH_STEP


def _legend(top: float) -> Iterator[str]:
    colour = COLOURS[Kind.FOCUS_LOSS]
    box, at = 44, float(LABELS)
    for text, room in (
        ("counts", 170),
        ("dismissed", 215),
        ("watched", 195),
        ("could not see", 250),
        ("left the call", 0),
    ):
        if text == "could not see":
            yield from _hatched(at, top + 10, box, 24)
        else:
            fill = {"counts": colour, "watched": WATCHED}.get(text, "#ffffff")
            edge = {"watched": WATCHED, "left the call": FAINT}.get(text, colour)
            yield _box(at, top + 10, box, 24, fill, edge)
        yield _text(at + box + 12, top + 32, text, FAINT)
        at += box + room


def _text(x: float, y: float, text: str, fill: str = INK, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="noto" font-size="{TEXT}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _box(x: float, y: float, width: float, height: float, fill: str, edge: str | None = None) -> str:
    stroke = f' stroke="{edge}" stroke-width="2"' if edge else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{stroke}/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="2"/>'
