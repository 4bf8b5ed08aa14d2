"""Olga's interview, under way for half an hour with three incidents; another of hers, as noise; and a stranger."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts.models import Interviewer
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in
from tests.held import VOUCHED, observe

HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Interview:
    """A session with its people and the ids of its incidents, first to last."""

    owner: Interviewer
    stranger: Interviewer
    session: Session
    token: str
    other: Session
    looking_away: str
    absence: str
    two_faces: str

    @property
    def path(self) -> str:
        return f"/sessions/{self.session.id}"

    def review_path(self, incident: str) -> str:
        return f"{self.path}/incidents/{incident}/review"


def watch(session: Session, seconds: int = 1800) -> None:
    """Have the monitor see everything in the first so many seconds."""
    for at in range(0, seconds, 4):
        with clock.at(session.started_at + timedelta(seconds=at)):
            now = clock.to_ms(clock.now())
            beat = {"seq": at, "at": now, "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"}
            incidents.record_heartbeat(session, HeartbeatPayload.parse(beat), 0)
    # A server of another process reads what is stored.
    incidents.save_watch_logs([session.id])


@pytest.fixture
def interview(app: Any) -> Interview:
    with app.app_context():
        owner, stranger = make_owner(), make_stranger()
        session, token = sessions.create(str(owner.id), "Backend engineer", "Asha Verma", "", consent=VOUCHED)
        other, _ = sessions.create(str(owner.id), "Designer", "Ben", "", consent=VOUCHED)
        for one in (session, other):
            sessions.start(one, clock.now() - HALF_AN_HOUR)
            one.reload()
        watch(session)
        observe(other, "multiple_faces", None, 60, 5, faces=2)
        return Interview(
            owner=owner,
            stranger=stranger,
            session=session,
            token=token,
            other=other,
            looking_away=observe(session, "focus_loss", "looking_away", 200, 6, direction="right", degrees=28),
            absence=observe(session, "absence", None, 545, 14),
            two_faces=observe(session, "multiple_faces", None, 1122, 3, faces=2),
        )


@pytest.fixture
def owner(client: Any, interview: Interview) -> Any:
    """Olga's browser."""
    return sign_in(client, interview.owner)


@pytest.fixture
def stranger(app: Any, client: Any, interview: Interview) -> Any:
    """Sam's browser."""
    return sign_in(app.test_client(), interview.stranger)


HTMX = {"HX-Request": "true"}
