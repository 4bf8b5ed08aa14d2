"""A faster way to take the mask off a WebSocket frame (RFC 6455, 5.3) under eventlet.

Browsers mask every frame that they send. eventlet takes the mask off byte by byte, which is a third of all the work
that signalling makes; one exclusive-or of two large numbers does the same. The method that is replaced is private, so
`install` first makes sure that it is still the one that is known here. Without it everything works, only slower.
"""

import inspect
import logging
import secrets
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)

METHOD = "_apply_mask"
PARAMETERS = ["data", "mask", "length", "offset"]


def unmask(data: bytes, mask: Sequence[int], length: int | None = None, offset: int = 0) -> bytes:
    """The first `length` bytes of `data` without `mask`, four numbers. `offset` is where in the frame `data` lies."""
    size = len(data) if length is None else length
    turn = offset % 4
    key = bytes((*mask[turn:], *mask[:turn]))
    repeated = (key * (size // 4 + 1))[:size]
    plain = int.from_bytes(data[:size], "little") ^ int.from_bytes(repeated, "little")
    return plain.to_bytes(size, "little")


def install(websocket: Any) -> bool:
    """Give eventlet's class the faster method. False, with a line in the log, when the class is not as known."""
    original = inspect.getattr_static(websocket, METHOD, None)
    if not isinstance(original, staticmethod) or not _agree(original.__func__):
        log.warning("This version of eventlet takes masks off in another way; its own is kept.")
        return False
    setattr(websocket, METHOD, staticmethod(unmask))
    return True


def _agree(original: Any) -> bool:
    """Whether `original` takes the same arguments as `unmask`, and gives the same for some frames."""
    if list(inspect.signature(original).parameters) != PARAMETERS:
        return False
    mask = tuple(secrets.token_bytes(4))
    frames = [(secrets.token_bytes(size), offset) for size in (0, 1, 3, 4, 125, 1000) for offset in (0, 1, 6)]
    return all(original(data, mask, offset=offset) == unmask(data, mask, offset=offset) for data, offset in frames)
