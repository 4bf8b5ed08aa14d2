"""Asks STUN and TURN servers for what a browser will ask of them (RFC 8489, RFC 8656): does the relay let us in?

Just enough of the protocol for one question and its answer. Browsers do the real work.
"""

import hashlib
import hmac
import secrets
import socket
import ssl
import struct
from dataclasses import dataclass

COOKIE = 0x2112A442
BINDING, ALLOCATE = 0x0001, 0x0003
SUCCESS, FAILURE = 0x0100, 0x0110
USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, REALM, NONCE, REQUESTED_TRANSPORT = 0x06, 0x08, 0x09, 0x14, 0x15, 0x19
UDP = struct.pack("!B3x", 17)
TRIES = 3
HEADER_BYTES = 20


class ProbeError(Exception):
    """The server cannot be used; the text says why."""


@dataclass(frozen=True)
class Server:
    """Where a `stun:`, `turn:` or `turns:` address leads."""

    host: str
    port: int
    tcp: bool
    tls: bool


def parse(url: str) -> Server:
    """`turns:relay.example.org:5349?transport=tcp` in its parts."""
    scheme, _, rest = url.partition(":")
    address, _, query = rest.partition("?")
    tls = scheme.endswith("s")
    host, colon, port = address.rpartition(":") if not address.endswith("]") else (address, "", "")
    return Server(
        host=(host if colon else address).strip("[]"),
        port=int(port) if colon else (5349 if tls else 3478),
        tcp=tls or query == "transport=tcp",
        tls=tls,
    )


def binding(url: str, timeout: float = 2.0) -> None:
    """Ask a STUN server for our address. Raises `ProbeError`."""
    kind, attributes = _ask(parse(url), _message(BINDING, []), timeout)
    if kind != BINDING | SUCCESS:
        raise ProbeError(_refusal(attributes))


def allocation(url: str, username: str, password: str, timeout: float = 2.0) -> None:
    """Have a TURN server set a relay up for us, as a browser would. Raises `ProbeError`."""
    server = parse(url)
    wanted = [(REQUESTED_TRANSPORT, UDP)]
    with _connected(server, timeout) as line:
        # The first answer is always a refusal: it brings the realm and the nonce that a signed request must hold.
        _, challenge = _exchange(line, server, _message(ALLOCATE, wanted))
        realm, nonce = challenge.get(REALM), challenge.get(NONCE)
        if realm is None or nonce is None:
            raise ProbeError("it does not ask for credentials (coturn: use-auth-secret)")
        signed = [*wanted, (USERNAME, username.encode()), (REALM, realm), (NONCE, nonce)]
        key = hashlib.md5(f"{username}:{realm.decode()}:{password}".encode(), usedforsecurity=False).digest()
        kind, attributes = _exchange(line, server, _message(ALLOCATE, signed, key))
    if kind != ALLOCATE | SUCCESS:
        raise ProbeError(_refusal(attributes))


def _message(kind: int, attributes: list[tuple[int, bytes]], key: bytes | None = None) -> bytes:
    """A STUN message; with `key` it is signed, and its stated length counts the signature before that is made."""
    body = b"".join(struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4) for name, value in attributes)
    signature_bytes = 24 if key else 0
    header = struct.pack("!HHI", kind, len(body) + signature_bytes, COOKIE) + secrets.token_bytes(12)
    if key:
        digest = hmac.new(key, header + body, hashlib.sha1).digest()
        body += struct.pack("!HH", MESSAGE_INTEGRITY, len(digest)) + digest
    return header + body


def _ask(server: Server, message: bytes, timeout: float) -> tuple[int, dict[int, bytes]]:
    with _connected(server, timeout) as line:
        return _exchange(line, server, message)


def _connected(server: Server, timeout: float) -> socket.socket:
    try:
        if not server.tcp:
            family, _, _, _, address = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_DGRAM)[0]
            line = socket.socket(family, socket.SOCK_DGRAM)
            line.connect(address)
        else:
            line = socket.create_connection((server.host, server.port), timeout)
            if server.tls:
                line = ssl.create_default_context().wrap_socket(line, server_hostname=server.host)
    except OSError as error:
        raise ProbeError(f"cannot be reached ({error.strerror or error})") from error
    line.settimeout(timeout)
    return line


def _exchange(line: socket.socket, server: Server, message: bytes) -> tuple[int, dict[int, bytes]]:
    """Send, and again where UDP may have lost it; the answer's kind and attributes."""
    for _ in range(1 if server.tcp else TRIES):
        try:
            line.sendall(message)
            answer = line.recv(2048)
        except TimeoutError:
            continue
        except OSError as error:
            raise ProbeError(f"cannot be reached ({error.strerror or error})") from error
        if len(answer) >= HEADER_BYTES and answer[8:20] == message[8:20]:
            return struct.unpack("!H", answer[:2])[0], _attributes(answer[HEADER_BYTES:])
    raise ProbeError("does not answer")


def _attributes(body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(body) >= 4:
        name, length = struct.unpack("!HH", body[:4])
        found[name] = body[4 : 4 + length]
        body = body[4 + length + -length % 4 :]
    return found


def _refusal(attributes: dict[int, bytes]) -> str:
    error = attributes.get(ERROR_CODE, b"")
    if len(error) < 4:
        return "refused without a reason"
    return f"refused: {error[2] * 100 + error[3]} {error[4:].decode('utf-8', 'replace')}".strip()
