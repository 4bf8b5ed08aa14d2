"""The compliance page of an interview: under what it was held, who saw what of it, and when all of it goes.

For whoever must answer for the interview: a data protection officer, an auditor, the candidate's lawyer. Printable.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask_login import login_required

from proctor_app import clock
from proctor_app.accounts import service as accounts
from proctor_app.audit import service as audit
from proctor_app.audit.kinds import LABELS
from proctor_app.chain import service as chain
from proctor_app.incidents.kinds import label
from proctor_app.policies.kinds import MEANINGS, kind_of
from proctor_app.reports import accuracy, build
from proctor_app.reports.report import Report
from proctor_app.sessions import access
from proctor_app.sessions.models import Session

blueprint = Blueprint("compliance", __name__, url_prefix="/sessions/<session_id>/compliance")

MOST_LINES = 500


@dataclass(frozen=True)
class Dates:
    """When what is kept is deleted; None where there is none of it, or the interview has not ended."""

    all_of_it: datetime | None
    stills: datetime | None
    days: int
    still_days: int


@dataclass(frozen=True)
class Line:
    """Somebody did something with the interview."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Watched:
    """A detector that was used, with what it notes."""

    name: str
    meaning: str


@blueprint.get("")
@login_required
def show(session_id: str) -> str:
    """Under what the interview is, or was, held."""
    session = access.for_interviewer(session_id)
    report = build.build(session.id, 0, clock.now())
    return render_template(
        "console/compliance.html",
        session=session,
        report=report,
        dates=dates_of(session),
        watched=watched_of(report),
        lines=lines_of(session),
        most=MOST_LINES,
        error_rates=accuracy.sentences(report.accuracy, report.versions.get(accuracy.DETECTORS, "unknown")),
        head=chain.head_of(session.id),
    )


def dates_of(session: Session) -> Dates:
    """The end of each keeping, from the interview's end on; stills from when the last one was taken at the latest."""
    config = current_app.config["PROCTOR"]
    days, still_days = config.retention_days, config.evidence_retention_days
    ended_at = session.ended_at
    has_stills = ended_at is not None and session.policy.get("evidence", "off") != "off"
    return Dates(
        all_of_it=ended_at + timedelta(days=days) if ended_at else None,
        stills=ended_at + timedelta(days=still_days) if has_stills else None,
        days=days,
        still_days=still_days,
    )


def watched_of(report: Report) -> list[Watched]:
    """The policy's detectors, less nothing: what an accommodation takes off is not told here."""
    return [
        Watched(label(kind_of(key), key if kind_of(key) != key else None), _meaning(key, report))
        for key in report.detectors
    ]


def _meaning(key: str, report: Report) -> str:
    return MEANINGS[key].format(f"{report.thresholds.get(key, 0):g} s")


def lines_of(session: Session) -> list[Line]:
    """Who opened, was shown, reviewed, exported what: the audit log's entries about the interview, latest first."""
    names: dict[str, str] = {}
    lines = []
    for entry in audit.entries(about=session.id)[:MOST_LINES]:
        if entry.by not in names:
            found = accounts.find(entry.by)
            names[entry.by] = found.name if found is not None else entry.by
        lines.append(Line(entry.at, names[entry.by], LABELS.get(entry.action, entry.action)))
    return lines
