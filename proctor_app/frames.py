"""Faster WebSocket frames (RFC 6455, 5) under eventlet, which takes them apart in small steps.

    unmask      browsers mask every frame that they send; eventlet takes the mask off byte by byte, a third of all the
                work that signalling makes. One exclusive-or of two large numbers does the same
    ReadAhead   eventlet asks the kernel four times for each frame; this asks once for all that is there, and takes the
                usual frame (a short text, whole, and here already) apart in one step

One of the two methods that `install` replaces is private, so it first makes sure that it is still the one that is known
here. Without it everything works, only slower.
"""

import inspect
import logging
import secrets
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)

METHOD = "_apply_mask"
PARAMETERS = ["data", "mask", "length", "offset"]
READ_BYTES = 64 * 1024
# The shortest head of a frame from a browser: kind, length, mask. Kind: the last frame of a message, which is text.
HEAD_BYTES = 6
WHOLE_TEXT = 0x81
MASKED = 0x80
TWO_BYTES_OF_LENGTH = 126


def unmask(data: bytes, mask: Sequence[int], length: int | None = None, offset: int = 0) -> bytes:
    """The first `length` bytes of `data` without `mask`, four numbers. `offset` is where in the frame `data` lies."""
    size = len(data) if length is None else length
    turn = offset % 4
    key = bytes((*mask[turn:], *mask[:turn]))
    repeated = (key * (size // 4 + 1))[:size]
    plain = int.from_bytes(data[:size], "little") ^ int.from_bytes(repeated, "little")
    return plain.to_bytes(size, "little")


def install(websocket: Any) -> bool:
    """Give eventlet's class the faster methods. False, with a line in the log, when the class is not as known."""
    original = inspect.getattr_static(websocket, METHOD, None)
    if not isinstance(original, staticmethod) or not _agree(original.__func__):
        log.warning("This version of eventlet takes masks off in another way; its own is kept.")
        return False
    setattr(websocket, METHOD, staticmethod(unmask))
    any_frame = websocket.wait

    def wait(self: Any) -> Any:
        """The next message. eventlet's own way sees to every frame that is not of the usual kind."""
        text = self.socket.take_text() if isinstance(self.socket, ReadAhead) else None
        return any_frame(self) if text is None else text

    websocket.wait = wait
    return True


def _agree(original: Any) -> bool:
    """Whether `original` takes the same arguments as `unmask`, and gives the same for some frames."""
    if list(inspect.signature(original).parameters) != PARAMETERS:
        return False
    mask = tuple(secrets.token_bytes(4))
    frames = [(secrets.token_bytes(size), offset) for size in (0, 1, 3, 4, 125, 1000) for offset in (0, 1, 6)]
    return all(original(data, mask, offset=offset) == unmask(data, mask, offset=offset) for data, offset in frames)


class ReadAhead:
    """A connection that is read in large pieces and handed out in the small ones that are asked for."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._held = b""
        self._at = 0

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Up to `size` bytes, empty at the end. Waits only when nothing is held."""
        if self._at == len(self._held):
            self._held, self._at = self._connection.recv(READ_BYTES, flags), 0
        piece = self._held[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def take_text(self) -> str | None:
        """The text of the next frame. None, with nothing taken, when it is another kind, not here whole, or no text."""
        if self._at == len(self._held):
            self._held, self._at = self._connection.recv(READ_BYTES), 0
        held, at = self._held, self._at
        if len(held) - at < HEAD_BYTES or held[at] != WHOLE_TEXT or not held[at + 1] & MASKED:
            return None
        size, start = held[at + 1] & ~MASKED, at + 2
        if size == TWO_BYTES_OF_LENGTH:
            size, start = int.from_bytes(held[start : start + 2], "big"), start + 2
        elif size > TWO_BYTES_OF_LENGTH:
            return None
        end = start + 4 + size
        if end > len(held):
            return None
        try:
            text = unmask(held[start + 4 : end], held[start : start + 4]).decode()
        except UnicodeDecodeError:
            return None
        self._at = end
        return text

    def get_socket(self) -> "ReadAhead":
        """What eventlet asks of a request's input."""
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def read_ahead(environ: dict[str, Any]) -> None:
    """Have a request that becomes a WebSocket under eventlet read ahead."""
    given = environ.get("eventlet.input")
    if given is not None and environ.get("HTTP_UPGRADE", "").lower() == "websocket":
        environ["eventlet.input"] = ReadAhead(given.get_socket())
