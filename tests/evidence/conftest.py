"""Olga's interview whose policy keeps stills, with incidents the camera saw and one it did not; another as noise."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from proctor_app import clock
from proctor_app.accounts.models import Interviewer
from proctor_app.evidence import service
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in
from tests.held import VOUCHED, observe


def jpeg(width: int = 320, height: int = 240, colour: tuple[int, int, int] = (60, 140, 90), **options: Any) -> bytes:
    """A picture of one colour, as a file."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG", **options)
    return file.getvalue()


@dataclass
class Interview:
    """A session with its people and the ids of its observations, which are their incidents' too."""

    owner: Interviewer
    stranger: Interviewer
    session: Session
    token: str
    other: Session
    looking_away: str
    absence: str
    blur: str

    @property
    def path(self) -> str:
        return f"/sessions/{self.session.id}"

    def still(self, observation: str, data: bytes | None = None, at: datetime | None = None) -> None:
        """Have the candidate's page send a still."""
        message = {
            "observation": observation,
            "at": clock.to_ms(at or clock.now()),
            "jpeg": jpeg() if data is None else data,
        }
        service.record(self.session.id, EvidencePayload.parse(message), 0)


def keep_stills(session: Session, evidence: str) -> None:
    """Have the session's stored policy keep stills made this way."""
    session.modify(set__policy={**session.policy, "evidence": evidence})


@pytest.fixture
def interview(app: Any) -> Any:
    with app.app_context():
        owner, stranger = make_owner(), make_stranger()
        session, token = sessions.create(str(owner.id), "Backend engineer", "Asha Verma", "", consent=VOUCHED)
        other, _ = sessions.create(str(owner.id), "Designer", "Ben", "", consent=VOUCHED)
        for one in (session, other):
            sessions.start(one, clock.now() - timedelta(minutes=30))
            one.reload()
            keep_stills(one, "still")
        yield Interview(
            owner=owner,
            stranger=stranger,
            session=session,
            token=token,
            other=other,
            looking_away=observe(session, "focus_loss", "looking_away", 200, 6, direction="right", degrees=28),
            absence=observe(session, "absence", None, 545, 14),
            blur=observe(session, "focus_loss", "window_blur", 900, 3),
        )


@pytest.fixture
def owner(client: Any, interview: Interview) -> Any:
    """Olga's browser."""
    return sign_in(client, interview.owner)


@pytest.fixture
def stranger(app: Any, client: Any, interview: Interview) -> Any:
    """Sam's browser."""
    return sign_in(app.test_client(), interview.stranger)
