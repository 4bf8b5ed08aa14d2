"""What the interviewer's page sees in the received picture against what the candidate's page says, over sockets."""

import time
from typing import Any

import pytest

from proctor_app.incidents import service as incidents
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.sessions.models import Session
from tests.live.conftest import Cast, Connect, Socket, heartbeat, observation


def look(faces: int | None = 1, could_not_tell: str | None = None) -> dict[str, Any]:
    return {"at": round(time.time() * 1000), "faces": faces, "could_not_tell": could_not_tell}


def contradictions(session: Session) -> list[IncidentRecord]:
    return [one for one in incidents.list_for(session.id) if one.kind == "monitor_mismatch"]


@pytest.mark.timeout(120)
def test_what_is_seen_against_what_is_said(
    cast: Cast, connect: Connect, candidate: Socket, interviewer: Socket
) -> None:
    honest = connect("candidate", cast.other_session, token=cast.other_token)
    honest_looks = connect("interviewer", cast.other_session, api_token=cast.owner_token)
    second = connect("interviewer", cast.session, api_token=cast.owner_token, peer="console-2", tab="two")

    def together(seconds: float, received: int) -> None:
        until = time.time() + seconds
        while time.time() < until:
            candidate.emit("heartbeat", heartbeat(faces=1))
            honest.emit("heartbeat", heartbeat(faces=received))
            for one in (interviewer, honest_looks):
                one.emit("second_look", look(received))
            time.sleep(1)

    together(3, received=1)
    went_at = time.time()
    together(16, received=0)
    told = interviewer.wait_for("incident", lambda data: data["kind"] == "monitor_mismatch")
    assert (told["source"], told["ended_at"]) == ("interviewer", None)
    assert told["detail"] == {"received_faces": 0, "told_faces": 1}
    came_at = time.time()
    together(7, received=1)
    [closed] = contradictions(cast.session)
    assert closed.ended_at is not None
    assert abs(closed.started_at.timestamp() - went_at) < 1.5
    assert abs(closed.ended_at.timestamp() - came_at) < 1.5
    assert contradictions(cast.other_session) == [], "its page says the same"

    refused = second.call("second_look", look(0))
    assert refused["error"]["code"] == "not_allowed"


@pytest.mark.timeout(120)
def test_what_the_page_has_reported_itself_is_no_contradiction(
    cast: Cast, candidate: Socket, interviewer: Socket
) -> None:
    candidate.call("observation", observation(kind="absence", reason=None))
    until = time.time() + 16
    while time.time() < until:
        candidate.emit("heartbeat", heartbeat(faces=1))
        interviewer.emit("second_look", look(0))
        time.sleep(1)
    assert contradictions(cast.session) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"at": "now"}, "at"),
        ({"faces": -1}, "faces"),
        ({"faces": None}, "faces"),
        ({"could_not_tell": 7}, "could_not_tell"),
    ],
)
def test_a_bad_look_names_its_field(
    interviewer: Socket, candidate: Socket, changed: dict[str, Any], field: str
) -> None:
    assert interviewer.call("second_look", look() | changed)["error"]["field"] == field


def test_a_candidate_has_no_second_look(candidate: Socket) -> None:
    candidate.emit("second_look", look(1))
    assert candidate.call("clock", {"at": 1})["ok"], "the message goes nowhere"
