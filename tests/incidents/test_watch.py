"""Coverage: seen time over call time, and what could not be observed."""

from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.incidents import watch
from proctor_app.incidents.watch import Pulse, WatchLog, WatchSpan

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def beat(log: WatchLog, seconds: float, state: str = "watching", reason: str | None = None, since: float | None = None):
    log.beat(Pulse(at(seconds), state, reason, 5, 30, 1), None if since is None else at(since))


def beats(log: WatchLog, start: int, end: int, state: str = "watching", reason: str | None = None) -> None:
    for seconds in range(start, end + 1, 2):
        beat(log, seconds, state, reason)


def test_all_seen_but_the_start() -> None:
    log = WatchLog(START)
    beats(log, 2, 100)
    coverage = watch.coverage(log.spans, START, at(100))
    assert coverage.call_seconds == 100
    assert coverage.seen_seconds == 98
    assert coverage.percent == 98
    assert coverage.not_observable == {"starting": 2}


def test_what_could_not_be_told_is_named_and_not_seen() -> None:
    log = WatchLog(START)
    beats(log, 2, 50)
    beats(log, 52, 90, "could_not_tell", "too_dark")
    beats(log, 92, 100)
    coverage = watch.coverage(log.spans, START, at(100))
    assert coverage.not_observable["too_dark"] == 40
    assert coverage.percent == 58


def test_the_page_says_since_when() -> None:
    log = WatchLog(START)
    beats(log, 2, 50)
    beat(log, 52, "could_not_tell", "blurred", since=51.5)
    assert watch.coverage(log.spans, START, at(52)).not_observable["blurred"] == 0.5


def test_a_silence_is_a_network_gap() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    beat(log, 60)
    coverage = watch.coverage(log.spans, START, at(60))
    assert coverage.not_observable["network_gap"] == 20
    assert [span.state for span in coverage.spans] == ["could_not_tell", "seen", "could_not_tell"]


def test_silence_until_the_end_is_not_seen() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    coverage = watch.coverage(log.spans, START, at(100))
    assert coverage.percent == 38
    assert coverage.not_observable["no_report"] == 60
    assert coverage.is_insufficient


def test_time_after_leaving_is_no_part_of_the_call() -> None:
    log = WatchLog(START)
    beats(log, 2, 50)
    log.left(at(50))
    assert watch.coverage(log.spans, START, at(500)).call_seconds == 50
    log.returned(at(80))
    beats(log, 82, 100)
    coverage = watch.coverage(log.spans, START, at(100))
    assert coverage.call_seconds == 70
    assert coverage.percent == 97


def test_nothing_is_said_before_there_is_a_call() -> None:
    assert watch.coverage([], None, at(5)).percent is None
    assert watch.coverage([], START, at(0.5)).percent is None


def test_no_word_at_all_is_nothing_seen() -> None:
    coverage = watch.coverage([], START, at(60))
    assert (coverage.percent, coverage.is_insufficient) == (0, True)


@pytest.mark.parametrize(
    ("seen", "length", "is_over", "is_insufficient"),
    [
        (49, 100, True, True),
        (50, 100, True, False),
        (49, 100, False, True),
        # A call that goes on is not judged by its first seconds.
        (10, 59, False, False),
        (10, 59, True, True),
        (0, 60, False, True),
        # Not begun: nothing is missing yet. Over without a second of call: there is nothing.
        (0, 0, False, False),
        (0, 0, True, True),
    ],
)
def test_too_little_for_a_number(seen: int, length: int, is_over: bool, is_insufficient: bool) -> None:
    spans = [WatchSpan(watch.SEEN, None, START, at(seen))] if seen else []
    spans += [WatchSpan(watch.COULD_NOT_TELL, "too_dark", at(seen), at(length))]
    assert watch.coverage(spans, START, at(length), is_over=is_over).is_insufficient is is_insufficient


def test_a_silence_that_is_known_is_no_network_gap() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    log.silent(at(50))
    log.silent(at(55))
    beat(log, 60)
    beats(log, 62, 100)
    coverage = watch.coverage(log.spans, START, at(100))
    assert coverage.not_observable == {"starting": 2, "no_report": 20}
    assert coverage.seen_seconds == 78


def test_a_silence_that_is_cut_off_is_one_from_there_on() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    log.silent(at(50))
    log.cut_off()
    beat(log, 53)
    assert watch.coverage(log.spans, START, at(53)).not_observable == {"starting": 2, "no_report": 10, "network_gap": 3}


def test_a_break_is_no_part_of_the_call() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    beats(log, 42, 60, "could_not_tell", "camera_off")
    beats(log, 62, 100)
    coverage = watch.coverage(log.spans, START, at(100), breaks=[(at(30), at(62))])
    assert (coverage.call_seconds, coverage.seen_seconds, coverage.percent) == (68, 66, 97)
    assert coverage.not_observable == {"starting": 2}
    assert [span.state for span in coverage.spans] == ["could_not_tell", "seen", "break", "seen"]


def test_neither_is_one_that_goes_on_nor_one_in_which_the_page_is_gone() -> None:
    log = WatchLog(START)
    beats(log, 2, 40)
    assert watch.coverage(log.spans, START, at(300), breaks=[(at(40), None)]).call_seconds == 40
    # What is not heard of before and after the break is part of the call.
    coverage = watch.coverage(log.spans, START, at(300), breaks=[(at(50), at(290))])
    assert (coverage.call_seconds, coverage.not_observable["no_report"]) == (60, 20)


def test_who_has_left_is_not_in_the_break_as_well() -> None:
    log = WatchLog(START)
    beats(log, 2, 50)
    log.left(at(50))
    log.returned(at(80))
    beats(log, 82, 100)
    coverage = watch.coverage(log.spans, START, at(100), breaks=[(at(40), at(90))])
    assert (coverage.call_seconds, coverage.seen_seconds) == (50, 48)


def test_time_without_consent_is_call_time_that_was_not_watched() -> None:
    log = WatchLog(START)
    beats(log, 0, 20)
    beats(log, 60, 80)
    coverage = watch.coverage(log.spans, START, at(100), unagreed=[(at(20), at(59)), (at(70), None)])
    assert coverage.call_seconds == 100
    assert coverage.not_observable["consent_withdrawn"] == 39 + 30
    assert coverage.seen_seconds == 20 + 10
    assert coverage.percent == 30


def test_time_away_is_no_call_time_with_or_without_consent() -> None:
    log = WatchLog(START)
    beats(log, 0, 20)
    log.left(at(30))
    log.returned(at(50))
    coverage = watch.coverage(log.spans, START, at(60), unagreed=[(at(20), None)])
    assert coverage.call_seconds == 40
    assert coverage.not_observable["consent_withdrawn"] == 20
