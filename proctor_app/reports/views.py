"""The HTTP door of reports: downloads, and trying again what failed."""

from flask import Blueprint, Response, redirect, request
from flask_login import current_user, login_required

from proctor_app.reports import service
from proctor_app.sessions import access

blueprint = Blueprint("reports", __name__, url_prefix="/sessions/<session_id>")

MIMETYPES = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv; charset=utf-8"}


@blueprint.get("/report.pdf")
@login_required
def pdf(session_id: str) -> Response:
    """The report to read and print."""
    return _download(session_id, "pdf", f"report-{session_id}.pdf")


@blueprint.get("/report.json")
@login_required
def json(session_id: str) -> Response:
    """The same data for programs."""
    return _download(session_id, "json", f"report-{session_id}.json")


@blueprint.get("/incidents.csv")
@login_required
def csv(session_id: str) -> Response:
    """The incidents for a spreadsheet."""
    return _download(session_id, "csv", f"incidents-{session_id}.csv")


@blueprint.post("/report/retry")
@login_required
def retry(session_id: str) -> Response:
    """Try again what failed: the making, or the e-mail; or send the e-mail once more."""
    session = access.for_interviewer(session_id)
    service.retry(session.id)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Trigger": "report-retried"})
    return redirect(f"/sessions/{session.id}")  # type: ignore[return-value]


def _download(session_id: str, name: str, filename: str) -> Response:
    session = access.for_interviewer(session_id)
    pdf = name == "pdf"
    content = service.pdf_for(session.id, current_user.get_id()) if pdf else service.file_of(session.id, name)
    response = Response(content, content_type=MIMETYPES[name])
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
