"""Tells both pages who is where, whenever that changes, and lets go of a candidate who may not be there any more.

And tells the candidate's page what was noticed about them elsewhere: what it noticed itself it knows.
"""

from typing import Any

from proctor_app import clock
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents.kinds import Source
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.service import Change
from proctor_app.live import consenting
from proctor_app.sessions import access, links, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.presence import Connection


def presence_changed(session_id: str) -> None:
    """Send `presence` to everybody connected to the session; from one that was erased, everybody is let go."""
    if presence.is_empty(session_id):
        return
    session = sessions.find(session_id)
    if session is None:
        for one in presence.everybody(session_id):
            socketio.server.disconnect(one.sid, namespace=f"/{one.role}")
        return
    candidate = presence.room(session_id).candidate
    if candidate is not None and candidate.link != links.mark(session):
        _shut_out(candidate)
    elif candidate is not None and not sessions.may_enter(session):
        socketio.server.disconnect(candidate.sid, namespace="/candidate")
    else:
        consenting.follow(session)
    snapshot = presence.snapshot(session)
    for namespace in ("/candidate", "/interviewer"):
        socketio.server.emit("presence", snapshot, to=session_id, namespace=namespace)


def _shut_out(candidate: Connection) -> None:
    """The link was withdrawn or made anew. Both pages are told, because sound and picture go between them directly."""
    socketio.server.emit(
        "shut_out",
        {"code": access.CLOSED.code, "message": access.CLOSED.message},
        to=candidate.sid,
        namespace="/candidate",
    )
    socketio.server.emit("shut_out", {"peer": candidate.peer}, to=candidate.session_id, namespace="/interviewer")
    socketio.server.disconnect(candidate.sid, namespace="/candidate")
    presence.shut_out(candidate.session_id)


def incidents_changed(change: Change) -> None:
    """Send `noticed` to the candidate for what the server or the interviewer's browser saw."""
    for record in change.records:
        if record.source != Source.CANDIDATE:
            socketio.server.emit("noticed", _noticed(record), to=change.session_id, namespace="/candidate")


def tell_noticed(session_id: str, sid: str) -> None:
    """Send `noticed` for all of it to a page that may have missed some while it had no connection."""
    for record in incidents.seen_elsewhere(session_id):
        socketio.server.emit("noticed", _noticed(record), to=sid, namespace="/candidate")


def _noticed(record: IncidentRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": str(record.kind),
        "reason": record.reason,
        "started_at": clock.to_ms(record.started_at),
        "ended_at": clock.to_ms(record.ended_at) if record.ended_at else None,
        "now": clock.to_ms(clock.now()),
    }
