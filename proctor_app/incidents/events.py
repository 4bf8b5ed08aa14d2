"""The socket door of incidents: what the candidate's browser reports, and what the interviewer's sees."""

from typing import Any

from proctor_app import clock
from proctor_app.extensions import socketio
from proctor_app.incidents import service, supervision
from proctor_app.incidents.payloads import HeartbeatPayload, LookPayload, ObservationPayload
from proctor_app.metrics import OBSERVATION_SECONDS
from proctor_app.sessions import agreement, presence
from proctor_app.sessions.presence import Connection
from proctor_app.webserver import on_event

# A candidate's clock that moves by more than this against ours was set anew, or the laptop slept.
CLOCK_JUMP_MS = 2000
# Heartbeats that a slow network held up for a while come all at once, each held up for two seconds less.
OFFSETS_AGREE_MS = 500


def register() -> None:
    """Register the events."""
    on_event(socketio, "observation", observation, namespace="/candidate")
    on_event(socketio, "heartbeat", heartbeat, namespace="/candidate")
    on_event(socketio, "second_look", second_look, namespace="/interviewer")


def observation(sid: str, payload: Any = None) -> dict[str, Any]:
    """`observation`: acknowledged after the write is durable."""
    candidate = presence.connection(sid)
    checked = ObservationPayload.parse(payload)
    with OBSERVATION_SECONDS.time():
        stored_id = service.record_observation(candidate.session_id, checked, candidate.clock_offset_ms)
    return {"ok": True, "id": stored_id}


def heartbeat(sid: str, payload: Any = None) -> None:
    """`heartbeat`: how the monitoring goes, every two seconds. Not acknowledged."""
    candidate = presence.connection(sid)
    checked = HeartbeatPayload.parse(payload)
    _watch_clock(candidate, checked.at_ms - clock.to_ms(clock.now()))
    candidate.has_heartbeat = True
    if candidate.session.ended_at is None and not agreement.is_withdrawn(candidate.session):
        # First, while what is known of the session still ends where it was last heard of.
        supervision.heard(candidate, checked)
        service.record_heartbeat(candidate.session, checked, candidate.clock_offset_ms)


def second_look(sid: str, payload: Any = None) -> None:
    """`second_look`: what the interviewer's browser saw in the received picture, every second. Not acknowledged."""
    supervision.looked(presence.connection(sid), LookPayload.parse(payload))


def _watch_clock(candidate: Connection, offset_ms: int) -> None:
    """Put the page's clock right when two heartbeats in a row agree that it jumped: one may just have been slow."""
    jumped = abs(offset_ms - candidate.clock_offset_ms) > CLOCK_JUMP_MS
    if jumped and abs(offset_ms - candidate.last_offset_ms) < OFFSETS_AGREE_MS:
        candidate.clock_offset_ms = offset_ms
    candidate.last_offset_ms = offset_ms
