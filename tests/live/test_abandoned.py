"""An interview that nobody ended is ended by the system, with its report, and goes when its retention is over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock, worker
from proctor_app.audit import service as audit
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload
from proctor_app.live import abandoned
from proctor_app.reports import service as reports
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from proctor_app.sessions.presence import Connection
from tests.cast import make_owner
from tests.held import VOUCHED, observe

LEFT_AT = 60


@pytest.fixture
def begun(app: Any) -> Any:
    """An interview that began 14 hours ago and was watched for a minute."""
    with app.app_context():
        session, _ = sessions.create(str(make_owner().id), "Backend", "Asha", "", consent=VOUCHED)
        began = clock.now() - timedelta(hours=14)
        sessions.start(session, began)
        observe(session, "absence", None, 10, 12)
        for at in range(0, LEFT_AT + 1, 4):
            with clock.at(began + timedelta(seconds=at)):
                now = clock.to_ms(clock.now())
                beat = {"seq": at, "at": now, "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"}
                incidents.record_heartbeat(session, HeartbeatPayload.parse(beat), 0)
        incidents.save_watch_logs([session.id])
        incidents.release(session.id)
        yield session
        presence.forget(session.id)


def test_it_ends_as_of_the_last_moment_heard_of_and_gets_its_report(begun: Session) -> None:
    abandoned.look()
    ended = sessions.get(begun.id)
    assert ended.status == "ended" and ended.finalised_at is not None
    assert 55 <= (ended.ended_at - ended.started_at).total_seconds() <= 65
    assert incidents.coverage_for(ended, clock.now()).percent >= 90, "the silence after it is not held against anybody"
    reports.make_report(begun.id)
    assert (status := reports.status_for(begun.id)) and status.status == "ready"
    assert [(one.by, one.about) for one in audit.entries(action="ended")] == [("the system", begun.id)]
    abandoned.look()
    assert audit.entries(action="ended").count() == 1


def test_then_it_is_purged_when_its_time_is_over(begun: Session) -> None:
    abandoned.look()
    with clock.at(clock.now() + timedelta(days=89)):
        worker.purge()
    assert sessions.find(begun.id) is not None
    with clock.at(clock.now() + timedelta(days=91)):
        worker.purge()
    assert sessions.find(begun.id) is None


def test_one_at_which_somebody_is_goes_on(begun: Session) -> None:
    presence.enter_interviewer(Connection("sid", "interviewer", begun, "Olga", "peer", "tab"))
    abandoned.look()
    assert sessions.get(begun.id).status == "live"
    presence.leave("sid")
    abandoned.look()
    assert sessions.get(begun.id).status == "ended"


@pytest.mark.parametrize("sign", ["observation", "note", "setting"])
def test_one_of_which_something_was_heard_lately_goes_on(app: Any, begun: Session, sign: str) -> None:
    if sign == "observation":
        observe(begun, "absence", None, 13 * 3600, 20)
    elif sign == "note":
        sessions.add_note(begun, begun.owner, "The line is bad.")
    else:
        app.config["PROCTOR"] = replace(app.config["PROCTOR"], abandoned_after_hours=15)
    abandoned.look()
    assert sessions.get(begun.id).status == "live"
