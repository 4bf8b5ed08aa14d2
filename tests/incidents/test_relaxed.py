"""What counts of an observation: nothing of a time in which it was not watched for, whatever a page says."""

from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.errors import ProctorError
from proctor_app.incidents import relaxed
from proctor_app.incidents.kinds import Kind
from proctor_app.incidents.rules import Claim, IncidentRecord, Ledger
from proctor_app.policies.rules import CLASSIC, Relief
from proctor_app.sessions import phases

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
ABSENCE = {"kind": Kind.ABSENCE, "reason": None}
FACE = {"reason": "face_not_visible"}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def claim(
    start: float,
    end: float | None = None,
    kind: Kind = Kind.FOCUS_LOSS,
    reason: str | None = "looking_away",
    key: str = "a",
) -> Claim:
    return Claim(key, kind, reason, at(start), None if end is None else at(end), 0.9, {})


def marked(*marks: tuple[str | None, float], relief: Relief | None = None) -> Ledger:
    """The ledger of an interview with these phases, each from so many seconds on."""
    course = phases.course(CLASSIC, relief, [(phase, at(seconds)) for phase, seconds in marks])
    return Ledger("session", course=course)


def tell(ledger: Ledger, *claims: Claim, heard: float = 10_000) -> list[tuple[str, float, float | None]]:
    """The incidents that the claims make: what each is, and its start and end in seconds."""
    for one in claims:
        record = relaxed.decide(ledger, one, at(heard))
        if record is not None:
            ledger.put(record)
    return [shown(one) for one in ledger.incidents.values()]


def shown(one: IncidentRecord) -> tuple[str, float, float | None]:
    end = None if one.ended_at is None else (one.ended_at - START).total_seconds()
    return one.reason or one.kind, (one.started_at - START).total_seconds(), end


A_BREAK = (("break", 100), (None, 200))


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (claim(50, 60), [("looking_away", 50, 60)]),
        (claim(50, 50.001), [("looking_away", 50, 50.001)]),  # Not cut, so taken at its word.
        (claim(120, 180), []),
        (claim(120, 202), []),
        (claim(120, 206), [("looking_away", 200, 206)]),
        (claim(94, 150), [("looking_away", 94, 100)]),
        (claim(96, 150), []),
        (claim(96, 206), [("looking_away", 200, 206)]),
        (claim(90, 250), [("looking_away", 90, 100)]),
        (claim(90), [("looking_away", 90, 100)]),
        (claim(199.5, 205), [("looking_away", 200, 205)]),  # A clock that is half a second off.
        (claim(199.5, 204), []),
        (claim(150, 150, Kind.CLIPBOARD_PASTE, None), []),
        (claim(99, 99, Kind.CLIPBOARD_PASTE, None), [("clipboard_paste", 99, 99)]),
        (claim(200, 200, Kind.CLIPBOARD_PASTE, None), [("clipboard_paste", 200, 200)]),
        (claim(150, 300, Kind.FULLSCREEN_EXIT, None), [("fullscreen_exit", 200, 300)]),
        (claim(150, 160, reason=None), []),
        (claim(50, 60, reason=None), [("focus_loss", 50, 60)]),
    ],
)
def test_a_break_is_cut_off(told: Claim, counts: list[tuple[str, float, float]]) -> None:
    assert tell(marked(*A_BREAK), told) == counts


def test_without_phases_everything_is_as_the_page_says() -> None:
    assert tell(marked(), claim(50), heard=50) == [("looking_away", 50, None)]


def test_a_phase_takes_off_only_what_it_relaxes() -> None:
    ledger = marked(("coding", 0))
    tell(ledger, claim(10, 20), claim(10, 30, Kind.MULTIPLE_FACES, None, key="b"))
    assert [shown(one) for one in ledger.incidents.values()] == [("multiple_faces", 10, 30)]


def test_the_grace_after_a_question_ends_by_itself_or_with_the_next_mark() -> None:
    assert tell(marked(("question", 0)), claim(1, 7)) == []
    assert tell(marked(("question", 0)), claim(1, 12.9)) == []
    assert tell(marked(("question", 0)), claim(1, 14)) == [("looking_away", 8, 14)]
    assert tell(marked(("question", 0), ("question", 5)), claim(1, 17)) == []
    assert tell(marked(("question", 0), ("reading", 2), (None, 3)), claim(2.5, 9)) == [("looking_away", 3, 9)]


def test_what_goes_on_after_a_break_counts_once_it_has_lasted() -> None:
    ledger = marked(*A_BREAK)
    assert tell(ledger, claim(120), heard=203) == []
    assert tell(ledger, claim(120), heard=205) == [("looking_away", 200, None)]
    assert tell(ledger, claim(120, 220)) == [("looking_away", 200, 220)]


def test_what_counted_already_ends_at_the_break() -> None:
    ledger = marked()
    tell(ledger, claim(90), heard=95)
    ledger.course = marked(*A_BREAK).course
    assert tell(ledger, claim(90, 300)) == [("looking_away", 90, 100)]
    assert tell(ledger, claim(90, 300)) == [("looking_away", 90, 100)]


def test_what_a_break_cuts_short_after_it_counted_is_not_undone() -> None:
    ledger = marked()
    tell(ledger, claim(96), heard=101)
    # The mark was stored a little before, and the incident was under way.
    ledger.course = marked(*A_BREAK).course
    assert tell(ledger, claim(96, 300)) == [("looking_away", 96, 100)]


def test_joined_over_a_short_break_each_goes_on_with_its_own_part() -> None:
    ledger = marked(("break", 100), (None, 101))
    tell(ledger, claim(90, 100), claim(101, key="b"), claim(101, 120, key="b"))
    assert [shown(one) for one in ledger.incidents.values()] == [("looking_away", 90, 120)]


def test_a_face_becomes_an_absence_only_by_what_is_watched_of_it() -> None:
    ledger = marked(*A_BREAK)
    tell(ledger, claim(95, **FACE), claim(95, **ABSENCE), claim(95, 250, **ABSENCE))
    assert [shown(one) for one in ledger.incidents.values()] == [("face_not_visible", 95, 100)]
    assert tell(marked(*A_BREAK), claim(85, **FACE), claim(85, **ABSENCE)) == [("absence", 85, 100)]
    assert tell(marked(*A_BREAK), claim(150, 205, **ABSENCE)) == [("face_not_visible", 200, 205)]


def test_an_absence_that_is_not_watched_for_is_a_face_that_is_not_visible() -> None:
    ledger = marked(relief=Relief(off=("absence",)))
    tell(ledger, claim(10, **FACE), claim(10, **ABSENCE), claim(10, 40, **ABSENCE))
    assert [shown(one) for one in ledger.incidents.values()] == [("face_not_visible", 10, 40)]


def test_what_has_become_an_absence_stays_one() -> None:
    ledger = marked()
    tell(ledger, claim(80, **FACE), claim(80, **ABSENCE))
    ledger.course = marked(("break", 85)).course
    assert tell(ledger, claim(80, 120, **ABSENCE)) == [("absence", 80, 85)]


def test_an_accommodation_switches_off_and_widens() -> None:
    assert tell(marked(relief=Relief(off=("looking_away",))), claim(10, 60)) == []
    widened = Relief(thresholds={"looking_away": 20})
    assert tell(marked(relief=widened), claim(10, 29)) == []
    assert tell(marked(relief=widened), claim(10, 30)) == [("looking_away", 10, 30)]
    assert tell(marked(relief=widened), claim(10), heard=20) == []
    # The page's clock may be off by a moment.
    assert tell(marked(relief=widened), claim(10), heard=29.8) == [("looking_away", 10, None)]


def test_no_kind_becomes_another_in_a_break_either() -> None:
    ledger = marked(*A_BREAK)
    tell(ledger, claim(50))
    with pytest.raises(ProctorError) as refusal:
        relaxed.decide(ledger, claim(50, 150, Kind.MULTIPLE_FACES, None), at(300))
    assert refusal.value.field == "kind"


def test_after_the_end_a_break_refuses_as_any_other_time_does() -> None:
    ledger = marked(("break", 100))
    ledger.ended_at = at(200)
    with pytest.raises(ProctorError) as refusal:
        relaxed.decide(ledger, claim(210, 220), at(300))
    assert refusal.value.code == "ended"


def test_a_course_knows_its_breaks() -> None:
    marks = [
        ("break", at(0)),
        ("coding", at(10)),
        ("break", at(20)),
        ("break", at(25)),
        (None, at(30)),
        ("break", at(50)),
    ]
    assert phases.course(CLASSIC, None, marks).breaks == [(at(0), at(10)), (at(20), at(30)), (at(50), None)]
    assert phases.course(CLASSIC, None, []).breaks == []
