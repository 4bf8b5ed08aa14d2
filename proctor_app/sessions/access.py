"""Who may enter a session: the only way to one, for HTTP and for sockets alike.

An interviewer is known by the signed-in account that owns the session. A candidate is known by a signed cookie,
given for the first use of the link or for an admitted knock; it names the link it came from, so that a new link shuts
out whoever came by the old one.
"""

from http.cookies import SimpleCookie
from typing import Any

from flask import current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from proctor_app.errors import not_allowed, not_found
from proctor_app.sessions import links, service
from proctor_app.sessions.kinds import LinkUse
from proctor_app.sessions.models import Knock, Session

COOKIE_SECONDS = 30 * 86400
CLOSED = not_allowed(
    "Your link does not open the interview, or not any more. Look for a newer invitation, or reload the page and ask "
    "to be let in."
)


def for_interviewer(session_id: str) -> Session:
    """The session, when the signed-in interviewer may see it. Strangers learn nothing: `not_found`."""
    return owned_by(session_id, current_user.get_id())


def owned_by(session_id: str, interviewer_id: str | None) -> Session:
    """The session, when interviewer `interviewer_id` owns it, else `not_found`."""
    session = service.find(session_id)
    if session is None or interviewer_id is None or session.owner != interviewer_id:
        raise not_found("interview")
    return session


def grant_candidate(response: Response, session: Session) -> None:
    """Let this browser in as the session's candidate."""
    _set_cookie(response, _candidate_cookie(session.id), {"session": session.id, "link": links.mark(session)})


def candidate_session(session_id: str) -> Session | None:
    """The session, when this request's browser was let in as its candidate."""
    return candidate_by_cookies(session_id, dict(request.cookies))


def candidate_by_header(session_id: str, cookie_header: str) -> Session | None:
    """As `candidate_session`, from a raw Cookie header: sockets have no request."""
    cookies = SimpleCookie(cookie_header)
    return candidate_by_cookies(session_id, {name: morsel.value for name, morsel in cookies.items()})


def candidate_by_cookies(session_id: str, cookies: dict[str, str]) -> Session | None:
    """As `candidate_session`, from cookies by name."""
    grant = _read_cookie(cookies.get(_candidate_cookie(session_id), ""))
    if grant is None or grant.get("session") != session_id:
        return None
    session = service.find(session_id)
    return session if session is not None and grant.get("link") == links.mark(session) else None


def candidate_by_token(session_id: str, token: str) -> Session | None:
    """The session, when `token` lets a program in as its candidate."""
    session = service.find(session_id)
    return session if session is not None and links.program_may_enter(session, token) else None


def holds_link(session_id: str, token: str) -> Session | None:
    """The session, when `token` is the one of its present link, good for entering still or not."""
    session = service.find(session_id)
    knows = session is not None and (links.fits(session, token) or links.fits_program(session, token))
    return session if knows else None


def may_open(session: Session) -> bool:
    """Whether a browser that holds the link gets in by it: the first one does, while the link is good."""
    return links.use(session, LinkUse.PAGE)


def keep_invite(response: Response, session: Session, token: str) -> None:
    """Have the interviewer's own browser keep the link's token: the server stores only its hash.

    The cookie goes to the session's own pages only, so that the console shows the link again after a reload.
    """
    _set_cookie(response, "invite", {"session": session.id, "token": token}, path=f"/sessions/{session.id}")


def kept_invite(session: Session) -> str | None:
    """The token of the session's present link, when this browser keeps it."""
    grant = _read_cookie(request.cookies.get("invite", "")) or {}
    token = grant.get("token") if grant.get("session") == session.id else None
    return token if token and links.fits(session, token) else None


def grant_knock(response: Response, knock: Knock) -> None:
    """Let this browser ask how its own knock went."""
    _set_cookie(response, f"knock-{knock.session}", {"knock": knock.id})


def own_knock(session_id: str) -> Knock | None:
    """The knock that this browser made at the session's door, if any."""
    grant = _read_cookie(request.cookies.get(f"knock-{session_id}", ""))
    knock = service.find_knock(grant["knock"]) if grant and "knock" in grant else None
    return knock if knock is not None and knock.session == session_id else None


def _candidate_cookie(session_id: str) -> str:
    return f"candidate-{session_id}"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="candidate")


def _read_cookie(value: str) -> dict[str, Any] | None:
    try:
        grant = _serializer().loads(value, max_age=COOKIE_SECONDS)
    except BadSignature:
        return None
    return grant if isinstance(grant, dict) else None


def _set_cookie(response: Response, name: str, grant: dict[str, Any], path: str = "/") -> None:
    response.set_cookie(
        name,
        _serializer().dumps(grant),
        max_age=COOKIE_SECONDS,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
