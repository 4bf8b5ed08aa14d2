"""One who floods is slowed and told. Their neighbours go on as if nothing were."""

import json
import socket
import threading
import time
from typing import Any

import pytest

from proctor_app import pacing, webserver
from proctor_app.incidents.models import Observation
from tests.conftest import Program
from tests.live.conftest import Cast, Connect, Socket, cast, connect, heartbeat, observation  # noqa: F401
from tests.security.test_malformed_frames import frame, joined
from tests.test_webserver import fetch, head_of, upgrade
from tests.waiting import wait_until


@pytest.fixture
def neighbour(connect: Connect, cast: Cast) -> Socket:  # noqa: F811
    """A candidate of another session on the same server."""
    return connect("candidate", cast.other_session, token=cast.other_token)


@pytest.fixture
def candidate(connect: Connect, cast: Cast) -> Socket:  # noqa: F811
    """The candidate who floods."""
    return connect("candidate", cast.session, token=cast.candidate_token)


def test_who_floods_is_told_and_may_go_on_later(candidate: Socket, neighbour: Socket) -> None:
    burst = int(pacing.LIMITS["chat"].burst)
    answers = [candidate.call("chat", {"text": "x"}) for _ in range(burst + 4)]
    assert all(answer["ok"] for answer in answers[:burst])
    refused = [answer["error"] for answer in answers if not answer["ok"]]
    assert refused and all(error["code"] == "slow_down" for error in refused)
    assert 0 < refused[-1]["retry_after"] < 3
    assert neighbour.call("chat", {"text": "x"})["ok"]
    time.sleep(refused[-1]["retry_after"])  # what the answer says is a promise
    assert candidate.call("chat", {"text": "x"})["ok"]


def test_a_full_outbox_gets_through(candidate: Socket, app: Any) -> None:
    """Not the most that there may be, which takes a while: more than any limit but that of observations."""
    for seq in range(100):
        assert candidate.call("observation", observation(seq, ended_at=round(time.time() * 1000) + 10))["ok"]
    with app.app_context():
        assert Observation.objects.count() == 100


def test_neighbours_do_not_notice(server: Program, cast: Cast, neighbour: Socket) -> None:  # noqa: F811
    flood = frame(f"42/candidate,{json.dumps(['heartbeat', heartbeat()])}".encode()) * 200
    is_over = threading.Event()
    sent = 0

    def send() -> None:
        nonlocal sent
        line.settimeout(0.5)
        while not is_over.is_set():
            try:
                sent += line.send(flood) // len(flood)
            except TimeoutError:
                continue
            except OSError:
                return

    with joined(server, cast) as line:
        flooding = threading.Thread(target=send)
        flooding.start()
        # The network has room for a few thousand; after that the flood is as slow as it is read.
        wait_until(lambda: "proctor_slowed_total" in fetch(server, "/metrics"), "the flood to be slowed")
        waits = []
        for _ in range(40):
            began = time.monotonic()
            assert neighbour.call("clock", {})["ok"]
            waits.append(time.monotonic() - began)
        is_over.set()
        flooding.join(10)
    assert sorted(waits)[20] < 0.1, waits


def test_who_does_not_read_is_let_go(server: Program, cast: Cast, connect: Connect) -> None:  # noqa: F811
    deaf = upgrade(server)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head_of(deaf)
    auth = {"session": cast.session.id, "api_token": cast.owner_token}
    deaf.sendall(frame(f"40/interviewer,{json.dumps(auth)}".encode()))
    page = connect("candidate", cast.session, token=cast.candidate_token)
    page.wait_for("presence", lambda found: bool(found["interviewers"]))
    sdp = "x" * (webserver.MESSAGE_BYTES - 1000)
    for _ in range(webserver.MOST_UNSENT_BYTES // len(sdp) + 40):
        assert page.call("signal", {"description": {"type": "offer", "sdp": sdp}})["ok"]
    page.wait_for("presence", lambda found: not found["interviewers"])
    assert 'proctor_closed_sockets_total{reason="stuck"}' in fetch(server, "/metrics")
    deaf.close()
