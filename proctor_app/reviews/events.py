"""The socket door of reviews: a program asks for the score as it stands."""

from typing import Any

from proctor_app import clock
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.reviews import service
from proctor_app.sessions import presence
from proctor_app.webserver import on_event


def register() -> None:
    """Register the events."""
    on_event(socketio, "sync", sync, namespace="/interviewer")


def sync(sid: str, _payload: Any = None) -> dict[str, Any]:
    """`sync`: the score, its counts and the coverage."""
    session = presence.connection(sid).session
    score = service.score_for(session)
    coverage = incidents.coverage_for(session, clock.now())
    return {
        "ok": True,
        "score": score.score,
        "raw": score.raw,
        "counts": score.counts,
        "coverage": coverage.percent,
        "insufficient_data": coverage.is_insufficient,
        "status": session.status,
    }
