"""Faster frames are the same frames, and stay away from a class that they do not know."""

import random
from typing import Any

import pytest
from eventlet.websocket import RFC6455WebSocket

from proctor_app.frames import ReadAhead, install, unmask

ORIGINAL = RFC6455WebSocket.__dict__["_apply_mask"]


def test_it_agrees_with_eventlet_on_frames_in_pieces() -> None:
    source = random.Random(7)
    for size in [*range(40), 125, 126, 4096, 70_000]:
        frame, mask = source.randbytes(size), tuple(source.randbytes(4))
        cut = source.randint(0, size)
        pieces = (frame[:cut], 0), (frame[cut:], cut)
        plain = b"".join(unmask(piece, mask, len(piece), offset) for piece, offset in pieces)
        assert plain == ORIGINAL.__func__(frame, mask)
        assert unmask(plain, mask) == frame


def test_the_installed_eventlet_takes_it() -> None:
    known = type("Known", (), {"_apply_mask": ORIGINAL, "wait": lambda self: "eventlet's own"})
    assert install(known)
    assert known.__dict__["_apply_mask"].__func__ is unmask


def another_result(data: bytes, mask: Any, length: int | None = None, offset: int = 0) -> bytes:
    return data


def other_parameters(data: bytes, key: bytes) -> bytes:
    return data


@pytest.mark.parametrize("method", [None, another_result, staticmethod(another_result), staticmethod(other_parameters)])
def test_an_unknown_class_keeps_its_own(method: Any) -> None:
    unknown = type("Unknown", (), {"_apply_mask": method} if method else {})
    before = unknown.__dict__.get("_apply_mask")
    assert not install(unknown)
    assert unknown.__dict__.get("_apply_mask") is before


class Pieces:
    """A connection that gives what it has in pieces, then its end."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.asked = 0

    def recv(self, _size: int, _flags: int = 0) -> bytes:
        self.asked += 1
        return self.pieces.pop(0) if self.pieces else b""

    def fileno(self) -> int:
        return 7


def test_reading_ahead_gives_every_byte_once_and_then_the_end() -> None:
    connection = Pieces(b"abcdef", b"g", b"hij")
    reader = ReadAhead(connection)
    assert [reader.recv(size) for size in (2, 2, 100, 5, 1, 9, 9)] == [b"ab", b"cd", b"ef", b"g", b"h", b"ij", b""]
    assert connection.asked == 4
    assert reader.fileno() == 7, "everything else is the connection's"


def frame(payload: bytes, kind: int = 0x81, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """A frame as a browser sends it."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([kind]) + length + mask + unmask(payload, mask)


def test_usual_frames_are_taken_in_one_step() -> None:
    texts = ["", "2", "42[…]", "x" * 125, "x" * 126, "é" * 20_000]
    reader = ReadAhead(Pieces(b"".join(frame(text.encode()) for text in texts)))
    assert [reader.take_text() for _ in texts] == texts
    assert reader.take_text() is None
    assert reader.recv(2) == b"", "the end is left to be found"


@pytest.mark.parametrize(
    "unusual",
    [
        frame(b"hello")[:-1],
        frame(b"x" * 200)[:3],
        b"\x81",
        frame(b"hello", kind=0x01),
        frame(b"hello", kind=0x82),
        frame(b"", kind=0x88),
        frame(b"", kind=0x89),
        frame(b"hello", kind=0xC1),
        frame(b"\xff\xfe"),
        b"\x81\x05hello",
        b"\x81\xff" + bytes(20),
    ],
    ids=["cut", "cut head", "one byte", "part", "binary", "close", "ping", "compressed", "no text", "unmasked", "huge"],
)
def test_every_other_frame_is_left_to_eventlet_whole(unusual: bytes) -> None:
    reader = ReadAhead(Pieces(unusual))
    assert reader.take_text() is None
    assert reader.recv(100) == unusual
