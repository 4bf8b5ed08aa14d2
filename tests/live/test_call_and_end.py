"""Signals between the two pages, who is where, and how a session ends."""

import urllib.request
from typing import Any

from proctor_app.incidents import service as incidents
from proctor_app.sessions import service as sessions
from tests.live.conftest import Cast, Connect, Socket, observation
from tests.waiting import wait_until


def test_signals_go_to_the_other_side_in_order_and_name_their_sender(candidate: Socket, interviewer: Socket) -> None:
    for number in range(50):
        interviewer.emit("signal", {"ice_candidate": {"candidate": str(number)}})
    wait_until(lambda: len(candidate.all("signal")) == 50, "fifty signals")
    assert [data["ice_candidate"]["candidate"] for data in candidate.all("signal")] == [str(n) for n in range(50)]
    assert {data["from"] for data in candidate.all("signal")} == {"console-1"}
    assert interviewer.all("signal") == []


def test_presence_tells_both_sides_who_is_there(candidate: Socket, interviewer: Socket) -> None:
    there = interviewer.wait_for("presence", lambda data: data["candidate"]["state"] == "in_call")
    assert there["candidate"]["peer"] == "page-1"
    candidate.wait_for("presence", lambda data: data["interviewers"] and data["interviewers"][0]["in_call"])
    candidate.call("media", {"microphone": False, "camera": True})
    interviewer.wait_for("presence", lambda data: data["candidate"]["microphone"] is False)
    candidate.close()
    interviewer.wait_for("presence", lambda data: data["candidate"]["state"] == "reconnecting")


def test_leaving_is_told_apart_from_losing_the_connection(candidate: Socket, interviewer: Socket) -> None:
    candidate.call("leave")
    candidate.close()
    interviewer.wait_for("presence", lambda data: data["candidate"]["state"] == "left")


def test_a_second_console_waits_until_it_takes_the_call(connect: Connect, cast: Cast, interviewer: Socket) -> None:
    second = connect("interviewer", cast.session, api_token=cast.owner_token, peer="console-2", tab="two")
    first_told = second.wait_for("presence", lambda data: len(data["interviewers"]) == 2)
    assert [one["peer"] for one in first_told["interviewers"] if one["in_call"]] == ["console-1"]
    second.call("take_call")
    interviewer.wait_for(
        "presence", lambda data: [one["peer"] for one in data["interviewers"] if one["in_call"]] == ["console-2"]
    )


def test_the_first_joining_starts_the_session_and_fixes_its_policy(app: Any, cast: Cast, candidate: Socket) -> None:
    with app.app_context():
        session = sessions.get(cast.session.id)
    assert session.status == "live"
    assert session.policy["weights"]["multiple_faces"] == 5


def test_heartbeats_make_coverage(app: Any, cast: Cast, candidate: Socket, interviewer: Socket) -> None:
    now = observation()["started_at"]
    beat = {"seq": 1, "at": now, "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"}
    candidate.emit("heartbeat", beat)
    wait_until(lambda: interviewer.call("sync").get("coverage") is not None, "a coverage after a second of call")


def end(cast: Cast, server: Any) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/v1/sessions/{cast.session.id}/end",
        method="POST",
        data=b"{}",
        headers={"Authorization": f"Bearer {cast.owner_token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200


def test_the_end_is_told_and_open_incidents_are_closed(
    app: Any, cast: Cast, server: Any, candidate: Socket, interviewer: Socket
) -> None:
    candidate.call("observation", observation())
    end(cast, server)
    candidate.wait_for("ended")
    interviewer.wait_for("ended")
    with app.app_context():
        wait_until(lambda: sessions.get(cast.session.id).finalised_at, "the session to be final")
    [stored] = incidents.list_for(cast.session.id)
    assert not stored.is_open


def test_a_candidate_who_was_away_at_the_end_still_delivers(
    app: Any, cast: Cast, server: Any, connect: Connect, candidate: Socket
) -> None:
    before = observation()
    candidate.close()
    end(cast, server)
    later = connect("candidate", cast.session, token=cast.candidate_token)
    later.wait_for("ended")
    assert later.call("observation", before | {"ended_at": before["started_at"] + 100})["ok"]
    [stored] = incidents.list_for(cast.session.id)
    assert stored.late
    after = observation(started_at=before["started_at"] + 60_000)
    assert later.call("observation", after)["error"]["code"] == "ended"
