"""Tells both pages who is where, whenever that changes, and lets go of a candidate who no longer agrees."""

from proctor_app.extensions import socketio
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions


def presence_changed(session_id: str) -> None:
    """Send `presence` to everybody connected to the session."""
    if presence.is_empty(session_id):
        return
    session = sessions.find(session_id)
    if session is None:
        return
    candidate = presence.room(session_id).candidate
    if candidate is not None and not sessions.has_consent(session):
        socketio.server.disconnect(candidate.sid, namespace="/candidate")
    snapshot = presence.snapshot(session)
    for namespace in ("/candidate", "/interviewer"):
        socketio.server.emit("presence", snapshot, to=session_id, namespace=namespace)
