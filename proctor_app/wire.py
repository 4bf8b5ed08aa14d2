"""How Socket.IO messages become text and back: the library's own way, without what every message need not pay for.

What is refused on the way in would do harm on the way on: `NaN`, which Python reads as JSON and browsers do not,
would end the connection of whoever a signal is passed on to.
"""

import json
from typing import Any, NoReturn

import socketio.packet

# Only `evidence` has one.
MOST_ATTACHMENTS = 1


def dumps(data: Any, **_options: Any) -> str:
    """JSON in ASCII with no blanks, by an encoder that is made once."""
    return _encode(data)


def loads(text: str, **_options: Any) -> Any:
    """The value of a JSON text. Raises `ValueError`."""
    return _decode(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode
_decode = json.JSONDecoder(parse_constant=_refuse).decode


class Packet(socketio.packet.Packet):  # type: ignore[misc]
    """A message in whose content nobody looks for bytes: what this server sends has none."""

    uses_binary_events = False

    def decode(self, encoded_packet: Any) -> int:
        """As the library's own, which would gather as many bytes as a stranger announces. Raises `ValueError`."""
        attachments = int(super().decode(encoded_packet) or 0)
        if attachments > MOST_ATTACHMENTS:
            raise ValueError("too many attachments")
        return attachments
