"""A monitor that falls silent while its page answers is told; a lost connection, and a program, are not."""

import json
import time
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest

from proctor_app.incidents import service as incidents
from proctor_app.incidents.models import WatchSpan
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.conftest import Program
from tests.live.conftest import Cast, Connect, Socket, heartbeat
from tests.waiting import wait_until

# 5 s without a word, at most 5 s until the page has surely answered after them, a look every second.
OPENS_WITHIN = 14
CONSENT = ("test", datetime(2026, 1, 1, tzinfo=UTC))


def beat(*pages: Socket, seconds: float = 4.5, **changed: Any) -> float:
    """Have the monitors speak every second for a while. Returns when they did last."""
    until = time.time() + seconds
    while time.time() < until:
        for page in pages:
            page.emit("heartbeat", heartbeat(**changed))
        last = time.time()
        time.sleep(1)
    return last


def gaps(session: Session) -> list[IncidentRecord]:
    return [one for one in incidents.list_for(session.id) if one.kind == "monitoring_gap"]


@pytest.mark.timeout(120)
def test_a_silent_monitor_is_told_from_everything_that_is_none(
    app: Any, cast: Cast, connect: Connect, candidate: Socket, interviewer: Socket
) -> None:
    people = {}
    with app.app_context():
        for name in ("speaks on", "never spoke", "is hidden", "left", "was cut off"):
            session, token = sessions.create("olga", name, "Asha", "", consent=CONSENT)
            people[name] = session, connect("candidate", session, token=token, peer=name)
    spoke_at = beat(candidate, *(page for name, (_, page) in people.items() if name != "never spoke"), seconds=3)
    hidden = heartbeat(state="could_not_tell", reason="page_hidden")
    people["is hidden"][1].emit("heartbeat", hidden)
    people["left"][1].call("leave")
    people["was cut off"][1].close()
    waits_until = time.time() + OPENS_WITHIN
    while time.time() < waits_until and not gaps(cast.session):
        people["speaks on"][1].emit("heartbeat", heartbeat())
        time.sleep(1)

    told = interviewer.wait_for("incident", lambda data: data["kind"] == "monitoring_gap")
    assert (told["source"], told["ended_at"], told["observation_id"]) == ("server", None, None)
    [opened] = gaps(cast.session)
    assert abs(opened.started_at.timestamp() - spoke_at) < 0.5

    candidate.emit("heartbeat", heartbeat())
    spoke_again = time.time()
    interviewer.wait_for("incident", lambda data: data["kind"] == "monitoring_gap" and data["ended_at"])
    [closed] = gaps(cast.session)
    assert closed.ended_at is not None and abs(closed.ended_at.timestamp() - spoke_again) < 0.5
    assert interviewer.call("sync")["score"] == 100, "it is advisory under the classic policy"
    for name, (session, _) in people.items():
        assert gaps(session) == [], name


@pytest.mark.timeout(120)
def test_a_server_that_dies_does_not_make_a_gap_longer(app: Any, cast: Cast, start_server: Any) -> None:
    first = start_server()
    page = Socket(first.url, "/candidate", {"session": cast.session.id, "token": cast.candidate_token})
    spoke_at = beat(page, seconds=3)
    wait_until(lambda: gaps(cast.session), "the gap", timeout=OPENS_WITHIN)
    wait_until(lambda: is_known_silent_for(cast.session, 8), "the silence to be stored", timeout=20)
    first.process.kill()
    first.process.wait()
    died_at = time.time()

    second = start_server()
    time.sleep(max(0, died_at + 6 - time.time()))
    again = Socket(second.url, "/candidate", {"session": cast.session.id, "token": cast.candidate_token})
    again.emit("heartbeat", heartbeat())
    [closed] = wait_until(lambda: [one for one in gaps(cast.session) if one.ended_at], "the gap to be closed")
    assert abs(closed.started_at.timestamp() - spoke_at) < 0.5
    assert closed.started_at.timestamp() + 5 < closed.ended_at.timestamp() < died_at
    beat(again, seconds=3)
    assert len(gaps(cast.session)) == 1
    with app.app_context():
        coverage = incidents.coverage_for(sessions.get(cast.session.id), datetime.now(UTC))
    assert coverage.not_observable["network_gap"] > 5, "what nobody could know is grey, and nobody's fault"
    again.close()


def is_known_silent_for(session: Session, seconds: float) -> bool:
    stored = WatchSpan.objects(session=session.id, reason="no_report").first()
    return stored is not None and (stored.ended_at - stored.started_at).total_seconds() >= seconds


@pytest.mark.timeout(120)
def test_a_break_ends_a_gap_and_none_begins_in_it(cast: Cast, server: Program, candidate: Socket) -> None:
    beat(candidate, seconds=3)
    wait_until(lambda: gaps(cast.session), "the gap", timeout=OPENS_WITHIN)
    mark_phase(cast, server, "break")
    break_began = time.time()
    [closed] = wait_until(lambda: [one for one in gaps(cast.session) if one.ended_at], "the gap to be closed")
    assert closed.ended_at is not None and abs(closed.ended_at.timestamp() - break_began) < 2
    time.sleep(6)
    mark_phase(cast, server, "coding")
    break_ended = time.time()
    _, second = wait_until(lambda: len(gaps(cast.session)) == 2 and gaps(cast.session), "another", timeout=OPENS_WITHIN)
    assert second.started_at.timestamp() > break_ended - 1.5, "what went on in the break is not held against anybody"


def mark_phase(cast: Cast, server: Program, phase: str) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/v1/sessions/{cast.session.id}/phase",
        json.dumps({"phase": phase}).encode(),
        {"Authorization": f"Bearer {cast.owner_token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
