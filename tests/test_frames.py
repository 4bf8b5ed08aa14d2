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
    known = type("Known", (), {"_apply_mask": ORIGINAL})
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
        self.pieces = [*pieces, b""]
        self.asked = 0

    def recv(self, _size: int, _flags: int = 0) -> bytes:
        self.asked += 1
        return self.pieces.pop(0)

    def fileno(self) -> int:
        return 7


def test_reading_ahead_gives_every_byte_once_and_then_the_end() -> None:
    connection = Pieces(b"abcdef", b"g", b"hij")
    reader = ReadAhead(connection)
    assert [reader.recv(size) for size in (2, 2, 100, 5, 1, 9, 9)] == [b"ab", b"cd", b"ef", b"g", b"h", b"ij", b""]
    assert connection.asked == 4
    assert reader.fileno() == 7, "everything else is the connection's"
