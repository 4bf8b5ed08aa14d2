"""Who may open a socket: nobody but the session's own people, and the candidate only after consent."""

import re
import urllib.parse
import urllib.request
from typing import Any

import pytest
import socketio

from tests.conftest import Program
from tests.live.conftest import Cast, Connect, Socket, observation


def refused(connect: Connect, *args: Any, **auth: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect(*args, **auth)


def test_strangers_stay_out(connect: Connect, cast: Cast) -> None:
    refused(connect, "candidate", cast.session)
    refused(connect, "candidate", cast.session, token="wrong")
    refused(connect, "candidate", cast.session, token=cast.other_token)
    refused(connect, "interviewer", cast.session)
    refused(connect, "interviewer", cast.session, api_token="wrong")
    refused(connect, "interviewer", cast.session, api_token=cast.stranger_token)


def test_whoever_cannot_be_let_in_is_told_so(server: Program, cast: Cast) -> None:
    client, told = socketio.Client(reconnection=False), []
    client.on("connect_error", told.append, namespace="/candidate")
    # Half a character: no part of the server expects it.
    auth = {"session": cast.session.id, "token": "\ud800"}
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, namespaces=["/candidate"], auth=auth, transports=["websocket"])
    assert [one["data"]["code"] for one in told] == ["unavailable"]


def test_no_camera_before_consent(connect: Connect, cast: Cast) -> None:
    refused(connect, "candidate", cast.unasked, token=cast.unasked_token)


def test_a_candidate_cannot_use_the_interviewers_events(candidate: Socket) -> None:
    for event in ("take_call", "sync"):
        with pytest.raises(socketio.exceptions.TimeoutError):
            candidate._client.call(event, {}, namespace="/candidate", timeout=0.5)


def test_what_one_session_says_no_other_hears(connect: Connect, cast: Cast, candidate: Socket) -> None:
    elsewhere = connect("interviewer", cast.other_session, api_token=cast.owner_token)
    here = connect("interviewer", cast.session, api_token=cast.owner_token)
    candidate.call("signal", {"description": {"type": "offer", "sdp": "v=0"}})
    candidate.call("chat", {"text": "hello"})
    candidate.call("observation", observation())
    here.wait_for("incident")
    assert {event for event, _ in elsewhere.heard} <= {"presence"}
    assert all(data["candidate"]["name"] == "Ben" for data in elsewhere.all("presence"))


def test_another_tab_of_the_candidate_takes_over(connect: Connect, cast: Cast, candidate: Socket) -> None:
    second = connect("candidate", cast.session, token=cast.candidate_token, peer="page-2")
    candidate.wait_for("replaced")
    assert second.call("chat", {"text": "hello"}) == {"ok": True}


def test_who_no_longer_agrees_is_watched_no_longer(
    server: Program, cast: Cast, candidate: Socket, interviewer: Socket
) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    door = f"{server.url}/join/{cast.session.id}"
    browser.open(f"{door}?t={cast.candidate_token}", timeout=20).close()
    with browser.open(f"{door}/consent", timeout=20) as page:
        found = dict(re.findall(r'name="(csrf_token|version)" value="([^"]+)"', page.read().decode()))
    form = {**found, "decision": "declined"}
    browser.open(f"{door}/consent", urllib.parse.urlencode(form).encode(), timeout=20).close()
    interviewer.wait_for("presence", lambda data: data["candidate"]["consent"] == "withdrawn")
    candidate.wait_for("phase", lambda data: data["policy"]["detectors"] == [])
    assert candidate.call("chat", {"text": "I am still here"})["ok"]
