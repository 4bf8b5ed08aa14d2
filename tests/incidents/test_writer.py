"""The one writer under pressure: what shares a group, and what memory drops meanwhile, is stored all the same."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.incidents import rules
from proctor_app.incidents import service as incidents
from proctor_app.incidents.kinds import Kind, Verdict
from proctor_app.incidents.models import Observation
from proctor_app.incidents.payloads import ObservationPayload
from proctor_app.incidents.rules import Claim, Ledger
from proctor_app.incidents.writer import Decided, Job, Writer
from proctor_app.sessions import service as sessions
from tests.waiting import wait_until

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
SESSION = "lusab-babad-gutih-tugad"
ID = "00000000-0000-4000-8000-000000000001"


class Told:
    """A writer, with what it announced."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.writer = Writer(
            lambda session_id: rules.ledger_of(session_id, None, False, incidents.list_for(session_id)),
            lambda job, _: self.jobs.append(job),
        )

    def in_one_group(self, *changes: Callable[[Ledger], Decided]) -> None:
        """Have the changes written together: they gather while the writer is held up by another session's."""
        held_up, gathered = threading.Event(), threading.Event()

        def hold(_: Ledger) -> Decided:
            held_up.set()
            gathered.wait(10)
            return Decided()

        with ThreadPoolExecutor() as threads:
            waiting = [threads.submit(self.writer.submit, "another", hold)]
            assert held_up.wait(10)
            for number, change in enumerate(changes, 1):
                waiting.append(threads.submit(self.writer.submit, SESSION, change))
                wait_until(lambda number=number: self.writer._queue.qsize() == number, "a change to be in line")
            gathered.set()
            for one in waiting:
                one.result()


@pytest.fixture
def told(app: Any) -> Iterator[Told]:
    with app.app_context():
        yield Told()


def claimed(end: float | None) -> Callable[[Ledger], Decided]:
    def change(ledger: Ledger) -> Decided:
        ended_at = None if end is None else START + timedelta(seconds=end)
        record = rules.decide(ledger, Claim(ID, Kind.ABSENCE, None, START, ended_at, 0.9, {}))
        assert record is not None
        return Decided((record,), {"_id": ID, "session": SESSION, "seq": 1, "ended_at": ended_at})

    return change


def test_an_opening_and_its_closing_in_one_group_are_both_stored(told: Told) -> None:
    told.in_one_group(claimed(None), claimed(6))
    [stored] = incidents.list_for(SESSION)
    assert stored.duration_seconds(START) == 6
    [document] = Observation._get_collection().find({"session": SESSION})
    assert document["ended_at"] == stored.ended_at
    assert len(told.jobs) == 2


def test_what_memory_drops_while_a_group_is_written_is_not_lost(told: Told) -> None:
    told.writer.submit(SESSION, claimed(None))

    def close_and_forget(ledger: Ledger) -> Decided:
        told.writer.forget(SESSION)  # The session ends at this moment.
        return claimed(6)(ledger)

    def confirm(ledger: Ledger) -> Decided:
        return Decided((rules.judged(ledger.incidents[ID], Verdict.CONFIRMED, None, "me", START),))

    told.in_one_group(close_and_forget, confirm)
    [stored] = incidents.list_for(SESSION)
    assert (stored.duration_seconds(START), stored.verdict) == (6, "confirmed")
    assert len(told.jobs) == 3
    assert told.writer.ledger(SESSION).incidents == {ID: stored}


def test_an_observation_left_over_from_a_crash_and_dated_after_the_end_does_not_hold_up_the_session(app: Any) -> None:
    with app.app_context():
        session, _ = sessions.create("olga", "Backend", "Asha", "")
        later = clock.to_ms(clock.now()) + 60_000
        sent = ObservationPayload(ID, 1, Kind.ABSENCE, None, later, None, 0.9, {})
        incidents.record_observation(session.id, sent, 0)
        # The process died between its two writes.
        incidents.Incident.objects(session=session.id).delete()
        sessions.end(session, "olga", clock.now())
        incidents.session_changed(session.id)
        assert incidents.close_open(session.id, clock.now()) == 0
