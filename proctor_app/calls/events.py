"""The socket door of the call: what two pages say to each other. Nothing is stored here."""

from typing import Any

from proctor_app import clock, typed
from proctor_app.errors import invalid, not_allowed
from proctor_app.extensions import socketio
from proctor_app.sessions import presence
from proctor_app.sessions.presence import Connection
from proctor_app.webserver import on_event

NAMESPACES = ("/candidate", "/interviewer")
OTHER_SIDE = {"candidate": "/interviewer", "interviewer": "/candidate"}
CHAT_LENGTH = 2000


def register() -> None:
    """Register the events."""
    for namespace in NAMESPACES:
        on_event(socketio, "signal", signal, namespace=namespace, in_app=False)
        on_event(socketio, "chat", chat, namespace=namespace)
        on_event(socketio, "media", media, namespace=namespace)
    on_event(socketio, "take_call", take_call, namespace="/interviewer")


def signal(sid: str, payload: Any = None) -> dict[str, Any]:
    """`signal`: WebRTC's own objects, passed on to the other side untouched, with the sender's page named."""
    sender = presence.connection(sid)
    if not isinstance(payload, dict) or not ("description" in payload or "ice_candidate" in payload):
        raise invalid("payload", "A signal holds a description or an ice_candidate.")
    _in_progress(sender)
    socketio.server.emit(
        "signal",
        {**payload, "from": sender.peer},
        to=(presence.sid_of(sender.session_id, payload["to"]) if payload.get("to") else None) or sender.session_id,
        namespace=OTHER_SIDE[sender.role],
    )
    return {"ok": True}


def chat(sid: str, payload: Any = None) -> dict[str, Any]:
    """`chat`: a line of text to everybody in the session."""
    sender = presence.connection(sid)
    text = payload.get("text") if isinstance(payload, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise invalid("text", "Write something first.")
    if len(text) > CHAT_LENGTH:
        raise invalid("text", f"A message holds {CHAT_LENGTH} characters at most.")
    _in_progress(sender)
    message = {
        "from": sender.role,
        "name": typed.shown(sender.name),
        "text": typed.shown(text.strip()),
        "at": clock.to_ms(clock.now()),
    }
    for namespace in NAMESPACES:
        socketio.server.emit("chat", message, to=sender.session_id, namespace=namespace)
    return {"ok": True}


def media(sid: str, payload: Any = None) -> dict[str, Any]:
    """`media`: whether the sender's microphone and camera are on, for the other side to see."""
    sender = presence.connection(sid)
    for name in ("microphone", "camera"):
        value = payload.get(name) if isinstance(payload, dict) else None
        if not isinstance(value, bool):
            raise invalid(name, f"{name} must be true or false.")
        setattr(sender, name, value)
    presence.announce(sender.session_id)
    return {"ok": True}


def take_call(sid: str, _payload: Any = None) -> dict[str, Any]:
    """`take_call`: this console becomes the one that talks with the candidate."""
    taker = presence.connection(sid)
    presence.take_call(taker.session_id, sid)
    presence.announce(taker.session_id)
    return {"ok": True}


def _in_progress(sender: Connection) -> None:
    if sender.session.ended_at is not None:
        raise not_allowed("The interview has ended.")
