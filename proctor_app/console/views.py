"""Pages and forms of the console. A form answers htmx with the parts that changed, and others with the page."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_login import current_user, login_required
from flask_wtf.csrf import generate_csrf

from proctor_app.calls import ice
from proctor_app.console import partials
from proctor_app.console.partials import DISMISS_REASONS
from proctor_app.console.view import View
from proctor_app.errors import invalid
from proctor_app.incidents.kinds import Kind
from proctor_app.live import ending, phasing
from proctor_app.reviews import service as reviews
from proctor_app.sessions import access, links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import KnockStatus
from proctor_app.sessions.models import Session

blueprint = Blueprint("console", __name__, url_prefix="/sessions/<session_id>")

ANSWERS = (KnockStatus.ADMITTED, KnockStatus.REFUSED)


@blueprint.get("")
@login_required
def show(session_id: str) -> str:
    """The console while the interview is to come or runs; the review when it is over."""
    view = View(access.for_interviewer(session_id))
    page = "console/console.html" if view.is_live else "console/review.html"
    return render_template(page, data=page_data(view), **_context(view))


@blueprint.get("/live")
@login_required
def live(session_id: str) -> Response:
    """Every part of the page anew, or (`only=timed`) those that time alone changes.

    `status` is what the page was made for: another one needs another page.
    """
    view = View(access.for_interviewer(session_id))
    parts = partials.TIMED if request.args.get("only") == "timed" else tuple(partials.PARTS)
    response = make_response(partials.envelope(view, parts, generate_csrf()))
    was_live = request.args.get("status") != "ended"
    if was_live != view.is_live:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/incidents/<incident_id>/review")
@login_required
def review(session_id: str, incident_id: str) -> Response:
    """Confirm, dismiss with a reason, or take a verdict back."""
    session = access.for_interviewer(session_id)
    note = request.form.get("note", "").strip() or request.form.get("reason")
    record = reviews.review(session, incident_id, request.form.get("verdict", ""), note, current_user.get_id())
    view = View(session)
    changed = partials.changed_rows(view, [record], generate_csrf())
    return _answer(view, changed + partials.envelope(view, partials.FIGURES), anchor=f"#incident-{incident_id}")


@blueprint.post("/phase")
@login_required
def set_phase(session_id: str) -> Response:
    """Say what is going on from now on; an empty phase ends one."""
    session = access.for_interviewer(session_id)
    phasing.set_phase(session, request.form.get("phase", ""), current_user.get_id())
    view = View(session)
    return _answer(view, partials.envelope(view, ["phase", "timeline"]))


@blueprint.post("/notes")
@login_required
def add_note(session_id: str) -> Response:
    """Write something down, now."""
    session = access.for_interviewer(session_id)
    sessions.add_note(session, current_user.get_id(), request.form.get("text", ""))
    view = View(session)
    return _answer(view, partials.envelope(view, ["notes"]))


@blueprint.post("/knocks/<knock_id>")
@login_required
def answer_knock(session_id: str, knock_id: str) -> Response:
    """Admit or refuse whoever knocked."""
    session = access.for_interviewer(session_id)
    answer = request.form.get("answer", "")
    if answer not in ANSWERS:
        raise invalid("answer", f"answer must be one of: {', '.join(ANSWERS)}.")
    sessions.answer_knock(session, knock_id, KnockStatus(answer))
    view = View(session)
    return _answer(view, partials.envelope(view, ["knocks", "presence", "waiting"]))


@blueprint.post("/invite")
@login_required
def reissue_invite(session_id: str) -> Response:
    """A new join link. The old one, and whoever came by it, is out at once."""
    session = access.for_interviewer(session_id)
    token = links.renew(session, current_user.get_id())
    response = _invite_part(View(session), _join_url(session, token))
    access.keep_invite(response, session, token)
    return response


@blueprint.post("/invite/withdraw")
@login_required
def withdraw_invite(session_id: str) -> Response:
    """No link at all: whoever came by the old one is out at once. Making a new one undoes it."""
    session = access.for_interviewer(session_id)
    links.withdraw(session, current_user.get_id())
    return _invite_part(View(session), None)


@blueprint.get("/end")
@login_required
def ask_to_end(session_id: str) -> Response:
    """The question before the end, for browsers without scripts."""
    view = View(access.for_interviewer(session_id))
    if not view.is_live:
        return make_response(redirect(_path(view.session)))
    return make_response(render_template("console/end.html", **_context(view)))


@blueprint.post("/end")
@login_required
def end(session_id: str) -> Response:
    """End the interview. One that somebody ended before just shows its review."""
    view = View(access.for_interviewer(session_id))
    if view.is_live:
        ending.end(view.session, current_user.get_id())
    return make_response(redirect(_path(view.session), 303))


@blueprint.get("/report-status")
@login_required
def report_status(session_id: str) -> str:
    """How far the report is; the page asks every second while it is being made."""
    return partials.draw(View(access.for_interviewer(session_id)), "report", generate_csrf())


def page_data(view: View) -> dict[str, Any]:
    """What console.js needs to know."""
    config = current_app.config["PROCTOR"]
    return {
        "session": view.session.id,
        "status": view.session.status,
        "now": view.at_ms,
        "name": current_user.name,
        # By the session's own policy: what an accommodation takes off of it is not for this page to know.
        "second_look": Kind.MONITOR_MISMATCH in sessions.policy_of(view.session).detectors,
        "ice_servers": ice.ice_servers(config, f"interviewer-{view.session.id}", view.now),
    }


def _context(view: View, join_url: str | None = None) -> dict[str, Any]:
    token = access.kept_invite(view.session) if join_url is None else None
    return {
        "view": view,
        "csrf": generate_csrf(),
        "join_url": _join_url(view.session, token) if token else join_url,
        "dismiss_reasons": DISMISS_REASONS,
    }


def _invite_part(view: View, join_url: str | None) -> Response:
    html = render_template("console/_invite.html", **_context(view, join_url))
    return _answer(view, f'<hx-partial hx-target="#invite" hx-swap="outerHTML">{html}</hx-partial>')


def _answer(view: View, html: str, anchor: str = "") -> Response:
    """What htmx swaps in; a browser without scripts goes back to the page."""
    if request.headers.get("HX-Request"):
        return make_response(html)
    return make_response(redirect(_path(view.session) + anchor, 303))


def _join_url(session: Session, token: str) -> str:
    site = current_app.config["PROCTOR"].base_url or request.host_url.rstrip("/")
    return f"{site}/join/{session.id}?t={token}"


def _path(session: Session) -> str:
    return f"/sessions/{session.id}"
