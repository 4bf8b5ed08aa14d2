"""The socket door of a session: who is let in, as what, and what their coming and going means.

Every socket is bound here to one session and one role; the events of the other features only ask
`presence.connection(sid)`. A refusal carries a code for the page and a sentence for people.
"""

import logging
from collections.abc import Callable, Collection
from typing import Any

from flask import Flask
from flask_login import current_user
from socketio.exceptions import ConnectionRefusedError

from proctor_app import clock
from proctor_app.accounts import door, sign_ins
from proctor_app.accounts import service as accounts
from proctor_app.errors import ProctorError, not_allowed
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.live import announcing, phasing
from proctor_app.sessions import access, links, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.presence import Connection
from proctor_app.webserver import pace

log = logging.getLogger(__name__)

CONSOLE_ROOM = "{}:console"
UNAVAILABLE = ProctorError(
    "unavailable", "The interview cannot be reached at this moment. It is tried again by itself.", http_status=503
)


def register(app: Flask) -> None:
    """Register connecting and disconnecting on both namespaces."""

    def candidate_connects(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        with app.app_context():
            _answer(sid, lambda: connect_candidate(sid, environ, _mapping(auth)))

    def interviewer_connects(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        told = _mapping(auth)
        # Only a browser's cookie needs a request to be read from.
        with app.app_context() if told.get("api_token") else app.request_context(environ):
            _answer(sid, lambda: connect_interviewer(sid, told))

    def disconnects(sid: str, *_reason: Any) -> None:
        with app.app_context():
            disconnect(sid)

    socketio.server.on("connect", candidate_connects, namespace="/candidate")
    socketio.server.on("connect", interviewer_connects, namespace="/interviewer")
    for namespace in ("/candidate", "/interviewer"):
        socketio.server.on("disconnect", disconnects, namespace=namespace)


def connect_candidate(sid: str, environ: dict[str, Any], auth: dict[str, Any]) -> None:
    """The candidate joins the call; the first time, this starts the session. After the end they may only deliver."""
    session_id, token = _text(auth, "session"), _text(auth, "token")
    if token:
        session = access.candidate_by_token(session_id, token)
    else:
        session = access.candidate_by_header(session_id, environ.get("HTTP_COOKIE", ""))
    if session is None:
        raise access.CLOSED
    if not sessions.may_enter(session):
        raise ProctorError("consent_required", "First read what is watched and agree to it.", http_status=403)
    connection = Connection(
        sid,
        "candidate",
        session,
        session.candidate_name,
        _text(auth, "peer") or sid,
        _text(auth, "tab"),
        link=links.mark(session),
    )
    now = clock.now()
    comes_back = session.status == Status.LIVE
    if session.status == Status.SCHEDULED and sessions.start(session, now):
        incidents.session_changed(session.id)
        presence.session_changed(session)
    if session.status == Status.LIVE and session.candidate_left_at is not None:
        sessions.candidate_joined(session, now)
        incidents.candidate_returned(session, now)
    pace.enter(sid, f"candidate {session.id}")
    socketio.server.enter_room(sid, session.id, namespace="/candidate")
    # With the session ended, the page comes only to deliver what it still holds.
    before = presence.enter_candidate(connection)
    if before is not None:
        _let_go(before, replaced=before.peer != connection.peer)
    if session.ended_at is not None:
        # The page was away when it ended, and would go on calling.
        message = {"ended_at": clock.to_ms(session.ended_at), "now": clock.to_ms(now)}
        socketio.server.emit("ended", message, to=sid, namespace="/candidate")
    else:
        # Whatever the page was made with, or missed while it had no connection, this is what holds now.
        socketio.server.emit("phase", phasing.orders(session, now), to=sid, namespace="/candidate")
    if comes_back:
        announcing.tell_noticed(session.id, sid)
    presence.announce(session.id)


def connect_interviewer(sid: str, auth: dict[str, Any]) -> None:
    """A console, signed in by its cookie, or a program with an API token, which gets no HTML."""
    session_id, api_token = _text(auth, "session"), _text(auth, "api_token")
    token = accounts.find_token(api_token) if api_token else None
    interviewer = accounts.find(token.interviewer if token else None if api_token else current_user.get_id())
    if interviewer is None:
        raise not_allowed("Sign in first." if not api_token else "This API token is unknown or was revoked.")
    session = access.owned_by(session_id, str(interviewer.id))
    connection = Connection(
        sid,
        "interviewer",
        session,
        interviewer.name,
        _text(auth, "peer") or sid,
        _text(auth, "tab"),
        interviewer_id=str(interviewer.id),
        sign_in=str(token.id) if token else door.this_sign_in_id(),
        is_console=not api_token,
    )
    pace.enter(sid, f"interviewer {session.id} {interviewer.id}")
    socketio.server.enter_room(sid, session.id, namespace="/interviewer")
    if connection.is_console:
        socketio.server.enter_room(sid, CONSOLE_ROOM.format(session.id), namespace="/interviewer")
    presence.enter_interviewer(connection)
    presence.announce(session.id)


def disconnect(sid: str) -> None:
    """A socket is gone. When it was the session's last one, memory lets go of the session."""
    pace.leave(sid)
    left = presence.leave(sid)
    if left is None:
        return
    presence.announce(left.session_id)
    if left.role == "candidate":
        supervision.lost(left)
    if presence.is_empty(left.session_id):
        supervision.release(left.session_id)
        incidents.release(left.session_id)
        if left.session.ended_at is not None:
            presence.forget(left.session_id)


def drop_signed_out(sign_in_ids: Collection[str]) -> None:
    """Close the sockets of browsers that were signed out, and of programs whose token was revoked."""
    for one in presence.signed_in():
        if one.sign_in in sign_in_ids:
            socketio.server.disconnect(one.sid, namespace="/interviewer")


def look_for_signed_out() -> None:
    """Close the sockets of what was signed out in another process, such as by `proctor user password`."""
    ids = {one.sign_in for one in presence.signed_in() if one.sign_in is not None}
    if ids:
        drop_signed_out(sign_ins.ended_among(ids))


def _let_go(before: Connection, replaced: bool) -> None:
    """Close the candidate's earlier socket; tell its page when another page took over."""
    if replaced:
        socketio.server.emit("replaced", {}, to=before.sid, namespace="/candidate")
    socketio.server.disconnect(before.sid, namespace="/candidate")


def _answer(sid: str, connect: Callable[[], None]) -> None:
    """Every socket gets an answer: a page that gets none, as when the database is away, would wait for ever."""
    try:
        connect()
    except ProctorError as error:
        refusal = error
    except Exception:
        log.exception("A socket could not be let in")
        # It may have been let in halfway.
        presence.leave(sid)
        refusal = UNAVAILABLE
    else:
        return
    raise ConnectionRefusedError(refusal.code, {"code": refusal.code, "message": refusal.message})


def _mapping(auth: Any) -> dict[str, Any]:
    return auth if isinstance(auth, dict) else {}


def _text(auth: dict[str, Any], name: str) -> str:
    value = auth.get(name)
    return value if isinstance(value, str) and len(value) <= 200 else ""
