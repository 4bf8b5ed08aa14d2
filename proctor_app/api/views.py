"""The JSON API, for programs: a thin door onto the services that the pages use. docs/api.md explains it.

Every request but the one for the description carries `Authorization: Bearer <token>`; the token acts for the
interviewer who made it. What is not theirs does not exist for them.
"""

import time
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, make_response, request
from werkzeug.exceptions import BadRequest

from proctor_app import clock, records
from proctor_app.accounts import service as accounts
from proctor_app.api import payloads, shapes
from proctor_app.errors import ProctorError, conflict, invalid
from proctor_app.extensions import csrf, limiter, socketio
from proctor_app.incidents import service as incidents
from proctor_app.live import ending, phasing
from proctor_app.policies import service as policies
from proctor_app.reports import service as reports
from proctor_app.reviews import service as reviews
from proctor_app.sessions import access, links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(blueprint)
limiter.limit("600 per minute")(blueprint)

PAGE_SIZE = 50
PAGE_SIZE_MOST = 200
REPORT_WAIT_SECONDS = 60.0
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.02, 0.5
RETRY_AFTER_SECONDS = 5


@blueprint.before_request
def sign_in() -> None:
    """Find out for whom the program acts. Raises `not_signed_in`."""
    if request.endpoint == "api.description":
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    interviewer = accounts.find_by_token(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if interviewer is None:
        message = "Send a valid API token: Authorization: Bearer <token>." if token else "An API token is needed."
        raise ProctorError("not_signed_in", message, http_status=401)
    g.interviewer_id = str(interviewer.id)


@blueprint.after_request
def finish(response: Response) -> Response:
    """Say how to sign in where that is missing; nothing of this is for caches."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="proctor"'
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/openapi.json")
def description() -> Response:
    """The API's own description."""
    text = files("proctor_app.api").joinpath("openapi.json").read_text("utf-8")
    return Response(text, content_type="application/json", headers={"Cache-Control": "no-cache"})


# ---------------------------------------------------------------- sessions


@blueprint.post("/sessions")
def create() -> Response:
    """A new session, with what lets the candidate in: it is told here and never again."""
    wanted = payloads.NewSession.parse(_body(), clock.now())
    session, token = sessions.create(
        g.interviewer_id,
        wanted.title,
        wanted.candidate_name,
        wanted.candidate_email,
        policy_name=wanted.policy,
        scheduled_for=wanted.scheduled_for,
        consent=wanted.consent,
        accommodation=wanted.accommodation,
    )
    made = {
        "id": session.id,
        "status": str(session.status),
        "join_url": f"{_site()}/join/{session.id}?t={token}",
        "console_url": f"{_site()}/sessions/{session.id}",
        "candidate_token": links.add_program_token(session),
    }
    response = make_response(jsonify(made), 201)
    response.headers["Location"] = f"{blueprint.url_prefix}/sessions/{session.id}"
    return response


@blueprint.get("/sessions")
def list_sessions() -> Response:
    """The interviewer's sessions, newest first."""
    page = payloads.whole(request.args.get("page"), "page", 1, 1_000_000)
    size = payloads.whole(request.args.get("per_page"), "per_page", PAGE_SIZE, PAGE_SIZE_MOST)
    found = sessions.list_for(g.interviewer_id)
    status = request.args.get("status")
    if status is not None:
        if status not in set(Status):
            raise ProctorError(
                "invalid", f"status must be one of: {', '.join(Status)}.", field="status", http_status=422
            )
        found = found.filter(status=status)
    total = found.count()
    shown = list(found.skip((page - 1) * size).limit(size))
    return jsonify(sessions=shapes.sessions_json(shown, _site(), clock.now()), page=page, per_page=size, total=total)


@blueprint.get("/sessions/<session_id>")
def show(session_id: str) -> Response:
    """One session with its figures."""
    return jsonify(shapes.session_json(_session(session_id), _site()))


@blueprint.delete("/sessions/<session_id>")
def erase(session_id: str) -> Response:
    """Delete everything about the session, for good; with `keep=decision` its figures stay, where that is set up."""
    session = _session(session_id)
    if session.status != Status.LIVE:
        # What memory holds would be written anew later.
        incidents.release(session.id)
    keep_days = current_app.config["PROCTOR"].decision_retention_days
    wanted = request.args.get("keep", "")
    if wanted not in ("", "decision") or (wanted and not keep_days):
        raise invalid("keep", "keep must be “decision”, and DECISION_RETENTION_DAYS set; leave it out to keep nothing.")
    deleted = records.erase(session.id, g.interviewer_id, keep_days=keep_days if wanted else 0)
    return jsonify(id=session.id, deleted=deleted)


@blueprint.get("/sessions/<session_id>/export")
def export(session_id: str) -> Response:
    """Everything that is kept about the session, as a zip file."""
    session = _session(session_id)
    return _file(records.zipped(session.id, g.interviewer_id), "application/zip", f"{session.id}.zip")


@blueprint.post("/sessions/<session_id>/end")
def end(session_id: str) -> Response:
    """End the session for everybody. One that is over already stays as it ended: asking again is safe."""
    session = _session(session_id)
    try:
        ending.end(session, g.interviewer_id)
    except ProctorError as error:
        if error.code != "already_ended":
            raise
    return jsonify(shapes.session_json(_session(session_id), _site()))


@blueprint.post("/sessions/<session_id>/phase")
def set_phase(session_id: str) -> Response:
    """Mark what is going on from now on: it relaxes what is noted."""
    session = _session(session_id)
    phasing.set_phase(session, payloads.phase(_body()), g.interviewer_id)
    return jsonify(phasing.notice(session, clock.now()))


@blueprint.get("/policies")
def list_policies() -> Response:
    """The policies that an interview can be held under."""
    return jsonify(policies=[shapes.policy_json(choice) for choice in policies.choices()])


# ---------------------------------------------------------------- incidents and the report


@blueprint.get("/sessions/<session_id>/incidents")
def list_incidents(session_id: str) -> Response:
    """The session's incidents, by start."""
    session = _session(session_id)
    return jsonify(incidents=[incidents.as_json(record) for record in incidents.list_for(session.id)])


@blueprint.post("/sessions/<session_id>/incidents/<incident_id>/review")
def review(session_id: str, incident_id: str) -> Response:
    """Confirm an incident, dismiss it, or take the verdict back; the score follows."""
    session = _session(session_id)
    wanted = payloads.Verdict.parse(_body())
    record = reviews.review(session, incident_id, wanted.verdict, wanted.note, g.interviewer_id)
    score = reviews.score_for(session)
    coverage = incidents.coverage_for(session, clock.now())
    return jsonify(incident=incidents.as_json(record), **shapes.score_json(score, coverage))


@blueprint.get("/sessions/<session_id>/report")
def report(session_id: str) -> Response:
    """The newest report as PDF. Waits while it is made; 202 when that takes longer than `wait` seconds."""
    session = _session(session_id)
    if session.status != Status.ENDED:
        raise conflict("report_not_ready", "The report is made when the interview has ended. End it first.")
    deadline = time.monotonic() + payloads.wait_seconds(request.args.get("wait"), REPORT_WAIT_SECONDS)
    pause = FIRST_LOOK_SECONDS
    while True:
        status = reports.status_for(session.id)
        if status is not None and status.status == "failed":
            raise ProctorError("report_failed", f"The report could not be made: {status.error}", http_status=500)
        if status is not None and status.status == "ready":
            content = reports.pdf_for(session.id, g.interviewer_id)
            return _file(content, "application/pdf", f"report-{session.id}.pdf")
        left = deadline - time.monotonic()
        if left <= 0:
            response = make_response(jsonify(shapes.report_json(session.id) or {"status": "waiting"}), 202)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        socketio.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_LOOK_SECONDS)


# ---------------------------------------------------------------- helpers


def _session(session_id: str) -> Session:
    return access.owned_by(session_id, g.interviewer_id)


def _body() -> Any:
    try:
        return request.get_json(force=True)
    except BadRequest:
        raise payloads.unreadable() from None


def _site() -> str:
    return current_app.config["PROCTOR"].base_url or request.host_url.rstrip("/")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
