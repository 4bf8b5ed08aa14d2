"""Programs that use the API: the owner's, the stranger's, and one without a token."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts import service as accounts
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload, ObservationPayload
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.api.described import check_answer
from tests.cast import make_owner, make_stranger

CONSENT = {"version": "form 7", "accepted_at": "2026-01-01T00:00:00Z"}
BODY = {"title": "Backend", "candidate": {"name": "Asha Verma", "email": "asha@example.org"}, "consent": CONSENT}


class Program:
    """A client of the API with its token. Every answer is held against the API's description."""

    def __init__(self, app: Any, token: str | None) -> None:
        self._client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **values: str) -> Any:
        """GET a described path, `{name}` in it filled from `values`; what is left over goes into the query."""
        return self.ask("get", path, values)

    def post(self, path: str, body: Any = None, **values: str) -> Any:
        """POST JSON, or bytes as they are."""
        return self.ask("post", path, values, body)

    def delete(self, path: str, **values: str) -> Any:
        """DELETE."""
        return self.ask("delete", path, values)

    def ask(self, method: str, path: str, values: dict[str, str], body: Any = None) -> Any:
        """Any request."""
        query = {name: value for name, value in values.items() if f"{{{name}}}" not in path}
        content = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        answer = self._client.open(
            "/api/v1" + path.format(**values), method=method, query_string=query, headers=self.headers, **content
        )
        check_answer(path, method, answer)
        return answer

    def create(self, **changed: Any) -> str:
        """A session made through the API; its id."""
        return self.post("/sessions", BODY | changed).get_json()["id"]


@pytest.fixture
def context(app: Any) -> Iterator[None]:
    """The test runs inside the application's context."""
    with app.app_context():
        yield


@pytest.fixture
def owner(app: Any, context: None) -> Program:
    """A program that acts for Olga."""
    return Program(app, accounts.add_token(make_owner(), "applicant system"))


@pytest.fixture
def stranger(app: Any, context: None) -> Program:
    """A program that acts for Sam."""
    return Program(app, accounts.add_token(make_stranger(), "other system"))


@pytest.fixture
def nobody(app: Any) -> Program:
    """A program without a token."""
    return Program(app, None)


def held(session_id: str, *kinds: str, watched_seconds: int = 600) -> Session:
    """The session, going on since ten minutes, with one incident of each of `kinds` half a minute apart."""
    session = sessions.get(session_id)
    began = clock.now() - timedelta(minutes=10)
    sessions.start(session, began)
    for seconds in range(0, watched_seconds, 4):
        with clock.at(began + timedelta(seconds=seconds)):
            at = clock.to_ms(clock.now())
            beat = {"seq": seconds, "at": at, "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"}
            incidents.record_heartbeat(session, HeartbeatPayload.parse(beat), 0)
    for number, kind in enumerate(kinds):
        start = clock.to_ms(began) + 30_000 * (number + 1)
        incidents.record_observation(
            session_id,
            ObservationPayload.parse(
                {
                    "id": str(uuid.uuid4()),
                    "seq": number,
                    "kind": kind,
                    "started_at": start,
                    "ended_at": start + 4000,
                    "confidence": 0.9,
                }
            ),
            0,
        )
    return session
