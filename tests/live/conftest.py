"""A cast for the socket doors: an owner with two sessions, a stranger, a candidate, and clients for them."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import socketio

from proctor_app.accounts import service as accounts
from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.conftest import Program
from tests.waiting import wait_until


@dataclass
class Cast:
    """The people, with what lets them in."""

    session: Session
    candidate_token: str
    other_session: Session
    other_token: str
    owner_token: str
    stranger_token: str
    unasked: Session
    unasked_token: str


@pytest.fixture
def cast(app: Any) -> Cast:
    """An owner with sessions whose consent a program vouched for, one without consent, and a stranger."""
    vouched = ("test", datetime(2026, 1, 1, tzinfo=UTC))
    with app.app_context():
        owner = accounts.create_interviewer("owner@example.org", "Olga Owner")
        stranger = accounts.create_interviewer("stranger@example.org", "Stan Stranger")
        owner_token = accounts.add_token(owner, "tests")
        stranger_token = accounts.add_token(stranger, "tests")
        session, _ = sessions.create(str(owner.id), "Backend", "Asha Verma", "asha@example.org", consent=vouched)
        token = links.add_program_token(session)
        other, other_token = sessions.create(str(owner.id), "Frontend", "Ben", "ben@example.org", consent=vouched)
        unasked, unasked_token = sessions.create(str(owner.id), "Design", "Cleo", "cleo@example.org")
    return Cast(session, token, other, other_token, owner_token, stranger_token, unasked, unasked_token)


class Socket:
    """A Socket.IO client in one namespace that keeps what it heard, in order."""

    def __init__(self, url: str, namespace: str, auth: dict[str, Any]) -> None:
        self.namespace = namespace
        self.heard: list[tuple[str, Any]] = []
        self.refusal: Any = None
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", self._keep, namespace=namespace)
        self._client.on("connect_error", self._refused, namespace=namespace)
        self._client.connect(url, namespaces=[namespace], auth=auth, transports=["websocket"], wait_timeout=10)

    def _keep(self, event: str, *data: Any) -> None:
        self.heard.append((event, data[0] if data else None))

    def _refused(self, data: Any) -> None:
        self.refusal = data

    def call(self, event: str, payload: Any = None) -> Any:
        """Send an event, and return its acknowledgement."""
        return self._client.call(event, payload, namespace=self.namespace, timeout=10)

    def emit(self, event: str, payload: Any) -> None:
        """Send an event that is not acknowledged."""
        self._client.emit(event, payload, namespace=self.namespace)

    def all(self, event: str) -> list[Any]:
        """The payloads of every `event` heard so far."""
        return [data for name, data in self.heard if name == event]

    def wait_for(self, event: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first `event` whose payload fits."""
        found = wait_until(lambda: [d for d in self.all(event) if fits(d)], f"`{event}` on {self.namespace}")
        return found[0]

    @property
    def is_connected(self) -> bool:
        """Whether the namespace is still open."""
        return self.namespace in self._client.namespaces

    def close(self) -> None:
        """Go away."""
        self._client.disconnect()


Connect = Callable[..., Socket]


@pytest.fixture
def connect(server: Program) -> Iterator[Connect]:
    """`connect("candidate", session, token=…)` opens a socket; all are closed after the test."""
    opened: list[Socket] = []

    def open_socket(role: str, session: Session, **auth: Any) -> Socket:
        made = Socket(server.url, f"/{role}", {"session": session.id, **auth})
        opened.append(made)
        return made

    yield open_socket
    for one in opened:
        one.close()


@pytest.fixture
def candidate(connect: Connect, cast: Cast) -> Socket:
    """The candidate's page."""
    return connect("candidate", cast.session, token=cast.candidate_token, peer="page-1")


@pytest.fixture
def interviewer(connect: Connect, cast: Cast) -> Socket:
    """A program of the owner's that watches the session."""
    return connect("interviewer", cast.session, api_token=cast.owner_token, peer="console-1")


def observation(seq: int = 1, **changed: Any) -> dict[str, Any]:
    """A sound `observation` message about three seconds that begin now."""
    now = round(time.time() * 1000)
    sound = {
        "id": str(uuid.uuid4()),
        "seq": seq,
        "kind": "focus_loss",
        "reason": "looking_away",
        "started_at": now,
        "ended_at": None,
        "confidence": 0.9,
        "detail": {"yaw": 28.5},
    }
    return sound | changed


def heartbeat(**changed: Any) -> dict[str, Any]:
    """A sound `heartbeat` message of this moment: one face is seen."""
    at = round(time.time() * 1000)
    return {"seq": 1, "at": at, "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"} | changed
