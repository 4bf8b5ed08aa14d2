"""How a consent that is taken back, or given again, takes effect while the call goes on.

It is stored first. Then, at once: what is open is closed, nothing of the candidate is taken any more, the candidate's
page stops watching, the interviewer's page stops comparing (`presence` tells them), and both sides say so.
"""

from typing import Any

from proctor_app import clock
from proctor_app.errors import invalid
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.live import phasing
from proctor_app.sessions import agreement, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Decision
from proctor_app.sessions.models import Session
from proctor_app.webserver import on_event


def register() -> None:
    """Register the event."""
    on_event(socketio, "consent", answer, namespace="/candidate")


def answer(sid: str, payload: Any = None) -> dict[str, Any]:
    """`consent`: the candidate withdraws, or agrees again to the text `version`. A repeat changes nothing."""
    session = sessions.get(presence.connection(sid).session_id)
    told = payload if isinstance(payload, dict) else {}
    decision = told.get("decision")
    if decision == Decision.WITHDRAWN:
        agreement.withdraw(session)
    elif decision != Decision.ACCEPTED:
        raise invalid("decision", f"decision must be {Decision.WITHDRAWN} or {Decision.ACCEPTED}.")
    elif not sessions.has_consent(session):
        sessions.accept_consent(session, str(told.get("version") or ""))
    return {"ok": True, "decision": session.consent.decision, "at": clock.to_ms(session.consent.decided_at)}


def follow(session: Session) -> None:
    """Put into effect what is stored, where it is another answer than the connected pages were told."""
    candidate = presence.room(session.id).candidate
    if candidate is None or _same(candidate.session, session):
        return
    presence.session_changed(session)
    incidents.session_changed(session.id)
    if agreement.is_withdrawn(session):
        at = session.consent.decided_at
        supervision.left(session, at)
        incidents.close_open(session.id, at, agreement.CLOSED_BY)
    socketio.server.emit("phase", phasing.orders(session, clock.now()), to=session.id, namespace="/candidate")


def _same(known: Session, stored: Session) -> bool:
    """Whether both hold the same answer."""
    return [(one.decision, one.decided_at) for one in known.decisions] == [
        (one.decision, one.decided_at) for one in stored.decisions
    ]
