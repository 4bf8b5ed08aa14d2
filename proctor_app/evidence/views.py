"""The HTTP door of stills: one to look at, its picture, and who has looked at any."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_login import current_user, login_required

from proctor_app.accounts import service as accounts
from proctor_app.errors import not_found
from proctor_app.evidence import service
from proctor_app.evidence import words as still_words
from proctor_app.evidence.service import Viewing
from proctor_app.incidents import service as incidents
from proctor_app.incidents import words
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.sessions import access
from proctor_app.sessions.models import Session

blueprint = Blueprint("evidence", __name__, url_prefix="/sessions/<session_id>/stills")


@dataclass(frozen=True)
class Line:
    """One viewing, in words. `incident` is None for what showed all stills at once."""

    day: str
    time: str
    who: str
    where: str
    incident: IncidentRecord | None


@blueprint.get("/<incident_id>.jpg")
@login_required
def picture(session_id: str, incident_id: str) -> Response:
    """The picture itself. That it was shown, to whom and when, is written down first."""
    session = access.for_interviewer(session_id)
    response = make_response(service.picture(session.id, incident_id, current_user.get_id()))
    response.content_type = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/<incident_id>")
@login_required
def show(session_id: str, incident_id: str) -> str:
    """A still with what it shows, how it was made, and who has looked at it: a page, or what htmx puts in a dialog."""
    session = access.for_interviewer(session_id)
    still = service.find(session.id, incident_id)
    if still is None:
        raise not_found("still")
    record = incidents.get(session.id, incident_id)
    return render_template(
        "evidence/_still.html" if request.headers.get("HX-Request") else "evidence/still.html",
        session=session,
        still=still,
        record=record,
        seen=words.seen(record),
        at=_into(session, record),
        how=still_words.how(still.style, record),
        alt=still_words.alt(still.style, record, _into(session, record)),
        lines=_lines(session, service.viewings_of(session.id, incident_id)),
    )


@blueprint.get("")
@login_required
def viewings(session_id: str) -> str:
    """Everybody who was shown one of the interview's stills, latest first."""
    session = access.for_interviewer(session_id)
    return render_template(
        "evidence/viewings.html",
        session=session,
        stills=service.stills_of(session.id),
        lines=_lines(session, reversed(service.viewings_of(session.id))),
        seen=words.seen,
        at=lambda record: _into(session, record),
    )


def _into(session: Session, record: IncidentRecord) -> str:
    began = session.started_at or record.started_at
    return words.offset((record.started_at - began).total_seconds())


def _lines(session: Session, viewings: Iterable[Viewing]) -> list[Line]:
    records = {record.id: record for record in incidents.list_for(session.id)}
    names: dict[str, str] = {}
    name = current_app.config["PROCTOR"].timezone
    zone = ZoneInfo(name) if name else None
    lines = []
    for one in viewings:
        if one.by not in names:
            found = accounts.find(one.by)
            names[one.by] = found.name if found is not None else one.by
        at = one.at.astimezone(zone)
        incident = records.get(one.incident or "")
        lines.append(Line(f"{at:%d %B %Y}", f"{at:%H:%M:%S %Z}", names[one.by], still_words.DOORS[one.door], incident))
    return lines
