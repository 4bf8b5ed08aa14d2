"""How Socket.IO messages become text and back: the library's own way, without what every message need not pay for.

What is refused on the way in would do harm on the way on: `NaN`, which Python reads as JSON and browsers do not,
would end the connection of whoever a signal is passed on to. And whatever is no message at all is refused here, where
it can be told: further in, the library would take it for a failure of its own, or wait for ever.
"""

import base64
import json
from typing import Any, NoReturn

import socketio.packet

# Only `evidence` has one.
MOST_ATTACHMENTS = 1
# What a client may open a packet with (Engine.IO 4): close, pong, message; a WebSocket also probes (ping) and upgrades.
POLLED = ("1", "3", "4", "b")
FRAMED = ("1", "2", "3", "4", "5")
MOST_PACKETS = 16
SEPARATOR = "\x1e"
# To the library these are handlers like those of events: a client that sends one would call what is not for it.
RESERVED = ("connect", "disconnect", "connect_error")
EVENTS = (socketio.packet.EVENT, socketio.packet.BINARY_EVENT)
ANSWERS = (socketio.packet.ACK, socketio.packet.BINARY_ACK)


def dumps(data: Any, **_options: Any) -> str:
    """JSON in ASCII with no blanks, by an encoder that is made once."""
    return _encode(data)


def loads(text: str, **_options: Any) -> Any:
    """The value of a JSON text. Raises `ValueError`."""
    try:
        return _decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_frame(data: str | bytes | None) -> bool:
    """Whether a WebSocket message can be an Engine.IO packet; None is its end."""
    return not isinstance(data, str) or data[:1] in FRAMED


def is_payload(body: bytes) -> bool:
    """Whether the body of a polling request holds Engine.IO packets, and only such that a client sends."""
    try:
        packets = body.decode().split(SEPARATOR)
        for packet in packets:
            if packet[:1] == "b":
                base64.b64decode(packet[1:], validate=True)
    except ValueError:
        return False
    return len(packets) <= MOST_PACKETS and all(packet[:1] in POLLED for packet in packets)


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
        if self.packet_type in EVENTS and not _is_event(self.data):
            raise ValueError("no event")
        if self.packet_type in ANSWERS and not (isinstance(self.data, list) and self.id is not None):
            raise ValueError("no answer")
        return attachments


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED
