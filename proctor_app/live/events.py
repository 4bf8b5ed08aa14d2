"""The socket door of a session's life: setting clocks, leaving, saying goodbye."""

from typing import Any

from proctor_app import clock
from proctor_app.errors import invalid
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.incidents.payloads import LAST_MS
from proctor_app.live import ending
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.webserver import on_event


def register() -> None:
    """Register the events."""
    for namespace in ("/candidate", "/interviewer"):
        on_event(socketio, "clock", set_clock, namespace=namespace)
    on_event(socketio, "leave", leave, namespace="/candidate")
    on_event(socketio, "goodbye", goodbye, namespace="/candidate")


def set_clock(sid: str, payload: Any = None) -> dict[str, Any]:
    """`clock`: our time for the page; with `echo`, our time that it got before, the page's offset is measured.

    The page sent `at` between our `echo` and now, so its clock then stood for the middle of the two, give or take
    half the round trip (Cristian 1989).
    """
    connection = presence.connection(sid)
    now = clock.to_ms(clock.now())
    at, echo = (_milliseconds(payload, name) for name in ("at", "echo"))
    if at is not None and echo is not None and 0 <= now - echo <= 10_000:
        connection.clock_offset_ms = round(at - (echo + now) / 2)
    return {"ok": True, "now": now}


def leave(sid: str, _payload: Any = None) -> dict[str, Any]:
    """`leave`: the candidate goes, and may come back until the end."""
    candidate = presence.connection(sid)
    if candidate.session.ended_at is None:
        now = clock.now()
        session = sessions.get(candidate.session_id)
        sessions.candidate_left(session, now)
        supervision.left(session, now)
        incidents.candidate_left(session, now)
        presence.session_changed(session)
    return {"ok": True}


def goodbye(sid: str, _payload: Any = None) -> dict[str, Any]:
    """`goodbye`: after the end, the candidate's page has sent everything it had."""
    ending.goodbye(presence.connection(sid).session_id)
    return {"ok": True}


def _milliseconds(payload: Any, name: str) -> float | None:
    value = payload.get(name) if isinstance(payload, dict) else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LAST_MS:
        raise invalid(name, f"{name} must be milliseconds since the epoch.")
    return value
