"""A restart in the middle of an interview loses nothing: real processes, and a candidate who goes on sending."""

import time
from datetime import timedelta
from typing import Any

import pytest

from bench.people import Candidate
from proctor_app import clock, embedded
from proctor_app.incidents.models import Observation
from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from tests.cast import make_owner
from tests.conftest import Start
from tests.held import VOUCHED
from tests.waiting import wait_until


@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def test_a_rolling_restart_loses_nothing_and_counts_nothing_twice(app: Any, start_server: Start, mode: str) -> None:
    with app.app_context():
        session, _ = sessions.create(str(make_owner().id), "Backend", "Asha", "", consent=VOUCHED)
        token = links.add_program_token(session)
    settings = {"SOCKETIO_ASYNC_MODE": mode, "PORT": str(embedded.free_port())}
    old = start_server(**settings)
    candidate = Candidate(old.url, session.id, token, every_seconds=0.02).start()
    try:
        wait_until(lambda: len(candidate.acknowledged) > 20, "observations to be acknowledged")
        began = time.monotonic()
        assert old.stop() == 0, old.log()
        ended_in, sent_before = time.monotonic() - began, set(candidate.acknowledged)
        new = start_server(**settings)
        wait_until(lambda: set(candidate.acknowledged) - sent_before, "the new process to acknowledge")
        candidate.stop_seeing()
        wait_until(lambda: not candidate.waiting, "everything to be acknowledged")
    finally:
        candidate.close()
    assert ended_in < 5 and "restarting" in candidate.heard
    assert "Traceback" not in old.log() + new.log()
    with app.app_context():
        stored = [one.id for one in Observation.objects(session=session.id)]
        assert sorted(stored) == sorted(candidate.made) == sorted(candidate.acknowledged)
        assert sessions.get(session.id).started_at > clock.now() - timedelta(minutes=2)
