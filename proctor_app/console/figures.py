"""The console's two drawings as numbers: the score over time, and the interview's timeline to scale. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind, could_not_tell_label
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.watch import COULD_NOT_TELL, Coverage
from proctor_app.policies.kinds import PHASE_LABELS, Phase
from proctor_app.policies.rules import Policy
from proctor_app.reviews.rules import points_off
from proctor_app.sessions.phases import PhaseSpan

FULL_SCORE = 100
TREND_WIDTH, TREND_HEIGHT = 120, 32
TREND_STEPS = 240

# While it runs, the timeline shows the shortest of these stretches that holds it; then whole hours more.
SCALES = (300, 600, 900, 1800, 2700, 3600, 5400, 7200)
HOUR = 3600
TICK_STEPS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600)
TICKS_AT_MOST = 7
# Marks closer than this share of the strip cannot be told apart by eye and become one.
SLOTS = 400
LANES = {Kind.FOCUS_LOSS: 0, Kind.ABSENCE: 1, Kind.MULTIPLE_FACES: 2}
OTHER_LANE = 3


@dataclass(frozen=True)
class Trend:
    """The score over time as an SVG path in a box of TREND_WIDTH by TREND_HEIGHT, which shows `bottom` to 100."""

    path: str
    bottom: int


@dataclass(frozen=True)
class Mark:
    """One incident on the strip: seconds into the interview, and percent of the strip's width."""

    id: str
    kind: str
    lane: int
    from_seconds: float
    to_seconds: float
    x: float
    width: float
    is_open: bool
    counts: bool
    title: str


@dataclass(frozen=True)
class Gap:
    """A stretch in which the monitor could not tell."""

    from_seconds: float
    to_seconds: float
    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Band:
    """A stretch of the interview that the interviewer marked as a phase."""

    phase: str
    label: str
    from_seconds: float
    x: float
    width: float
    is_open: bool
    title: str


@dataclass(frozen=True)
class Timeline:
    """The strip: `scale_seconds` is what its whole width stands for, `now_x` the percent reached."""

    scale_seconds: float
    now_seconds: float
    now_x: float
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]
    ticks: tuple[tuple[float, str], ...]
    phases: tuple[Band, ...] = ()


def trend(records: Iterable[IncidentRecord], policy: Policy, started_at: datetime, until: datetime) -> Trend:
    """How the score went from the start until `until`; what a person dismissed never counted."""
    length = max(1.0, (until - started_at).total_seconds())
    score = FULL_SCORE
    counts: Counter[str] = Counter()
    points: dict[int, int] = {0: score}
    for record in sorted(records, key=lambda record: record.started_at):
        if record.counts:
            score += points_off(record.kind, counts[record.kind], policy)
            counts[record.kind] += 1
            score -= points_off(record.kind, counts[record.kind], policy)
            share = (record.started_at - started_at).total_seconds() / length
            points[round(min(1.0, max(0.0, share)) * TREND_STEPS)] = max(0, score)
    # The upper half is shown alone while the score is in it: most steps are small.
    bottom = 0 if min(points.values()) < FULL_SCORE / 2 else FULL_SCORE // 2
    path: list[str] = []
    for step, value in sorted(points.items()):
        y = (FULL_SCORE - value) / (FULL_SCORE - bottom) * TREND_HEIGHT
        x = step / TREND_STEPS * TREND_WIDTH
        path.append(f"H{x:g}V{y:g}" if path else f"M{x:g} {y:g}")
    return Trend("".join([*path, f"H{TREND_WIDTH}"]), bottom)


def timeline(
    records: Iterable[IncidentRecord],
    coverage: Coverage,
    started_at: datetime,
    ended_at: datetime | None,
    now: datetime,
    phases: Iterable[PhaseSpan] = (),
) -> Timeline:
    """The strip of an interview that runs, or that is over (then it fills the whole width)."""
    length = max(1.0, ((ended_at or now) - started_at).total_seconds())
    scale = length if ended_at else live_scale(length)
    marks = [_mark(record, started_at, ended_at or now, scale) for record in records]
    return Timeline(
        scale_seconds=scale,
        now_seconds=length,
        now_x=_percent(length, scale),
        marks=tuple(_told_apart(marks)),
        gaps=tuple(_gap(start, end, reason, scale) for start, end, reason in _unseen(coverage, started_at)),
        ticks=tuple((_percent(at, scale), words.offset(at)) for at in tick_seconds(scale)),
        phases=tuple(_band(span, started_at, ended_at or now, scale) for span in phases),
    )


def live_scale(seconds: float) -> float:
    """What the strip's width stands for while the interview has lasted `seconds`."""
    fitting = next((scale for scale in SCALES if scale > seconds), None)
    return float(fitting or (seconds // HOUR + 1) * HOUR)


def tick_seconds(scale: float) -> list[int]:
    """Where the strip's axis is labelled: round times, not more than fit, none at the very end."""
    step = next((step for step in TICK_STEPS if scale / step <= TICKS_AT_MOST), TICK_STEPS[-1])
    while scale / step > TICKS_AT_MOST:
        step *= 2
    return [at for at in range(0, int(scale), step) if at / scale <= 0.96]


def _mark(record: IncidentRecord, started_at: datetime, until: datetime, scale: float) -> Mark:
    start = min(scale, max(0.0, (record.started_at - started_at).total_seconds()))
    end = min(scale, start + record.duration_seconds(until))
    verdict = f", {record.verdict}" if record.verdict else ""
    return Mark(
        id=record.id,
        kind=str(record.kind),
        lane=LANES.get(Kind(record.kind), OTHER_LANE),
        from_seconds=start,
        to_seconds=end,
        x=_percent(start, scale),
        width=_percent(end - start, scale),
        is_open=record.is_open,
        counts=record.counts,
        title=f"{words.offset(start)} {words.seen(record)}, {words.duration(end - start)}{verdict}",
    )


def _told_apart(marks: list[Mark]) -> list[Mark]:
    """One mark for each that an eye could tell from its neighbours of the same kind."""
    shown: dict[tuple[str, int, bool], Mark] = {}
    for mark in marks:
        place = (mark.kind, round(mark.x / 100 * SLOTS), mark.counts)
        if place not in shown or mark.is_open or mark.width > shown[place].width:
            shown[place] = mark
    return list(shown.values())


def _unseen(coverage: Coverage, started_at: datetime) -> Iterable[tuple[float, float, str | None]]:
    for span in coverage.spans:
        if span.state == COULD_NOT_TELL:
            start = (span.started_at - started_at).total_seconds()
            yield start, start + span.seconds, span.reason


def _gap(start: float, end: float, reason: str | None, scale: float) -> Gap:
    title = f"Could not tell: {could_not_tell_label(reason)}, {words.duration(end - start)}"
    return Gap(start, end, _percent(start, scale), _percent(end - start, scale), title)


def _band(span: PhaseSpan, started_at: datetime, until: datetime, scale: float) -> Band:
    start = max(0.0, (span.started_at - started_at).total_seconds())
    end = max(start, ((span.ended_at or until) - started_at).total_seconds())
    label = PHASE_LABELS[Phase(span.phase)]
    return Band(
        phase=span.phase,
        label=label,
        from_seconds=start,
        x=_percent(start, scale),
        width=_percent(end - start, scale),
        is_open=span.ended_at is None,
        title=f"{label}, from {words.offset(start)}, {words.duration(end - start)}",
    )


def _percent(seconds: float, scale: float) -> float:
    return round(min(100.0, max(0.0, 100 * seconds / scale)), 2)
