"""The JSON that the API answers with. Fields are only ever added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.incidents import overview
from proctor_app.incidents.watch import Coverage
from proctor_app.policies.service import Choice
from proctor_app.reports import service as reports
from proctor_app.reviews.rules import Score, integrity_score
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session


def sessions_json(found: Sequence[Session], site: str, now: datetime) -> list[dict[str, Any]]:
    """Sessions with their figures as everything stored at this moment makes them."""
    tallies, coverages = overview.tallies_of(found), overview.coverages_of(found, now)
    accommodated = accommodations.those_with([session.id for session in found])
    shaped = []
    for session in found:
        tally, coverage = tallies[session.id], coverages[session.id]
        policy = sessions.policy_of(session)
        score = integrity_score(tally.counts, policy)
        shaped.append(
            {
                "id": session.id,
                "title": session.title,
                "candidate": {"name": session.candidate_name, "email": session.candidate_email},
                "status": str(session.status),
                **score_json(score, coverage),
                "coverage": coverage.percent,
                "to_review": tally.to_review,
                "policy": {"name": policy.name, "version": policy.version},
                "accommodation": session.id in accommodated,
                "consent": _consent_json(session),
                "created_at": clock.to_iso(session.created_at),
                "scheduled_for": clock.to_iso(session.scheduled_for),
                "started_at": clock.to_iso(session.started_at),
                "ended_at": clock.to_iso(session.ended_at),
                "console_url": f"{site}/sessions/{session.id}",
            }
        )
    return shaped


def score_json(score: Score, coverage: Coverage) -> dict[str, Any]:
    """The score and what it is made of; no number where too little was watched for one."""
    is_insufficient = coverage.is_insufficient
    return {
        "score": None if is_insufficient else score.score,
        "raw": None if is_insufficient else score.raw,
        "counts": score.counts,
        "insufficient_data": is_insufficient,
    }


def session_json(session: Session, site: str) -> dict[str, Any]:
    """One session, and how far its report is."""
    return sessions_json([session], site, clock.now())[0] | {"report": report_json(session.id)}


def report_json(session_id: str) -> dict[str, Any] | None:
    """How far the report is; None before the end."""
    status = reports.status_for(session_id)
    if status is None:
        return None
    return {
        "status": status.status,
        "revision": status.revision,
        "percent": status.percent,
        "made_at": clock.to_iso(status.made_at),
        "error": status.error,
        "email": {"status": status.email_status, "to": status.email_to, "error": status.email_error},
    }


def policy_json(choice: Choice) -> dict[str, Any]:
    """One policy. `key` is what a new session names it by."""
    policy = choice.policy
    return {
        "key": choice.key,
        "name": policy.name,
        "version": policy.version,
        "is_own": choice.is_own,
        "weights": dict(policy.weights),
        "caps": dict(policy.caps),
        "thresholds": dict(policy.thresholds),
        "detectors": list(policy.detectors),
        "evidence": str(policy.evidence),
        "frames_per_second": policy.frames_per_second,
        "grace_seconds": policy.grace_seconds,
        "relaxed": {str(phase): list(off) for phase, off in policy.relaxed.items()},
    }


def _consent_json(session: Session) -> dict[str, Any] | None:
    consent = session.consent
    if consent is None:
        return None
    return {
        "decision": consent.decision,
        "version": consent.version,
        "decided_at": clock.to_iso(consent.decided_at),
        "source": consent.source,
    }
