"""What the server watches for itself: minutes pass in a moment by a told clock, everything else is real."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.errors import ProctorError
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.incidents.kinds import Kind, Source
from proctor_app.incidents.overview import coverages_of
from proctor_app.incidents.payloads import HeartbeatPayload, LookPayload
from proctor_app.incidents.rules import Claim, IncidentRecord
from proctor_app.live import ending
from proctor_app.sessions import phases, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.presence import Connection

CONSENT = ("test", clock.from_ms(1_767_225_600_000))
ID = "00000000-0000-4000-8000-000000000001"


class Call:
    """A call between two pages, from `began` on. `say` and `see` are what they send each second."""

    def __init__(self) -> None:
        self.session, _ = sessions.create("olga", "Backend", "Asha", "", consent=CONSENT)
        self.began = clock.now() - timedelta(minutes=10)
        self.now = self.began
        with clock.at(self.now):
            sessions.start(self.session, self.now)
            self.candidate = Connection("sid-c", "candidate", self.session, "Asha", "page", "tab")
            self.console = Connection("sid-i", "interviewer", self.session, "Olga", "console", "tab", is_console=True)
            presence.enter_candidate(self.candidate)
            presence.enter_interviewer(self.console)

    def at(self, seconds: float) -> datetime:
        return self.began + timedelta(seconds=seconds)

    def go_on(self, seconds: int, say: int | None = None, see: int | None = None) -> None:
        """So many seconds in which the pages send what is given."""
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            with clock.at(self.now):
                at = clock.to_ms(self.now)
                if say is not None:
                    beat = {"seq": 1, "at": at, "fps": 5, "frame_ms": 30, "faces": say, "state": "watching"}
                    payload = HeartbeatPayload.parse(beat)
                    supervision.heard(self.candidate, payload)
                    incidents.record_heartbeat(self.session, payload, 0)
                if see is not None:
                    supervision.looked(self.console, LookPayload(at, see))
                supervision.tick(self.now)

    @property
    def seen(self) -> list[IncidentRecord]:
        return incidents.list_for(self.session.id)


@pytest.fixture
def call(app: Any) -> Iterator[Call]:
    with app.app_context():
        made = Call()
        yield made
        for connection in (made.candidate, made.console):
            presence.leave(connection.sid)
        incidents.release(made.session.id)
        supervision.release(made.session.id)
        presence.forget(made.session.id)


def disagree(call: Call) -> IncidentRecord:
    """Nobody is there, and the page says that somebody is; it goes on."""
    call.go_on(10, say=1, see=1)
    call.go_on(20, say=1, see=0)
    [opened] = call.seen
    assert (opened.kind, opened.source, opened.started_at) == ("monitor_mismatch", "interviewer", call.at(11))
    assert opened.is_open
    return opened


def test_a_contradiction_ends_where_it_was_last_seen_when_nobody_looks_any_more(call: Call) -> None:
    disagree(call)
    call.go_on(40, say=1)
    [closed] = call.seen
    assert closed.ended_at is not None and call.at(26) <= closed.ended_at <= call.at(30)


def test_a_console_that_is_reloaded_goes_on_with_the_same_one(call: Call) -> None:
    disagree(call)
    call.go_on(8, say=1)
    call.go_on(10, say=1, see=0)
    call.go_on(8, say=1, see=1)
    [closed] = call.seen
    assert closed.ended_at == call.at(49)


def test_a_contradiction_ends_with_the_call(call: Call) -> None:
    disagree(call)
    with clock.at(call.now):
        sessions.end(call.session, "olga", call.now)
        presence.session_changed(call.session)
        ending.finalise(call.session)
    [closed] = call.seen
    assert closed.ended_at == call.session.ended_at
    assert closed.detail["closed_by"] == "session_end"


def test_a_break_ends_it_and_none_counts_in_it(call: Call) -> None:
    disagree(call)
    with clock.at(call.now):
        phases.mark(call.session, "break", "olga", call.now)
    call.go_on(30, say=1, see=0)
    [closed] = call.seen
    assert closed.ended_at is not None and closed.ended_at <= call.at(33)


def test_a_look_is_judged_by_what_was_asked_at_its_time(call: Call) -> None:
    call.go_on(10, say=1, see=1)
    call.go_on(12, say=1, see=0)
    # The last three seconds of looks wait for the page's word; meanwhile a break begins.
    assert call.seen == []
    with clock.at(call.now):
        phases.mark(call.session, "break", "olga", call.now)
    call.go_on(8, say=1, see=0)
    [seen] = call.seen
    assert (seen.started_at, seen.ended_at) == (call.at(11), call.at(21))
    with clock.at(call.now):
        phases.mark(call.session, "", "olga", call.now)
    call.go_on(5, say=1, see=0)
    call.go_on(10, say=1, see=1)
    assert len(call.seen) == 1, "what was seen in the break adds to nothing"


def test_a_break_is_no_call_time_wherever_coverage_is_asked_for(call: Call) -> None:
    call.go_on(20, say=1)
    with clock.at(call.now):
        phases.mark(call.session, "break", "olga", call.now)
        incidents.phase_changed(call.session)
    call.go_on(30)
    with clock.at(call.now):
        phases.mark(call.session, "", "olga", call.now)
        incidents.phase_changed(call.session)
    call.go_on(10, say=1)
    held = incidents.coverage_for(call.session, call.now)
    assert (held.call_seconds, held.percent) == (30, 93), (
        "the page was silent for the break and the second it came back"
    )
    # The next process reads what is stored; so does the list of interviews once it is over.
    incidents.release(call.session.id)
    assert incidents.coverage_for(call.session, call.now).call_seconds == 30
    with clock.at(call.now):
        sessions.end(call.session, "olga", call.now)
    assert coverages_of([call.session], call.now)[call.session.id].call_seconds == 30


def test_a_page_that_is_not_in_the_call_is_refused(call: Call) -> None:
    other = Connection("sid-o", "interviewer", call.session, "Olga", "other", "other", is_console=True)
    presence.enter_interviewer(other)
    with pytest.raises(ProctorError) as refusal:
        supervision.looked(other, LookPayload(clock.to_ms(call.now), 0))
    assert refusal.value.code == "not_allowed"
    presence.leave(other.sid)


def test_looks_before_the_start_and_after_the_end_go_nowhere(call: Call) -> None:
    with clock.at(call.now):
        sessions.end(call.session, "olga", call.now)
        presence.session_changed(call.session)
    call.go_on(30, see=0)
    assert call.seen == []


@pytest.mark.parametrize(
    ("kind", "source"), [(Kind.MONITORING_GAP, Source.SERVER), (Kind.MONITOR_MISMATCH, Source.INTERVIEWER)]
)
def test_what_a_dead_process_left_open_ends_where_it_last_knew(call: Call, kind: Kind, source: Source) -> None:
    call.go_on(20, say=1)
    incidents.save_watch_logs()
    incidents.record_seen(call.session.id, Claim(ID, kind, None, call.at(12), None, 1.0, {}), source)
    # The process dies, and the next one knows what is stored and nothing else.
    incidents.release(call.session.id)
    supervision.release(call.session.id)
    call.now = call.at(120)
    call.go_on(3, say=1, see=1)
    [closed] = call.seen
    assert (closed.started_at, closed.ended_at) == (call.at(12), call.at(20))


def test_so_does_one_whose_session_ends_before_anybody_comes_back(call: Call) -> None:
    call.go_on(20, say=1)
    incidents.record_seen(
        call.session.id, Claim(ID, Kind.MONITORING_GAP, None, call.at(12), None, 1.0, {}), Source.SERVER
    )
    incidents.release(call.session.id)
    supervision.release(call.session.id)
    with clock.at(call.at(300)):
        sessions.end(call.session, "olga", call.at(300))
        ending.finalise(call.session)
    [closed] = call.seen
    assert closed.ended_at == call.at(20)


def test_the_same_told_again_is_stored_once(call: Call) -> None:
    claim = Claim(ID, Kind.MONITORING_GAP, None, call.at(12), None, 1.0, {})
    for _ in range(3):
        incidents.record_seen(call.session.id, claim, Source.SERVER)
    closing = Claim(ID, Kind.MONITORING_GAP, None, call.at(12), call.at(30), 1.0, {})
    for _ in range(3):
        incidents.record_seen(call.session.id, closing, Source.SERVER)
    [stored] = call.seen
    assert (stored.started_at, stored.ended_at, stored.number) == (call.at(12), call.at(30), 1)
