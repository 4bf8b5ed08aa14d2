"""`report.json`: the report's data for programs. Its fields are described in docs/api.md."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from proctor_app.evidence.rules import Still
from proctor_app.reports.report import Moment, Report, Row, Stills


def write_json(report: Report) -> bytes:
    """The report as UTF-8 JSON; instants are ISO 8601 in UTC, lengths are seconds."""
    return json.dumps(as_data(report), ensure_ascii=False, indent=1).encode("utf-8", "replace")


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain values. `score` is None where the data do not suffice for one."""
    coverage, score = report.coverage, report.score
    return {
        "session": report.session_id,
        "revision": report.revision,
        "title": report.title,
        "candidate": report.candidate,
        "interviewer": report.interviewer,
        "started_at": _instant(report.started_at),
        "ended_at": _instant(report.ended_at),
        "made_at": _instant(report.made_at),
        "length_seconds": report.length_seconds,
        "insufficient_data": report.is_insufficient,
        "score": None if report.is_insufficient else score.score,
        "raw": None if report.is_insufficient else score.raw,
        "formula": score.formula,
        "counts": score.counts,
        "coverage": {
            "percent": coverage.percent,
            "call_seconds": coverage.call_seconds,
            "seen_seconds": coverage.seen_seconds,
            "not_observable": coverage.not_observable,
            "spans": [
                {
                    "state": span.state,
                    "reason": span.reason,
                    "started_at": _instant(span.started_at),
                    "ended_at": _instant(span.ended_at),
                }
                for span in coverage.spans
            ],
        },
        "incidents": [_incident(row, report.stills) for row in report.rows],
        "notes": [_moment(note) for note in report.notes],
        "steps": [_moment(step) for step in report.steps],
        "consent": dict(
            zip(("decision", "version", "decided_at"), (*report.consent[:2], _instant(report.consent[2])), strict=True)
        )
        if report.consent
        else None,
        "policy": {
            "name": report.policy_name,
            "version": report.policy_version,
            "weights": dict(report.weights),
            "caps": dict(report.score.caps),
            "thresholds": dict(report.thresholds),
            "detectors": list(report.detectors),
        },
        "accommodation": report.has_accommodation,
        "phases": [
            {"phase": span.phase, "started_at": _instant(span.started_at), "ended_at": _instant(span.ended_at)}
            for span in report.phases
        ],
        "chain": {"entries": report.chain.entries, "head": report.chain.hash, "linked_late": report.linked_late},
        "versions": dict(report.versions),
        "accuracy": asdict(report.accuracy) if report.accuracy else None,
    }


def _incident(row: Row, stills: Stills | None) -> dict[str, Any]:
    record = row.record
    return {
        "number": row.number,
        "id": record.id,
        "kind": record.kind,
        "reason": record.reason,
        "seen": row.seen,
        "details": list(row.details),
        "detail": record.detail,
        "started_at": _instant(record.started_at),
        "ended_at": _instant(record.ended_at),
        "into_seconds": round(row.into_seconds, 3),
        "duration_seconds": round(row.duration_seconds, 3),
        "confidence": record.confidence,
        "source": record.source,
        "points": row.points,
        "verdict": record.verdict,
        "verdict_note": record.verdict_note,
        "judged_by": row.judged_by,
        "late": record.late,
        "still": _still(stills.told.get(record.id) if stills else None),
    }


def _still(still: Still | None) -> dict[str, Any] | None:
    if still is None:
        return None
    return {
        "style": still.style,
        "taken_at": _instant(still.taken_at),
        "width": still.width,
        "height": still.height,
        "sha256": still.sha256,
        "deleted_at": _instant(still.deleted_at),
    }


def _moment(moment: Moment) -> dict[str, Any]:
    return {"into_seconds": round(moment.into_seconds, 3), "at": _instant(moment.at), "text": moment.text}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
