"""Bytes that no client library would send: the connection may end, the neighbours and the log notice nothing."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_app import webserver
from proctor_app.frames import unmask
from proctor_app.incidents.models import Incident, Observation
from tests.conftest import Program
from tests.live.conftest import Cast, Socket, cast, observation  # noqa: F401
from tests.security.conftest import failures
from tests.security.fuzzing import budget
from tests.test_webserver import head_of, upgrade

MASK = b"\x01\x02\x03\x04"
TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A


def frame(payload: bytes, kind: int = TEXT, *, length: int | None = None, masked: bool = True) -> bytes:
    """A WebSocket frame; `length` is what it claims to hold."""
    size = len(payload) if length is None else length
    flag = 0x80 if masked else 0
    if size < 126:
        head = bytes([kind, flag | size])
    elif size < 65536:
        head = bytes([kind, flag | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([kind, flag | 127]) + size.to_bytes(8, "big")
    return head + (MASK + unmask(payload, MASK) if masked else payload)


CLAIM = json.dumps(["observation", observation()])
MALFORMED: dict[str, bytes] = {
    "cut off": frame(b"42/candidate,[]", length=200),
    "cut in its head": b"\x81",
    "no end": frame(b"42/candidate,[", kind=0x01),
    "a continuation of nothing": frame(b"hello", kind=0x80),
    "huge": frame(b"x", length=2**62),
    "larger than allowed": frame(b"4" * (webserver.MESSAGE_BYTES + 10)),
    "not masked": frame(b"2", masked=False),
    "no UTF-8": frame(b"42/candidate,\xff\xfe"),
    "half a surrogate": frame(b'42/candidate,["chat",{"text":"\xed\xa0\x80"}]'),
    "reserved bits": frame(b"2", kind=0xF1),
    "an unknown kind": frame(b"2", kind=0x83),
    "a long ping": frame(b"x" * 200, kind=PING),
    "a close with half a code": frame(b"\x03", kind=CLOSE),
    "a close with a bad code": frame(b"\xff\xff\xff", kind=CLOSE),
    "nothing": frame(b""),
    "an unknown packet": frame(b"9hello"),
    "no digit": frame(b"hello"),
    "an open packet": frame(b'0{"sid":"x"}'),
    "a late upgrade": frame(b"5"),
    "a digit from elsewhere": frame("٤".encode()),
    "bytes before anything": frame(b"\x00\x01\x02", kind=BINARY),
    "an empty message": frame(b"4"),
    "an unknown message": frame(b"49"),
    "no JSON": frame(b"42/candidate,{"),
    "NaN": frame(b'42/candidate,["heartbeat",{"at":NaN}]'),
    "deep": frame(b"42/candidate," + b"[" * 50_000),
    "a number without end": frame(b"42/candidate,[" + b"9" * 10_000 + b"]"),
    "no list": frame(b'42/candidate,{"a":1}'),
    "an empty list": frame(b"42/candidate,[]"),
    "an event that is a number": frame(b"42/candidate,[1]"),
    "an event that is a list": frame(b"42/candidate,[[]]"),
    "an event that is an object": frame(b'42/candidate,1[{"a":1}]'),
    "an event of the library": frame(b'42/candidate,["disconnect"]'),
    "connect as an event": frame(b'42/candidate,["connect"]'),
    "an event that nobody knows": frame(b'42/candidate,1["nonesuch",{}]'),
    "another namespace": frame(b'42/interviewer,["sync"]'),
    "no such namespace": frame(b'42/nonesuch,["sync"]'),
    "connecting to no such namespace": frame(b"40/nonesuch,"),
    "connecting twice": frame(b"40/candidate,{}"),
    "connecting with a list": frame(b"40/interviewer,[1]"),
    "a huge number of an answer": frame(b"42/candidate," + b"9" * 200 + b'["sync"]'),
    "an answer to nothing": frame(b"43/candidate,7[1]"),
    "an answer without a number": frame(b"43/candidate,[1]"),
    "an answer that is no list": frame(b"43/candidate,7{}"),
    "a refusal": frame(b'44/candidate,{"message":"x"}'),
    "many attachments": frame(b'4599-/candidate,["evidence",{}]'),
    "attachments without a number": frame(b'45-/candidate,["evidence",{}]'),
    "an attachment that does not come": frame(b'451-/candidate,["evidence",{"jpeg":{"_placeholder":true,"num":0}}]')
    + frame(b'42/candidate,["sync"]'),
    "an attachment of another number": frame(b'451-/candidate,["evidence",{"jpeg":{"_placeholder":true,"num":7}}]')
    + frame(b"\xff\xd8\xff", kind=BINARY),
    "an attachment of no number": frame(b'451-/candidate,["evidence",{"jpeg":{"_placeholder":true,"num":"x"}}]')
    + frame(b"\xff\xd8\xff", kind=BINARY),
    "an attachment where none was said": frame(b'450-/candidate,["evidence",{"jpeg":{"_placeholder":true,"num":0}}]'),
    "an attachment elsewhere": frame(b'451-/nonesuch,["evidence",{}]') + frame(b"\xff", kind=BINARY),
    "an attached answer": frame(b'461-/candidate,3["x",{"_placeholder":true,"num":0}]') + frame(b"\xff", kind=BINARY),
}


@pytest.fixture
def neighbour(server: Program, cast: Cast) -> Iterator[Socket]:  # noqa: F811
    """Another candidate, on the same server."""
    opened = Socket(server.url, "/candidate", {"session": cast.other_session.id, "token": cast.other_token})
    yield opened
    opened.close()


def test_malformed_frames_harm_nobody_else(server: Program, cast: Cast, neighbour: Socket, app: Any) -> None:  # noqa: F811
    before = len(server.log())
    for name, sent in MALFORMED.items():
        with joined(server, cast) as line:
            line.sendall(sent)
            settle(line)
        assert neighbour.call("clock", {})["ok"], name
        assert not failures(server.log()[before:], cast.session.id), name
    with app.app_context():
        assert Observation.objects.count() == Incident.objects.count() == 0


def test_frames_broken_anywhere(server: Program, cast: Cast, neighbour: Socket, app: Any) -> None:  # noqa: F811
    before = len(server.log())
    whole = frame(f"42/candidate,1{CLAIM}".encode())

    @budget(25)
    @given(st.integers(0, len(whole)), st.integers(0, len(whole) - 1), st.integers(0, 255))
    def fuzz(cut: int, at: int, byte: int) -> None:
        broken = bytearray(whole)
        broken[at] = byte
        with joined(server, cast) as line:
            line.sendall(bytes(broken[:cut]))
            settle(line)

    fuzz()
    assert neighbour.call("clock", {})["ok"]
    assert not failures(server.log()[before:], cast.session.id)
    with app.app_context():
        told = {one for incident in Incident.objects for one in incident.observations}
        assert {row.id for row in Observation.objects} == told


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("EIO=3&transport=polling", None),
        ("transport=polling", None),
        ("EIO=4&transport=carrier-pigeon", None),
        ("EIO=4&transport=polling&sid=nonesuch", None),
        ("EIO=4&transport=polling&sid=nonesuch", b"40"),
        ("EIO=4&transport=polling", b"40"),
        ("EIO=4&transport=polling&j=x", None),
        ("EIO=%00&transport=%ff&sid=%ed%a0%80", None),
    ],
)
def test_requests_that_no_client_makes(server: Program, query: str, body: bytes | None) -> None:
    before = len(server.log())
    assert 400 <= status(server, f"/socket.io/?{query}", body) < 500
    assert not failures(server.log()[before:])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"9",
        b"4" * (webserver.MESSAGE_BYTES + 1),
        b"\x1e".join([b"2"] * 200),
        b"b!!!",
        b"b\xff",
        b"44",
    ],
    ids=["empty", "no UTF-8", "unknown", "huge", "many", "no base64", "no text", "refusal"],
)
def test_polling_with_anything(server: Program, body: bytes) -> None:
    before = len(server.log())
    with urllib.request.urlopen(f"{server.url}/socket.io/?EIO=4&transport=polling", timeout=10) as answer:
        sid = json.loads(answer.read()[1:])["sid"]
    assert status(server, f"/socket.io/?EIO=4&transport=polling&sid={sid}", body) < 500
    assert not failures(server.log()[before:])


# ---------------------------------------------------------------- helpers


def joined(server: Program, cast: Cast) -> socket.socket:  # noqa: F811
    """The candidate's page as a bare connection."""
    line = upgrade(server)
    head_of(line)
    auth = json.dumps({"session": cast.session.id, "token": cast.candidate_token})
    line.sendall(frame(f"40/candidate,{auth}".encode()))
    received = b""
    while b"40/candidate" not in received:
        more = line.recv(65536)
        assert more, received
        received += more
    return line


def settle(line: socket.socket) -> None:
    """Send no more, and wait until the server has taken it all in: it ends the line."""
    try:
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    except ConnectionError:
        pass


def status(server: Program, path: str, body: bytes | None) -> int:
    """The status of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, body), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
