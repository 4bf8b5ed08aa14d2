"""How sockets are served, in both asynchronous modes: quickly, within bounds, and with an orderly end."""

import base64
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from simple_websocket import Client

from proctor_app import webserver
from proctor_app.accounts import service as accounts
from proctor_app.errors import invalid
from proctor_app.extensions import socketio
from proctor_app.sessions import service as sessions
from tests.cast import make_owner
from tests.conftest import Program
from tests.waiting import wait_until

# More than the 512 sessions that eventlet's own limit of 1,024 connections would allow with two sockets in each.
MANY = 1100
WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"


def test_accepted_connections_send_at_once() -> None:
    with webserver.listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_small_messages_are_not_held_back(server: Program, app: Any) -> None:
    """Of two in a row, the second would wait 40 ms: the kernel of one who answers confirms with its next answer."""
    with app.app_context():
        owner = make_owner()
        vouched = ("test", datetime(2026, 1, 1, tzinfo=UTC))
        session, token = sessions.create(str(owner.id), "Backend", "Asha", "", consent=vouched)
        api_token = accounts.add_token(owner, "test")
    candidate = joined(server, "candidate", {"session": session.id, "token": token})
    interviewer = joined(server, "interviewer", {"session": session.id, "api_token": api_token})
    seconds = []
    # The first dozens of packets of a connection are confirmed at once.
    for number in range(60):
        began = time.monotonic()
        for part in ("first", "second"):
            interviewer.send(f'42/interviewer,["signal",{{"ice_candidate":{{"{part}":{number}}}}}]')
        while f'"second":{number}' not in message(candidate):
            pass
        seconds.append(time.monotonic() - began)
        candidate.send(f'42/candidate,["signal",{{"ice_candidate":{{"answer":{number}}}}}]')
    candidate.close()
    interviewer.close()
    assert sorted(seconds[40:])[5] < 0.03, seconds


def test_compression_is_refused(server: Program) -> None:
    with upgrade(server, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits") as connection:
        head = head_of(connection)
    assert head.startswith("HTTP/1.1 101 ")
    assert "sec-websocket-extensions" not in head.lower()


def test_pages_from_elsewhere_cannot_open_a_socket(start_server: Callable[..., Program]) -> None:
    server = start_server(BASE_URL="https://interviews.example.org")
    here = urlsplit(server.url).netloc
    for origin, code in (
        (f"http://{here}", "101"),
        (f"https://{here}", "101"),
        ("https://interviews.example.org", "101"),
        ("https://evil.example.org", "400"),
        ("null", "400"),
    ):
        with upgrade(server, f"Origin: {origin}") as connection:
            assert head_of(connection).split()[1] == code, origin
    # Whoever stands in between may have written that, or nobody.
    with upgrade(server, "Origin: https://evil.example.org", "X-Forwarded-Host: evil.example.org") as connection:
        assert head_of(connection).split()[1] == "400"


def test_many_sockets_at_once(start_server: Callable[..., Program]) -> None:
    server = start_server(SOCKETIO_ASYNC_MODE="eventlet")
    opened = [upgrade(server) for _ in range(MANY // 2)]
    try:
        for connection in opened:
            assert head_of(connection).startswith("HTTP/1.1 101 ")
        assert f"proctor_connected_sockets {MANY // 2}.0" in fetch(server, "/metrics")
    finally:
        for connection in opened:
            connection.close()
    wait_until(lambda: "proctor_connected_sockets 0.0" in fetch(server, "/metrics"), "the sockets to be let go")


def test_a_message_that_is_too_large_ends_its_connection(server: Program) -> None:
    plain = Client(server.url.replace("http", "ws") + WEBSOCKET)
    plain.receive(5)
    plain.send("42" + "x" * webserver.MESSAGE_BYTES)
    wait_until(lambda: not plain.connected, "the connection to be closed")
    assert fetch(server, "/healthz")


# ---------------------------------------------------------------- events


@pytest.fixture
def page(app: Any) -> Iterator[Any]:
    """A page that may send `good`, `wrong` and `broken`."""

    def good(sid: str, payload: Any = None) -> dict[str, Any]:
        return {"ok": True, "sid": bool(sid), "payload": payload}

    def wrong(_sid: str, _payload: Any = None) -> None:
        raise invalid("at", "at must be a number.")

    def broken(_sid: str, _payload: Any = None) -> None:
        raise ZeroDivisionError

    for handler in (good, wrong, broken):
        webserver.on_event(socketio, handler.__name__, handler, namespace="/test")
    yield socketio.test_client(app, namespace="/test")


def test_what_a_handler_returns_is_the_acknowledgement(page: Any) -> None:
    assert page.emit("good", {"a": 1}, namespace="/test", callback=True) == {
        "ok": True,
        "sid": True,
        "payload": {"a": 1},
    }
    assert page.emit("good", namespace="/test", callback=True)["payload"] is None
    assert page.emit("good", 1, 2, namespace="/test", callback=True)["payload"] == 1, "what is too much is left out"


def test_an_error_is_acknowledged_with_its_field(page: Any) -> None:
    assert page.emit("wrong", {}, namespace="/test", callback=True) == {
        "ok": False,
        "error": {"code": "invalid", "message": "at must be a number.", "field": "at"},
    }


def test_a_failure_is_acknowledged_and_logged_without_the_payload(page: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = page.emit("broken", {"text": "a secret"}, namespace="/test", callback=True)
    assert answer["error"]["code"] == "internal"
    assert "ZeroDivisionError" in caplog.text
    assert "a secret" not in caplog.text


# ---------------------------------------------------------------- the end


@pytest.fixture(params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def own_server(request: pytest.FixtureRequest, start_server: Callable[..., Program]) -> Program:
    """A web process that the test may end."""
    return start_server(SOCKETIO_ASYNC_MODE=request.param)


def test_it_stops_with_sockets_open(own_server: Program) -> None:
    with upgrade(own_server) as connection:
        head_of(connection)
        began = time.monotonic()
        assert own_server.stop() == 0, own_server.log()
        assert time.monotonic() - began < webserver.STOP_SECONDS + 2
        assert "Traceback" not in own_server.log()
    with pytest.raises(OSError):
        fetch(own_server, "/healthz")


def test_ctrl_c_stops_it_too(own_server: Program) -> None:
    os.kill(own_server.process.pid, signal.SIGINT)
    assert own_server.process.wait(10) == 0
    assert "Traceback" not in own_server.log()


def test_a_request_under_way_is_answered_before_the_end(own_server: Program, app: Any) -> None:
    with app.app_context():
        owner = make_owner()
        token = accounts.add_token(owner, "test")
        session, _ = sessions.create(str(owner.id), "Backend", "Asha", "")
    call(own_server, f"/api/v1/sessions/{session.id}/end", token, b"")
    answers: list[int] = []
    # Nobody makes the report, so this takes its two seconds.
    path = f"/api/v1/sessions/{session.id}/report?wait=2"
    waiting = threading.Thread(target=lambda: answers.append(call(own_server, path, token)))
    waiting.start()
    # The one that asks for the figures is the other.
    wait_until(lambda: "proctor_requests_under_way 2.0" in fetch(own_server, "/metrics"), "the request to be under way")
    assert own_server.stop() == 0
    waiting.join(5)
    assert answers == [202]


def test_a_taken_port_ends_it(own_server: Program, start_program: Any, settings: dict[str, str]) -> None:
    port = urlsplit(own_server.url).port
    second = start_program("second", sys.executable, "wsgi.py", env=settings | {"PORT": str(port)})
    assert second.process.wait(20) != 0
    assert "Address already in use" in second.log()


# ---------------------------------------------------------------- helpers


def upgrade(server: Program, *headers: str) -> socket.socket:
    """A connection that has asked to become a WebSocket."""
    address = urlsplit(server.url)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {WEBSOCKET} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *headers,
    ]
    connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=20)
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def joined(server: Program, role: str, auth: dict[str, str]) -> Client:
    """A page in a session, by the protocol's own text: what the client library would add takes time of its own."""
    plain = Client(server.url.replace("http", "ws") + WEBSOCKET)
    plain.send(f"40/{role},{json.dumps(auth)}")
    while not message(plain).startswith(f"40/{role},"):
        pass
    return plain


def message(plain: Client) -> str:
    """The next message that is not a ping."""
    while True:
        received = plain.receive(10)
        if received != "2":
            return str(received)
        plain.send("3")


def head_of(connection: socket.socket) -> str:
    """The answer's first lines."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(4096)
        assert more, received
        received += more
    return received.partition(b"\r\n\r\n")[0].decode()


def fetch(server: Program, path: str) -> str:
    """GET a page's text."""
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        return str(answer.read().decode())


def call(server: Program, path: str, token: str, body: bytes | None = None) -> int:
    """Ask the API; the status of its answer."""
    request = urllib.request.Request(server.url + path, body, {"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
