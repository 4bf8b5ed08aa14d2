"""Who is in the call at this moment, as one web process knows it from its sockets.

Nothing here is stored: what time alone changes is derived from the moment a socket went away. Subscribers are told
that something about a session's people changed, never what: they read the present state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proctor_app import clock, typed
from proctor_app.errors import conflict
from proctor_app.sessions.kinds import CandidateState, Decision, Status
from proctor_app.sessions.models import Session

# A reload or a change of network takes a few seconds; after this a candidate counts as gone.
RECONNECTING_SECONDS = 30.0


@dataclass(eq=False)
class Connection:
    """One socket of one page in a session; the page is the same over several sockets.

    `session` is the session as it was at connecting, kept true by `session_changed`. `clock_offset_ms` is how far
    the page's clock is ahead of ours; `last_offset_ms` is how far the last heartbeat made it seem. `link` marks the
    link that a candidate came by.
    """

    sid: str
    role: str
    session: Session
    name: str
    peer: str
    tab: str
    interviewer_id: str | None = None
    sign_in: str | None = None
    link: str = ""
    is_console: bool = False
    microphone: bool = True
    camera: bool = True
    clock_offset_ms: int = 0
    last_offset_ms: int = 0
    has_heartbeat: bool = False
    connected_at: datetime = field(default_factory=clock.now)

    @property
    def session_id(self) -> str:
        """The one session that this socket is bound to."""
        return self.session.id


@dataclass
class Room:
    """The connected pages of one session."""

    candidate: Connection | None = None
    candidate_gone_at: datetime | None = None
    gone_told: bool = False
    interviewers: dict[str, Connection] = field(default_factory=dict)
    in_call: str | None = None
    in_call_tab: str | None = None


_rooms: dict[str, Room] = {}
_by_sid: dict[str, Connection] = {}
_subscribers: list[Callable[[str], None]] = []


def tell(*listeners: Callable[[str], None]) -> None:
    """Have these, and no others, called with the session's id after each change. Wired by `create_app`."""
    _subscribers[:] = listeners


def announce(session_id: str) -> None:
    """Tell the subscribers that something about the session's people changed."""
    for listener in _subscribers:
        listener(session_id)


def room(session_id: str) -> Room:
    """The session's connected pages; an empty room when nobody is there."""
    return _rooms.get(session_id) or Room()


def connection(sid: str) -> Connection:
    """The page behind a socket. Raises `not_connected` for a socket that was let go meanwhile."""
    try:
        return _by_sid[sid]
    except KeyError:
        raise conflict(
            "not_connected", "This connection is no longer part of the interview. Reload the page."
        ) from None


def sid_of(session_id: str, peer: object) -> str | None:
    """The socket of the page `peer` in the session, or None."""
    return next((one.sid for one in everybody(session_id) if one.peer == peer), None)


def everybody(session_id: str) -> list[Connection]:
    """All who are connected to the session."""
    entered = room(session_id)
    return [*entered.interviewers.values(), *([entered.candidate] if entered.candidate else [])]


def session_changed(session: Session) -> None:
    """Give the connected pages the session as it is stored now."""
    for one in list(_by_sid.values()):
        if one.session_id == session.id:
            one.session = session


def enter_candidate(entering: Connection) -> Connection | None:
    """The candidate's page is connected. Returns the connection of another page that it takes over from."""
    entered = _rooms.setdefault(entering.session_id, Room())
    _by_sid[entering.sid] = entering
    before = entered.candidate
    entered.candidate, entered.candidate_gone_at, entered.gone_told = entering, None, False
    return before if before is not None and before.sid != entering.sid else None


def enter_interviewer(entering: Connection) -> None:
    """A console is connected. The first one is in the call, and so is one that was reloaded in the same tab.

    A program that watches gives way to a person's page.
    """
    entered = _rooms.setdefault(entering.session_id, Room())
    _by_sid[entering.sid] = entering
    entered.interviewers[entering.sid] = entering
    same_tab = entering.tab and entering.tab == entered.in_call_tab
    talking = entered.interviewers.get(entered.in_call or "")
    if talking is None or same_tab or (entering.is_console and not talking.is_console):
        take_call(entering.session_id, entering.sid)


def take_call(session_id: str, sid: str) -> None:
    """The console behind `sid` becomes the one that talks with the candidate."""
    entered = _rooms[session_id]
    entered.in_call, entered.in_call_tab = sid, entered.interviewers[sid].tab


def leave(sid: str) -> Connection | None:
    """The socket `sid` is gone. Returns its connection when somebody's presence changed by that."""
    left = _by_sid.pop(sid, None)
    entered = _rooms.get(left.session_id) if left else None
    if left is None or entered is None:
        return None
    if entered.candidate is left:
        entered.candidate, entered.candidate_gone_at = None, clock.now()
    elif entered.interviewers.pop(sid, None) is None:
        return None
    if entered.in_call == sid:
        entered.in_call = None
    return left


def shut_out(session_id: str) -> None:
    """The candidate who has just gone is not waited for."""
    room(session_id).candidate_gone_at = None


def candidates() -> list[Connection]:
    """Every candidate who is connected."""
    return [entered.candidate for entered in list(_rooms.values()) if entered.candidate is not None]


def signed_in() -> list[Connection]:
    """Every page and program that came by a sign-in or an API token: `sign_in` names which."""
    return [one for one in list(_by_sid.values()) if one.sign_in is not None]


def is_empty(session_id: str) -> bool:
    """Whether nobody is connected to the session."""
    entered = room(session_id)
    return entered.candidate is None and not entered.interviewers


def forget(session_id: str) -> None:
    """Nothing need be remembered of the session's room any more."""
    _rooms.pop(session_id, None)


def lately_gone(now: datetime) -> list[str]:
    """Sessions whose candidate has been away just long enough to count as gone; each is named once."""
    gone = []
    for session_id, entered in list(_rooms.items()):
        away = entered.candidate_gone_at
        if away is not None and not entered.gone_told and (now - away).total_seconds() >= RECONNECTING_SECONDS:
            entered.gone_told = True
            gone.append(session_id)
    return gone


def live_sessions() -> int:
    """How many sessions have somebody connected to this process."""
    return sum(1 for entered in list(_rooms.values()) if entered.candidate or entered.interviewers)


def candidate_state(session: Session, knocking: bool = False) -> CandidateState:
    """Where the candidate is, from what is stored and who is connected."""
    entered = room(session.id)
    if entered.candidate is not None:
        return CandidateState.IN_CALL
    if session.consent is not None and session.consent.decision == Decision.DECLINED:
        return CandidateState.DECLINED
    if session.candidate_left_at is not None:
        return CandidateState.LEFT
    if session.started_at is not None:
        gone_at = entered.candidate_gone_at
        lately = gone_at is not None and (clock.now() - gone_at).total_seconds() < RECONNECTING_SECONDS
        return CandidateState.RECONNECTING if lately and session.status == Status.LIVE else CandidateState.OFFLINE
    if session.consent is not None:
        return CandidateState.CHECKING
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
            "name": typed.shown(session.candidate_name),
            "consent": session.consent.decision if session.consent else None,
            "peer": candidate.peer if candidate else None,
            "microphone": candidate.microphone if candidate else False,
            "camera": candidate.camera if candidate else False,
        },
        "interviewers": [
            {
                "peer": one.peer,
                "name": typed.shown(one.name),
                "in_call": one.sid == entered.in_call,
                "microphone": one.microphone,
                "camera": one.camera,
            }
            for one in list(entered.interviewers.values())
        ],
    }
