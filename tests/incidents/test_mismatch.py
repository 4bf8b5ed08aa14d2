"""The received picture against the page's word: what contradicts, for how long, and what is no contradiction."""

from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.incidents import mismatch
from proctor_app.incidents.mismatch import Comparison, Dispute, Look, Said

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
THRESHOLD = 10.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seen", "said", "verdict"),
    [
        (0, [1, 1, 1], True),
        (2, [1, 1, 1], True),
        (3, [1, 1], True),
        (1, [1, 1, 1], False),
        # The picture arrives before or after the word: one that fits is enough.
        (0, [1, 0, 0], False),
        (2, [2, 1, 1], False),
        (3, [2, 2], False),
        # Who says less good of themselves than there is to see hides nothing.
        (1, [0, 0, 0], False),
        (1, [2, 2], False),
        # Neither side may be blind.
        (None, [1, 1], None),
        (0, [1, None, 1], None),
        (0, [], None),
    ],
)
def test_what_contradicts(seen: int | None, said: list[int | None], verdict: bool | None) -> None:
    told = [Said(at(10 + number), faces) for number, faces in enumerate(said)]
    assert mismatch.contradicts(Look(at(10), seen), told) is verdict


def judged(
    looks: dict[float, int | None], said: dict[float, int | None], threshold: float = THRESHOLD
) -> list[tuple[float, float | None]]:
    """(start, end) of what opens, when the messages of both sides come in the order of their times."""
    comparison, dispute, made = Comparison(), mismatch.END, []
    for now in sorted({*looks, *said}):
        if now in said:
            comparison.said.append(Said(at(now), said[now]))
        if now in looks:
            comparison.looks.append(Look(at(now), looks[now]))
        for look, _, verdict in comparison.due(at(now)):
            before, dispute = dispute, dispute.look(verdict, look.at, threshold)
            if dispute.is_open and not before.is_open:
                made.append((seconds(dispute.since), None))
            if before.is_open and not dispute.is_open:
                made[-1] = (made[-1][0], seconds(before.ends_at))
    return made


def seconds(instant: datetime | None) -> float:
    assert instant is not None
    return (instant - START).total_seconds()


def every(step: float, *stretches: tuple[float, float, int | None], offset: float = 0) -> dict[float, int | None]:
    """Messages every `step` seconds in each stretch (start, end, faces), each `offset` late."""
    made: dict[float, int | None] = {}
    for start, end, faces in stretches:
        for number in range(int(start / step), int(end / step)):
            made[round(number * step + offset, 3)] = faces
    return made


def test_a_page_that_goes_on_saying_one_face_is_contradicted_from_when_it_began_to_when_it_ended() -> None:
    looks = every(1, (0, 20, 1), (20, 45, 0), (45, 60, 1), offset=0.3)
    [(start, end)] = judged(looks, every(2, (0, 60, 1)))
    assert start == 20.3
    assert end == 45.3


def test_an_honest_page_is_not_contradicted_whatever_the_delay() -> None:
    for delay in (0, 0.3, 1.0, 2.5):
        looks = every(1, (0, 20, 1), (20, 45, 0), (45, 70, 2), (70, 90, 1), offset=delay)
        assert judged(looks, every(2, (0, 20, 1), (20, 45, 0), (45, 70, 2), (70, 90, 1))) == []
        late = every(2, (0, 20, 1), (20, 45, 0), (45, 70, 2), (70, 90, 1), offset=delay)
        assert judged(every(1, (0, 20, 1), (20, 45, 0), (45, 70, 2), (70, 90, 1)), late) == []


def test_what_lasts_less_than_the_threshold_does_not_count() -> None:
    assert judged(every(1, (0, 20, 1), (20, 30, 0), (30, 50, 1)), every(2, (0, 50, 1))) == []
    assert len(judged(every(1, (0, 20, 1), (20, 30, 0), (30, 50, 1)), every(2, (0, 50, 1)), threshold=5)) == 1


def test_one_look_that_agrees_begins_the_wait_anew() -> None:
    looks = every(1, (0, 20, 1), (20, 40, 0)) | {27: 1, 35: 1}
    assert judged(looks, every(2, (0, 60, 1))) == []


def test_time_in_which_nobody_could_look_adds_nothing() -> None:
    blind = every(1, (0, 20, 1), (20, 26, 0), (26, 32, None), (32, 35, 0), (35, 60, 1))
    assert judged(blind, every(2, (0, 60, 1))) == []
    page_blind = every(2, (0, 26, 1), (26, 60, None))
    assert judged(every(1, (0, 20, 1), (20, 60, 0)), page_blind) == []


def test_a_page_that_says_nothing_is_not_contradicted() -> None:
    assert judged(every(1, (0, 20, 1), (20, 90, 0)), every(2, (0, 20, 1))) == []


def test_what_is_open_ends_where_it_was_last_seen_when_nobody_can_look_any_more() -> None:
    looks = every(1, (0, 20, 1), (20, 40, 0), (40, 80, None))
    assert judged(looks, every(2, (0, 90, 1))) == [(20, 39)]


def test_a_page_cannot_date_its_word_into_the_past() -> None:
    assert mismatch.spoken_of(at(0), at(60)) == at(55)
    assert mismatch.spoken_of(at(58), at(60)) == at(58)
    assert mismatch.spoken_of(at(90), at(60)) == at(60)


def test_a_dispute_that_ended_knows_where() -> None:
    dispute = Dispute()
    for second in range(12):
        dispute = dispute.look(True, at(second), THRESHOLD)
    assert dispute.is_open
    dispute = dispute.look(False, at(12), THRESHOLD)
    assert dispute.is_open, "one look may be wrong"
    assert dispute.ends_at == at(12)
    assert not dispute.look(False, at(13), THRESHOLD).is_open
