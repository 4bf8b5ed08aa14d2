"""A sample interview, over and reviewed, so that a newcomer sees a console and a report before the first call.

It is played through the services, each step at its own past time, as a candidate's page would have caused it.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config import Config
from proctor_app import clock
from proctor_app.accounts import service as accounts
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload, ObservationPayload
from proctor_app.live import ending
from proctor_app.reviews import service as reviews
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

MINUTES = 38
AGO = timedelta(hours=1)
BEAT_SECONDS = 2


@dataclass(frozen=True)
class Seen:
    """An observation of the sample: `at` and `seconds` into and long; `verdict` with its reason, where reviewed."""

    at: float
    seconds: float
    kind: str
    reason: str | None = None
    confidence: float = 0.9
    detail: dict[str, Any] = field(default_factory=dict)
    verdict: tuple[str, str] | None = None


SEEN = (
    Seen(
        195, 6.4, "focus_loss", "looking_away", 0.86, {"direction": "right", "degrees": 31}, ("dismissed", "Took notes")
    ),
    Seen(545, 14.2, "absence", None, 0.97, {}, ("confirmed", "")),
    Seen(1122, 4.1, "focus_loss", "face_not_visible", 0.81),
    Seen(1450, 8.8, "focus_loss", "looking_away", 0.9, {"direction": "down", "degrees": 24}),
    Seen(1688, 3.3, "multiple_faces", None, 0.93, {"faces": 2}, ("confirmed", "Somebody brought tea")),
    Seen(2010, 5.0, "focus_loss", "window_blur", 1.0, {"page": "without focus"}),
)
# Stretches in which the camera could not be judged: from, to (seconds into the interview), why.
BLIND = ((0, 4, "starting"), (900, 931, "too_dark"), (1300, 1312, "face_cut_off"))
NOTES = (
    (260, "Clear explanation of how an index is chosen."),
    (1290, "Good answer on isolation levels; asked for an example by herself."),
    (2150, "Asks about the team and on-call duty."),
)


def create(config: Config) -> str:
    """Play the sample for the local interviewer and return its session's id. The job process makes the report."""
    owner = str(accounts.local_interviewer(config.admin_email).id)
    began = clock.now() - AGO
    with clock.at(began - timedelta(days=1)):
        session, _ = sessions.create(owner, "Backend engineer (sample)", "Asha Verma", "asha.verma@example.org")
    with clock.at(began):
        sessions.accept_consent(session, sessions.consent_text_for(session).version)
        sessions.start(session, began)
        incidents.session_changed(session.id)
    _watch(session, began)
    for number, seen in enumerate(SEEN):
        _observe(session, began, number, seen)
    for seconds, text in NOTES:
        with clock.at(began + timedelta(seconds=seconds)):
            sessions.add_note(session, owner, text)
    with clock.at(began + timedelta(minutes=MINUTES)):
        ending.end(session, owner)
    with clock.at(began + timedelta(minutes=MINUTES + 5)):
        _review(session, owner)
    return str(session.id)


def _watch(session: Session, began: datetime) -> None:
    for second in range(BEAT_SECONDS, MINUTES * 60 + 1, BEAT_SECONDS):
        reason = next((reason for start, end, reason in BLIND if start < second <= end), None)
        at = began + timedelta(seconds=second)
        state = "could_not_tell" if reason else "watching"
        with clock.at(at):
            incidents.record_heartbeat(
                session, HeartbeatPayload(clock.to_ms(at), 5.0, 33.0, 0 if reason else 1, state, reason, None), 0
            )


def _observe(session: Session, began: datetime, number: int, seen: Seen) -> None:
    started = began + timedelta(seconds=seen.at)
    raw = {
        "id": str(uuid.uuid4()),
        "seq": number,
        "kind": seen.kind,
        "reason": seen.reason,
        "started_at": clock.to_ms(started),
        "ended_at": clock.to_ms(started) + round(seen.seconds * 1000),
        "confidence": seen.confidence,
        "detail": seen.detail,
    }
    with clock.at(started + timedelta(seconds=seen.seconds)):
        incidents.record_observation(session.id, ObservationPayload.parse(raw), 0)


def _review(session: Session, owner: str) -> None:
    for record, seen in zip(incidents.list_for(session.id), SEEN, strict=True):
        if seen.verdict:
            verdict, note = seen.verdict
            reviews.review(session, record.id, verdict, note or None, owner)
