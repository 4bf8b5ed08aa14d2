"""Use cases of decision records: keep the figures of an interview that is about to be erased, list them, delete one."""

from datetime import datetime, timedelta
from typing import Any

from proctor_app import clock
from proctor_app.decisions.models import DecisionRecord
from proctor_app.reports import accuracy, build
from proctor_app.sessions.models import Session

# What a list of them has, in this order; `proctor decisions` prints it.
COLUMNS = (
    *("id", "started_at", "ended_at", "score", "formula", "incidents", "reviewed", "dismissed"),
    *("coverage_percent", "call_seconds", "policy", "policy_version", "detectors", "erased_at", "expires_at"),
)


def keep(session: Session, days: int, now: datetime) -> None:
    """Keep the figures of an interview that ended, for so many days after its end. A repeat changes nothing."""
    if session.ended_at is None or session.started_at is None:
        return
    # Whoever erased it before and was cut short has left no more than a part to count.
    if DecisionRecord.objects(id=session.id).only("id").first() is not None:
        return
    report = build.build(session.id, 0, now)
    DecisionRecord(
        id=session.id,
        owner=session.owner,
        started_at=session.started_at,
        ended_at=session.ended_at,
        score=None if report.is_insufficient else report.score.score,
        formula=report.score.formula,
        counts=dict(report.score.counts),
        incidents=len(report.rows),
        reviewed=report.reviewed,
        dismissed=report.dismissed,
        coverage_percent=report.coverage.percent,
        call_seconds=report.coverage.call_seconds,
        policy=report.policy_name,
        policy_version=report.policy_version,
        detectors=report.versions[accuracy.DETECTORS],
        has_accommodation=report.has_accommodation,
        consent=[{"decision": one.decision, "version": one.version, "at": one.decided_at} for one in session.decisions],
        erased_at=now,
        expires_at=session.ended_at + timedelta(days=days),
    ).save()


def forget(session_id: str) -> int:
    """Delete the record of an interview that was erased before. Returns how many there were."""
    return int(DecisionRecord.objects(id=session_id).delete())


def rows() -> list[dict[str, Any]]:
    """Every record as plain values by `COLUMNS`, oldest first."""
    return [
        {name: clock.to_iso(value) if isinstance(value := getattr(one, name), datetime) else value for name in COLUMNS}
        for one in DecisionRecord.objects.order_by("ended_at")
    ]
