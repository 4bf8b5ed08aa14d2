"""The socket door of stills: the candidate's browser sends one."""

from typing import Any

from proctor_app.evidence import service
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.extensions import socketio
from proctor_app.sessions import presence
from proctor_app.webserver import on_event


def register() -> None:
    """Register the event."""
    on_event(socketio, "evidence", evidence, namespace="/candidate")


def evidence(sid: str, payload: Any = None) -> dict[str, Any]:
    """`evidence`: acknowledged after the write is durable."""
    candidate = presence.connection(sid)
    checked = EvidencePayload.parse(payload)
    service.record(candidate.session_id, checked, candidate.clock_offset_ms)
    return {"ok": True, "observation": checked.observation}
