"""Gathers a `Report` from what is stored. Reads the same functions as the console, so the two cannot disagree."""

import hashlib
from collections import Counter
from datetime import datetime, tzinfo
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app

from proctor_app.accommodations import service as accommodations
from proctor_app.accounts import service as accounts
from proctor_app.chain import service as chain
from proctor_app.evidence import service as evidence
from proctor_app.incidents import service as incidents
from proctor_app.incidents import words
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.reports import accuracy
from proctor_app.reports.report import Moment, Report, Row, Stills
from proctor_app.reviews.rules import integrity_score
from proctor_app.sessions import phases
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

STEPS = {
    "start": "The candidate joined",
    "leave": "The candidate left",
    "return": "The candidate came back",
    "end": "The interview was ended",
    "link_opened": "The candidate's link was opened",
    "link_renewed": "The candidate's link was made anew",
    "link_withdrawn": "The candidate's link was withdrawn",
    "consent_accepted": "The candidate agreed to be watched",
    "consent_declined": "The candidate declined to be watched",
    "consent_withdrawn": "The candidate took their consent back: nothing was watched from here on",
}
# The npm package that looks at the picture; package.json pins it.
TASKS_VISION = "0.10.35"


def build(session_id: str, revision: int, now: datetime) -> Report:
    """The report of the session as everything stored at this moment makes it. Needs an application context."""
    chain.mend(session_id)
    head = chain.head_of(session_id)
    session = sessions.get(session_id)
    policy = sessions.policy_of(session)
    began = session.started_at or session.ended_at or now
    names = _Names()
    # Read once: the score is that of the rows beside it, also when somebody judges one of them meanwhile.
    records = incidents.list_for(session.id)

    def into(at: datetime) -> float:
        return (at - began).total_seconds()

    def row(number: int, record: IncidentRecord) -> Row:
        return Row(
            number=number,
            record=record,
            into_seconds=into(record.started_at),
            duration_seconds=record.duration_seconds(session.ended_at or now),
            seen=words.seen(record),
            details=tuple(words.details(record)),
            points=policy.weights.get(record.kind, 0) if record.counts else 0,
            judged_by=names.of(record.verdict_by),
        )

    return Report(
        session_id=session.id,
        revision=revision,
        title=session.title,
        candidate=session.candidate_name,
        interviewer=names.of(session.owner) or "",
        zone=_zone(),
        started_at=session.started_at,
        ended_at=session.ended_at or now,
        made_at=now,
        score=integrity_score(Counter(record.kind for record in records if record.counts), policy),
        coverage=incidents.coverage_for(session, now),
        rows=tuple(row(number, record) for number, record in enumerate(records, 1)),
        notes=tuple(
            Moment(into(note.written_at), note.written_at, note.text) for note in sessions.notes_for(session.id)
        ),
        steps=tuple(
            Moment(into(step.at), step.at, STEPS.get(step.action, step.action))
            for step in sessions.transitions_of(session.id)
        ),
        consent=_consent(session),
        policy_name=policy.name,
        policy_version=policy.version,
        weights=policy.weights,
        thresholds=policy.thresholds,
        detectors=policy.detectors,
        phases=tuple(phases.spans_of(session.id, session.ended_at or now)),
        has_accommodation=accommodations.applies(session.id),
        versions={
            "Proctor": version("proctor"),
            "MediaPipe tasks-vision": TASKS_VISION,
            "Face model (SHA-256)": _model_hash(current_app.config["PROCTOR"].face_model_path),
            accuracy.DETECTORS: accuracy.detectors_version(),
        },
        stills=_stills(session),
        accuracy=accuracy.measured(),
        chain=head,
        linked_late=chain.linked_late(session.id),
    )


def _stills(session: Session) -> Stills | None:
    """None where the interview's policy has none."""
    if evidence.style_of(session) is None:
        return None
    days = current_app.config["PROCTOR"].evidence_retention_days
    return Stills(days, evidence.stills_of(session.id), evidence.pictures_of(session.id))


class _Names:
    """Interviewers by id, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, key: str | None) -> str | None:
        """The name behind an id; the id itself for an account that is gone; None for nobody."""
        if key is None:
            return None
        if key not in self._known:
            found = accounts.find(key)
            self._known[key] = found.name if found else key
        return self._known[key]


def _consent(session: Session) -> tuple[str, str, datetime] | None:
    if session.consent is None:
        return None
    return session.consent.decision, session.consent.version, session.consent.decided_at


def _zone() -> tzinfo | None:
    name = current_app.config["PROCTOR"].timezone
    return ZoneInfo(name) if name else None


@cache
def _model_hash(path: Path) -> str:
    """The first 16 digits of the model's hash, or that it is missing."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else "not installed here"
