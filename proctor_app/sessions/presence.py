"""Who is in the call at this moment, as one web process knows it from its sockets.

Nothing here is stored: what time alone changes is derived from the moment a socket went away. Subscribers are told
that something about a session's people changed, never what: they read the present state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proctor_app import clock
from proctor_app.sessions.kinds import CandidateState, Decision, Status
from proctor_app.sessions.models import Session

# A reload or a change of network takes a few seconds; after this a candidate counts as gone.
RECONNECTING_SECONDS = 30.0


@dataclass
class Connection:
    """One page in a session: a socket at a time, the same page over several sockets."""

    sid: str
    peer: str
    tab: str
    name: str
    interviewer_id: str | None = None
    microphone: bool = True
    camera: bool = True
    is_console: bool = False


@dataclass
class Room:
    """The connected pages of one session."""

    candidate: Connection | None = None
    candidate_gone_at: datetime | None = None
    interviewers: dict[str, Connection] = field(default_factory=dict)
    in_call: str | None = None
    in_call_tab: str | None = None


_rooms: dict[str, Room] = {}
_subscribers: list[Callable[[str], None]] = []


def subscribe(listener: Callable[[str], None]) -> None:
    """Have `listener(session_id)` called after each change. Wired once, by `create_app`."""
    if listener not in _subscribers:
        _subscribers.append(listener)


def announce(session_id: str) -> None:
    """Tell the subscribers that something about the session's people changed."""
    for listener in _subscribers:
        listener(session_id)


def room(session_id: str) -> Room:
    """The session's connected pages; an empty room when nobody is there."""
    return _rooms.get(session_id) or Room()


def enter_candidate(session_id: str, connection: Connection) -> Connection | None:
    """The candidate's page is connected. Returns the connection of another page that it takes over from."""
    entered = _rooms.setdefault(session_id, Room())
    before = entered.candidate
    entered.candidate, entered.candidate_gone_at = connection, None
    return before if before is not None and before.sid != connection.sid else None


def enter_interviewer(session_id: str, connection: Connection) -> None:
    """A console is connected. The first one is in the call, and so is one that was reloaded in the same tab."""
    entered = _rooms.setdefault(session_id, Room())
    entered.interviewers[connection.sid] = connection
    same_tab = connection.tab and connection.tab == entered.in_call_tab
    if entered.in_call not in entered.interviewers or same_tab:
        take_call(session_id, connection.sid)


def take_call(session_id: str, sid: str) -> None:
    """The console behind `sid` becomes the one that talks with the candidate."""
    entered = _rooms[session_id]
    entered.in_call, entered.in_call_tab = sid, entered.interviewers[sid].tab


def leave(session_id: str, sid: str) -> bool:
    """The socket `sid` is gone. False when it was not in the room any more, as after a take-over."""
    entered = _rooms.get(session_id)
    if entered is None:
        return False
    if entered.candidate is not None and entered.candidate.sid == sid:
        entered.candidate, entered.candidate_gone_at = None, clock.now()
    elif entered.interviewers.pop(sid, None) is None:
        return False
    if entered.in_call == sid:
        entered.in_call = None
    return True


def forget(session_id: str) -> None:
    """The session is over and its room is empty: nothing need be remembered of it."""
    entered = _rooms.get(session_id)
    if entered is not None and entered.candidate is None and not entered.interviewers:
        del _rooms[session_id]


def live_sessions() -> int:
    """How many sessions have somebody connected to this process."""
    return sum(1 for entered in _rooms.values() if entered.candidate or entered.interviewers)


def candidate_state(session: Session, knocking: bool = False) -> CandidateState:
    """Where the candidate is, from what is stored and who is connected."""
    entered = room(session.id)
    if entered.candidate is not None:
        return CandidateState.IN_CALL
    if session.candidate_left_at is not None:
        return CandidateState.LEFT
    if session.started_at is not None:
        gone_at = entered.candidate_gone_at
        lately = gone_at is not None and (clock.now() - gone_at).total_seconds() < RECONNECTING_SECONDS
        return CandidateState.RECONNECTING if lately and session.status == Status.LIVE else CandidateState.OFFLINE
    if session.consent is not None:
        declined = session.consent.decision == Decision.DECLINED
        return CandidateState.DECLINED if declined else CandidateState.CHECKING
    if session.opened_at is not None:
        return CandidateState.CONSENTING
    return CandidateState.KNOCKING if knocking else CandidateState.INVITED


def snapshot(session: Session) -> dict[str, Any]:
    """The `presence` message: who is where, for both sides."""
    entered = room(session.id)
    candidate = entered.candidate
    return {
        "candidate": {
            "state": candidate_state(session),
            "name": session.candidate_name,
            "peer": candidate.peer if candidate else None,
            "microphone": candidate.microphone if candidate else False,
            "camera": candidate.camera if candidate else False,
        },
        "interviewers": [
            {
                "peer": one.peer,
                "name": one.name,
                "in_call": one.sid == entered.in_call,
                "microphone": one.microphone,
                "camera": one.camera,
            }
            for one in entered.interviewers.values()
        ],
    }
