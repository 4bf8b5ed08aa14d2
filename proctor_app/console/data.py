"""What is kept about one interview: all of it as one file, and all of it gone, by a word that is typed."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from flask_login import current_user, login_required

from proctor_app import records
from proctor_app.console.compliance import Dates, dates_of
from proctor_app.errors import conflict
from proctor_app.incidents import service as incidents
from proctor_app.sessions import access
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

blueprint = Blueprint("data", __name__, url_prefix="/sessions/<session_id>")


@blueprint.get("/data")
@login_required
def show(session_id: str) -> Response:
    """What is kept, until when, and the two things that can be done about it."""
    return _page(access.for_interviewer(session_id))


@blueprint.get("/export.zip")
@login_required
def export(session_id: str) -> Response:
    """Everything, as a zip file. That it was handed out is written down."""
    session = access.for_interviewer(session_id)
    response = make_response(records.zipped(session.id, current_user.get_id()))
    response.content_type = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{session.id}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/erase")
@login_required
def erase(session_id: str) -> Response:
    """Delete everything about the interview, once its id was typed. It cannot be undone."""
    session = access.for_interviewer(session_id)
    if session.status == Status.LIVE:
        raise conflict("still_live", "This interview is going on. End it first.")
    if request.form.get("confirm", "").strip().lower() != session.id:
        return _page(session, problem=f"Type the interview’s id, {session.id}, to delete it. Nothing was deleted.")
    # What memory holds would be written anew later.
    incidents.release(session.id)
    days = current_app.config["PROCTOR"].decision_retention_days if request.form.get("keep") else 0
    records.erase(session.id, current_user.get_id(), keep_days=days)
    flash("Everything about that interview is deleted.", "good")
    return make_response(redirect("/", 303))


def _page(session: Session, problem: str | None = None) -> Response:
    dates: Dates = dates_of(session)
    page = render_template(
        "console/data.html",
        session=session,
        dates=dates,
        keep_days=current_app.config["PROCTOR"].decision_retention_days,
        is_live=session.status == Status.LIVE,
        problem=problem,
    )
    return make_response(page, 422 if problem else 200)
