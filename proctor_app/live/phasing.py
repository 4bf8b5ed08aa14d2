"""How a phase of the interview reaches the pages: stored first, then told to each side what it needs, and no more.

The candidate's page gets what it watches by from now on. The interviewer's side gets the phase alone: what is watched
for would tell what an accommodation takes off.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import PyMongoError

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.errors import ProctorError
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.policies import rules
from proctor_app.sessions import agreement, phases, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import PhaseMark, Session

log = logging.getLogger(__name__)


def set_phase(session: Session, phase: str, by: str) -> None:
    """The interviewer says what is going on from now on; "" ends a phase. Raises `invalid` and `not_live`."""
    now = clock.now()
    if not phases.mark(session, phase, by, now):
        return
    incidents.phase_changed(session)
    socketio.server.emit("phase", orders(session, now), to=session.id, namespace="/candidate")
    socketio.server.emit("phase", notice(session, now), to=session.id, namespace="/interviewer")
    presence.announce(session.id)
    try:
        incidents.close_unwatched(session.id)
    except (ProctorError, PyMongoError):
        # The phase holds all the same; what is open is closed by the candidate's page, or where it belongs at the end.
        log.exception("What a phase ends in session %s could not be closed yet", session.id)


def orders(session: Session, now: datetime) -> dict[str, Any]:
    """The `phase` message to the candidate: what is watched for, and at first, while a question sinks in."""
    mark = phases.current(session.id, now)
    policy, relief = sessions.policy_of(session), accommodations.relief_for(session.id)
    phase, left = mark.phase if mark else None, phases.grace_left(policy, mark, now)
    usual, in_phase = rules.effective(policy, relief), rules.effective(policy, relief, phase)
    in_grace = rules.effective(policy, relief, phase, in_grace=True)
    if agreement.is_withdrawn(session):
        usual = in_phase = in_grace = rules.nothing(policy)
    return {
        **_notice(mark, left, now),
        "policy": in_phase.for_browser,
        "grace_policy": in_grace.for_browser if left else None,
        "relaxed": [key for key in usual.detectors if key not in in_phase.detectors],
    }


def notice(session: Session, now: datetime) -> dict[str, Any]:
    """The `phase` message to consoles and programs."""
    mark = phases.current(session.id, now)
    return _notice(mark, phases.grace_left(sessions.policy_of(session), mark, now), now)


def _notice(mark: PhaseMark | None, left: timedelta, now: datetime) -> dict[str, Any]:
    return {
        "phase": mark.phase if mark else None,
        "since": clock.to_ms(mark.at) if mark else None,
        "grace_ms": round(left / timedelta(milliseconds=1)),
        "now": clock.to_ms(now),
    }
