"""What was seen in an interview that is under way, recorded as a candidate's page reports it."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from proctor_app import clock
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import ObservationPayload
from proctor_app.sessions.models import Session

VOUCHED = ("test", datetime(2026, 1, 1, tzinfo=UTC))
_seq = itertools.count(1)


def observe(
    session: Session, kind: str, reason: str | None, at_seconds: float, lasts: float | None, **detail: object
) -> str:
    """Record what the page saw `at_seconds` into the interview. Returns the incident's id."""
    started = clock.to_ms(session.started_at + timedelta(seconds=at_seconds))
    message = {
        "id": str(uuid.uuid4()),
        "seq": next(_seq),
        "kind": kind,
        "reason": reason,
        "started_at": started,
        "ended_at": None if lasts is None else started + round(lasts * 1000),
        "confidence": 0.9,
        "detail": detail,
    }
    return incidents.record_observation(session.id, ObservationPayload.parse(message), 0)
