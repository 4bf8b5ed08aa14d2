"""The candidate's door: the link, the knock, the consent, then the page with check and call.

Whoever has neither the link nor an admitted knock sees the same page for every id, real or not.
"""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.accounts import service as accounts
from proctor_app.errors import ProctorError, not_found
from proctor_app.extensions import limiter
from proctor_app.policies.rules import Relief
from proctor_app.sessions import access, consent, links, rules, service
from proctor_app.sessions.kinds import Decision, KnockStatus, Status
from proctor_app.sessions.models import Knock, Session

blueprint = Blueprint("join", __name__, url_prefix="/join")

NAME_LENGTH = 200


@blueprint.get("/<session_id>")
def join(session_id: str) -> Response:
    """Wherever the candidate is on the way in, the page for that; the link's token leaves the address bar at once."""
    session, token = access.candidate_session(session_id), request.args.get("t")
    if token is not None:
        return _back(session_id) if session is not None else _by_link(session_id, token)
    if session is None:
        return _waiting_room(session_id, access.own_knock(session_id))
    return _inside(session)


def _by_link(session_id: str, token: str) -> Response:
    """The link opens for the first browser. Who comes later, or too late, is told so and may knock."""
    session = access.holds_link(session_id, token)
    if session is None:
        return _door(session_id, link="unknown")
    if session.status == Status.ENDED:
        return make_response(render_template("join/over.html", session=session))
    if rules.is_only_a_look(request.method, dict(request.headers)):
        return _door(session_id)
    if access.may_open(session):
        return _let_in(session)
    return _door(session_id, link=str(links.state(session, clock.now())), token=token)


@blueprint.post("/<session_id>/knock")
@limiter.limit("6 per minute; 60 per hour")
def knock(session_id: str) -> Response:
    """Ask to be let in, by name. A second knock while the first waits is the same knock."""
    waiting = access.own_knock(session_id)
    if waiting is not None and waiting.status == KnockStatus.WAITING:
        return _back(session_id)
    name = " ".join(request.form.get("name", "").split())
    if not name or len(name) > NAME_LENGTH:
        problem = "Write your name, so that the interviewer knows who knocks."
        if name:
            problem = f"A name holds {NAME_LENGTH} characters at most; this one is longer."
        return _door(session_id, name=name, problem=problem, token=request.form.get("token", "")[:100])
    response = _back(session_id)
    has_link = access.holds_link(session_id, request.form.get("token", "")) is not None
    access.grant_knock(response, service.knock(session_id, name, has_link=has_link))
    return response


@blueprint.get("/<session_id>/knock")
def knock_answer(session_id: str) -> Response:
    """Polled by the waiting page: nothing (204) while nobody has answered, then htmx is sent to the next page."""
    found = access.own_knock(session_id)
    response = make_response("", 204)
    if found is not None and found.status == KnockStatus.WAITING:
        service.knock_seen(found)
    else:
        response.headers["HX-Redirect"] = f"/join/{session_id}"
    return response


@blueprint.post("/<session_id>/consent")
def decide(session_id: str) -> Response:
    """The candidate accepts or declines to be watched."""
    session = _own_session(session_id)
    decision, version = request.form.get("decision"), request.form.get("version", "")
    if session.status == Status.ENDED:
        return _back(session_id)
    if decision == Decision.ACCEPTED:
        service.accept_consent(session, version)
    elif decision == Decision.DECLINED:
        service.decline_consent(session, version)
    else:
        raise ProctorError("invalid", "Accept or decline: there is no third answer.", field="decision", http_status=422)
    return _back(session_id)


@blueprint.post("/<session_id>/accommodation")
@limiter.limit("6 per minute; 30 per hour")
def bring_accommodation(session_id: str) -> Response:
    """The candidate types the code of an accommodation, before they answer; or once more, to see what it changes."""
    session, code = _own_session(session_id), request.form.get("accommodation", "")[:100]
    relief = accommodations.relief_by_code(session.id, code)
    if relief is None:
        try:
            service.use_accommodation(session, code)
        except ProctorError as error:
            return _consent_page(session, problem=error)
        relief = accommodations.relief_by_code(session.id, code)
    return _consent_page(session, relief=relief)


@blueprint.get("/<session_id>/consent")
def consent_again(session_id: str) -> Response:
    """The text once more, for a candidate who declined and thinks again, or who wants to read it later."""
    return _consent_page(_own_session(session_id))


@blueprint.get("/<session_id>/receipt")
def receipt(session_id: str) -> Response:
    """What the candidate answered, to which words, and when: to read, to print, or (`as=text`) to keep as a file."""
    session = _own_session(session_id)
    if request.args.get("as") == "text":
        response = make_response(render_template("join/receipt.txt", session=session, at=clock.to_iso))
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="consent-{session.id}.txt"'
        return response
    return make_response(render_template("join/receipt.html", session=session, at=clock.to_iso))


# ---------------------------------------------------------------- outside


def _door(session_id: str, *, name: str = "", problem: str | None = None, link: str = "", token: str = "") -> Response:
    """The page of everybody who has only an id. 200 for every id, so that a guess learns nothing.

    `link` says why the link that was opened does not lead further: `unknown`, or how it stands, which only its holder
    is told. Then `token` goes with the knock.
    """
    page = render_template("join/knock.html", session_id=session_id, name=name, problem=problem, link=link, token=token)
    return make_response(page, 422 if problem else 200)


def _waiting_room(session_id: str, found: Knock | None) -> Response:
    if found is None:
        return _door(session_id)
    if found.status == KnockStatus.ADMITTED:
        session = service.find(found.session)
        return _let_in(session) if session is not None else _door(session_id)
    template = "join/waiting.html" if found.status == KnockStatus.WAITING else "join/refused.html"
    return make_response(render_template(template, session_id=session_id, knock=found))


def _let_in(session: Session) -> Response:
    response = _back(session.id)
    access.grant_candidate(response, session)
    return response


def _back(session_id: str) -> Response:
    return redirect(f"/join/{session_id}", 303)


# ---------------------------------------------------------------- inside


def _own_session(session_id: str) -> Session:
    session = access.candidate_session(session_id)
    if session is None:
        raise not_found("interview")
    return session


def _inside(session: Session) -> Response:
    if session.status != Status.ENDED:
        service.mark_opened(session)
        if session.consent is not None and session.consent.decision == Decision.DECLINED:
            return make_response(render_template("join/declined.html", session=session))
        if not service.may_enter(session):
            return _consent_page(session)
    elif session.started_at is None:
        return make_response(render_template("join/over.html", session=session))
    return make_response(render_template("join/interview.html", session=session, data=page_data(session)))


def _consent_page(session: Session, relief: Relief | None = None, problem: ProctorError | None = None) -> Response:
    """The text. What an accommodation changes is shown to who has just typed its code: the link is not enough."""
    page = render_template(
        "join/consent.html",
        session=session,
        text=service.consent_text_for(session),
        interviewer=_interviewer_name(session),
        is_accommodated=accommodations.applies(session.id),
        changes=consent.less_for_you(service.policy_of(session), relief) if relief else None,
        problem=problem,
    )
    return make_response(page, problem.http_status if problem else 200)


def page_data(session: Session) -> dict[str, Any]:
    """What the candidate's scripts need to know. The page adds the ICE servers."""
    now = clock.now()
    return {
        "session": session.id,
        "title": session.title,
        "status": session.status,
        "candidate": session.candidate_name,
        "interviewer": _interviewer_name(session),
        # Whoever has the link may read this. What is truly watched for comes with the `phase` message of the call.
        "policy": service.policy_of(session).for_browser,
        "consent": session.consent.decision if session.consent else None,
        # What they agree to, should they withdraw and think again. The policy is fixed once the call has begun.
        "consent_version": service.consent_text_for(session).version,
        "now": clock.to_ms(now),
    }


def _interviewer_name(session: Session) -> str:
    interviewer = accounts.find(session.owner)
    return interviewer.name if interviewer is not None else "the interviewer"
