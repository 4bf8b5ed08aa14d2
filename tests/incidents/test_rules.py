"""How observations become incidents: the rules that make the count fair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.errors import ProctorError
from proctor_app.incidents import rules
from proctor_app.incidents.kinds import Kind, Verdict
from proctor_app.incidents.rules import Claim, IncidentRecord, Ledger

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def claim(
    key: str, start: float, end: float | None = None, kind: Kind = Kind.FOCUS_LOSS, reason: str | None = "looking_away"
) -> Claim:
    return Claim(key, kind, reason, at(start), None if end is None else at(end), 0.9, {})


def tell(ledger: Ledger, *claims: Claim) -> IncidentRecord:
    record = None
    for one in claims:
        record = rules.decide(ledger, one)
        if record is not None:
            ledger.put(record)
    assert record is not None
    return record


@pytest.fixture
def ledger() -> Ledger:
    # A noise row: another kind, so that a rule which forgets to look at the kind fails.
    made = Ledger("session")
    tell(made, claim("noise", 0, 100, Kind.MULTIPLE_FACES, None))
    return made


def test_an_opening_makes_an_open_incident(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10))
    assert (record.kind, record.reason, record.started_at, record.ended_at) == (
        "focus_loss",
        "looking_away",
        at(10),
        None,
    )
    assert record.number == 2
    assert ledger.tally == {"focus_loss": 1, "multiple_faces": 1}


def test_its_closing_ends_it_and_counts_once(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10), claim("a", 10, 16))
    assert record.duration_seconds(at(99)) == 6
    assert ledger.tally["focus_loss"] == 1


def test_a_repeat_says_nothing_new(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10), claim("a", 10, 16))
    assert rules.decide(ledger, claim("a", 10)) is None
    assert rules.decide(ledger, claim("a", 10, 16)) is None


def test_two_of_a_kind_closer_than_two_seconds_are_one(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10, 16), claim("b", 17.9, 25))
    assert record.observations == ("a", "b")
    assert record.ended_at == at(25)
    assert ledger.tally["focus_loss"] == 1


def test_two_of_a_kind_further_apart_are_two(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10, 16), claim("b", 18, 25))
    assert ledger.tally["focus_loss"] == 2


def test_another_reason_is_another_incident(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10, 16), claim("b", 16.5, 25, reason="window_blur"))
    assert ledger.tally["focus_loss"] == 2


def test_what_a_person_judged_is_not_joined(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10, 16))
    ledger.put(rules.judged(record, Verdict.DISMISSED, "glance at notes", "Ira", at(17)))
    tell(ledger, claim("b", 16.5, 25))
    assert ledger.tally["focus_loss"] == 1
    assert len(ledger.incidents) == 3


def test_the_face_that_is_not_visible_becomes_an_absence_counted_once(ledger: Ledger) -> None:
    opened = tell(ledger, claim("a", 10, reason="face_not_visible"))
    upgraded = tell(ledger, claim("a", 10, kind=Kind.ABSENCE, reason=None))
    assert upgraded.id == opened.id
    assert (upgraded.kind, upgraded.reason) == ("absence", None)
    assert ledger.tally == {"multiple_faces": 1, "absence": 1, "focus_loss": 0}


def test_a_face_lost_again_after_an_absence_is_an_incident_of_its_own(ledger: Ledger) -> None:
    face = {"reason": "face_not_visible"}
    gone = {"kind": Kind.ABSENCE, "reason": None}
    tell(ledger, claim("a", 10, **face), claim("a", 10, **gone), claim("a", 10, 30, **gone))
    tell(ledger, claim("b", 31, 40, **face))
    assert (ledger.tally["absence"], ledger.tally["focus_loss"]) == (1, 1)


def test_judging_an_older_one_leaves_the_latest_to_be_gone_on_with(ledger: Ledger) -> None:
    older = tell(ledger, claim("a", 10, 16))
    latest = tell(ledger, claim("b", 30))
    ledger.put(rules.judged(older, Verdict.CONFIRMED, None, "me", at(33)))
    assert tell(ledger, claim("c", 35)).id == latest.id


def test_a_closing_that_comes_after_the_end_takes_the_place_of_ours(ledger: Ledger) -> None:
    opened = tell(ledger, claim("a", 10))
    ledger.put(rules.closed(opened, at(60)))
    closing = tell(ledger, claim("a", 10, 16))
    assert (closing.ended_at, closing.detail) == (at(16), {})


def test_what_was_said_of_the_face_is_not_said_of_the_absence(ledger: Ledger) -> None:
    opened = replace(claim("a", 10, reason="face_not_visible"), detail={"body_in_view": True})
    upgraded = replace(claim("a", 10, kind=Kind.ABSENCE, reason=None), detail={"turned_before": "left"})
    assert tell(ledger, opened, upgraded).detail == {"turned_before": "left"}


def test_a_late_repeat_of_the_opening_does_not_undo_the_upgrade(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10, reason="face_not_visible"), claim("a", 10, kind=Kind.ABSENCE, reason=None))
    assert rules.decide(ledger, claim("a", 10, reason="face_not_visible")) is None
    assert ledger.tally["absence"] == 1


def test_no_other_kind_may_change(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10))
    with pytest.raises(ProctorError) as refusal:
        rules.decide(ledger, claim("a", 10, kind=Kind.MULTIPLE_FACES, reason=None))
    assert refusal.value.field == "kind"


def test_an_orphans_end_does_not_close_what_a_new_page_keeps_open(ledger: Ledger) -> None:
    tell(ledger, claim("a", 10), claim("b", 15))
    assert rules.decide(ledger, claim("a", 10, 14)) is None
    assert ledger.incidents["a"].is_open
    assert tell(ledger, claim("b", 15, 30)).ended_at == at(30)


def test_after_the_end_what_happened_before_it_is_taken_and_cut(ledger: Ledger) -> None:
    ledger.ended_at, ledger.finalised = at(20), True
    record = tell(ledger, claim("a", 10))
    assert (record.ended_at, record.late) == (at(20), True)


def test_after_the_end_what_happened_later_is_refused(ledger: Ledger) -> None:
    ledger.ended_at = at(20)
    with pytest.raises(ProctorError) as refusal:
        rules.decide(ledger, claim("a", 26))
    assert refusal.value.code == "ended"


def test_a_dismissed_incident_stops_counting_and_starts_again(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10, 16))
    dismissed = rules.judged(record, Verdict.DISMISSED, "notes", "Ira", at(30))
    ledger.put(dismissed)
    assert ledger.tally["focus_loss"] == 0
    ledger.put(rules.judged(dismissed, None, None, None, None))
    assert ledger.tally["focus_loss"] == 1


def test_numbers_stay_unique_when_one_is_missing() -> None:
    made = Ledger("session")
    first = tell(made, claim("a", 10, 16))
    tell(made, claim("b", 30, 36), claim("c", 50, 56))
    again = rules.ledger_of("session", None, False, [first, made.incidents["c"]])
    assert tell(again, claim("d", 70)).number == 4


def test_a_dismissed_moment_that_becomes_an_absence_counts_again(ledger: Ledger) -> None:
    record = tell(ledger, claim("a", 10, reason="face_not_visible"))
    ledger.put(rules.judged(record, Verdict.DISMISSED, "leant back", "Ira", at(14)))
    upgraded = tell(ledger, claim("a", 10, kind=Kind.ABSENCE, reason=None))
    assert upgraded.verdict is None
    assert ledger.tally["absence"] == 1


def test_instants_that_no_clock_can_have_meant_are_dated_when_heard(ledger: Ledger) -> None:
    wild = rules.plausible(Claim("a", Kind.ABSENCE, None, at(-2e9), at(2e9), 0.9, {}), at(50))
    assert (wild.started_at, wild.ended_at, wild.detail) == (at(50), at(50), {"time_unclear": True})
    sound = claim("b", 10, 20)
    assert rules.plausible(sound, at(50)) is sound
