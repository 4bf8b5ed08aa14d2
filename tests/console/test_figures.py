"""The score over time and the timeline, as numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.console import figures
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.watch import COULD_NOT_TELL, SEEN, Coverage, WatchSpan
from proctor_app.policies.rules import CLASSIC

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def record(number: int, kind: str, start: float, end: float | None, verdict: str | None = None) -> IncidentRecord:
    ended = None if end is None else at(end)
    return IncidentRecord(f"i{number}", number, kind, None, at(start), ended, 1, {}, "candidate", verdict=verdict)


def coverage(*spans: tuple[str, float, float]) -> Coverage:
    told = tuple(
        WatchSpan(state, None if state == SEEN else "too_dark", at(start), at(end)) for state, start, end in spans
    )
    return Coverage(600, 600, 100, {}, told)


def test_the_trend_steps_down_where_incidents_begin_and_ends_at_the_score() -> None:
    records = [record(1, "multiple_faces", 300, 310), record(2, "absence", 150, 160)]
    assert figures.trend(records, CLASSIC, START, at(600)).path == "M0 0H30V1.92H60V5.12H120"


def test_a_dismissed_incident_is_no_step() -> None:
    assert figures.trend([record(1, "absence", 1, 2, "dismissed")], CLASSIC, START, at(600)).path == "M0 0H120"


def test_the_trend_stays_level_where_a_cap_is_reached() -> None:
    records = [record(n, "multiple_faces", 60 * n, 60 * n + 1) for n in (1, 2, 3)]
    capped = replace(CLASSIC, caps={"multiple_faces": 8})
    assert figures.trend(records, capped, START, at(600)).path == "M0 0H12V3.2H24V5.12H36V5.12H120"


def test_below_fifty_the_trend_shows_the_whole_range() -> None:
    records = [record(n, "multiple_faces", n, n + 1) for n in range(1, 31)]
    trend = figures.trend(records, CLASSIC, START, at(60))
    assert trend.bottom == 0
    assert trend.path.endswith("V32H120")


@pytest.mark.parametrize(("seconds", "scale"), [(1, 300), (299, 300), (300, 600), (7300, 10800), (36000, 39600)])
def test_a_running_timeline_takes_the_shortest_scale_that_holds_it(seconds: float, scale: float) -> None:
    assert figures.live_scale(seconds) == scale


@pytest.mark.parametrize("scale", [1, 14, 300, 2700, 86400, 900000])
def test_the_axis_has_few_labels_however_long_it_is(scale: float) -> None:
    ticks = figures.tick_seconds(scale)
    assert ticks[0] == 0
    assert len(ticks) <= figures.TICKS_AT_MOST + 1


def test_marks_are_to_scale_and_what_could_not_be_seen_is_drawn() -> None:
    seen = coverage((SEEN, 0, 60), (COULD_NOT_TELL, 60, 90), (SEEN, 90, 600))
    line = figures.timeline([record(1, "absence", 300, 330)], seen, START, at(600), at(9999))
    assert (line.scale_seconds, line.now_x) == (600, 100)
    assert [(mark.x, mark.width, mark.lane) for mark in line.marks] == [(50, 5, 1)]
    assert [(gap.x, gap.width, gap.title) for gap in line.gaps] == [(10, 5, "Could not tell: too dark, 30 s")]


def test_an_open_incident_reaches_to_now() -> None:
    line = figures.timeline([record(1, "absence", 100, None)], coverage(), START, None, at(130))
    assert (line.marks[0].is_open, line.marks[0].to_seconds) == (True, 130)


def test_a_thousand_incidents_stay_a_drawing_of_bounded_size() -> None:
    records = [record(n, "focus_loss", 3 * n, 3 * n + 1) for n in range(1000)]
    line = figures.timeline(records, coverage(), START, at(3000), at(3000))
    assert len(line.marks) <= figures.SLOTS + 1
