"""What the server itself watches for: a monitor that says nothing, and a picture that contradicts what it says.

Both are judged by the server's clock, from what its sockets bring and from whether they answer; `gap` and `mismatch`
are the decisions. What is held here is lost with the process, and is not missed: what a process that died had left open
ends where that process last knew of the session, and begins anew if it goes on.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from proctor_app import clock
from proctor_app.errors import not_allowed
from proctor_app.extensions import socketio
from proctor_app.incidents import mismatch, service
from proctor_app.incidents.gap import Rhythm, silent_since
from proctor_app.incidents.kinds import Kind, Source
from proctor_app.incidents.mismatch import Comparison, Dispute, Look, Said
from proctor_app.incidents.payloads import HeartbeatPayload, LookPayload
from proctor_app.incidents.rules import Claim
from proctor_app.incidents.watch import GAP_SECONDS
from proctor_app.sessions import agreement, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session
from proctor_app.sessions.presence import Connection
from proctor_app.webserver import answered_at

log = logging.getLogger(__name__)

NAMES = uuid.UUID("0d1f7f3c-5d0f-4a5e-9a38-2b7f5b0c6c11")


@dataclass(eq=False)
class Supervised:
    """One session as this process supervises it. `gap` and `contradiction` are what is open.

    `counted_from` is the last heartbeat, or the last moment at which silence was not watched for (`is_off`).
    `is_hidden` says that the page was in the background then: browsers slow its timers, while it still answers.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    has_adopted: bool = False
    counted_from: datetime | None = None
    is_off: bool = False
    is_hidden: bool = False
    gap: Claim | None = None
    comparison: Comparison = field(default_factory=Comparison)
    dispute: Dispute = mismatch.END
    contradiction: Claim | None = None


_supervised: dict[str, Supervised] = {}
_rhythm: Rhythm | None = None


# ---------------------------------------------------------------- what the sockets bring


def heard(connection: Connection, payload: HeartbeatPayload) -> None:
    """The candidate's monitor has spoken: a gap ends, and the picture can be compared with what it said."""
    now = clock.now()
    one = _of(connection.session)
    with one.lock:
        one.counted_from, one.is_off = now, False
        one.is_hidden = payload.reason == "page_hidden"
        told_at = clock.from_ms(payload.at_ms - connection.clock_offset_ms)
        faces = payload.faces if payload.state == "watching" else None
        one.comparison.said.append(Said(mismatch.spoken_of(told_at, now), faces))
        _end_gap(connection.session, one, now)


def looked(connection: Connection, payload: LookPayload) -> None:
    """The page that holds the call has looked at the candidate's picture. Raises `not_allowed` for any other page."""
    session = connection.session
    if presence.room(session.id).in_call != connection.sid:
        raise not_allowed("Only the page that is in the call compares what it sees.")
    if session.status != Status.LIVE or agreement.is_withdrawn(session):
        return
    now = clock.now()
    one = _of(session)
    at = mismatch.spoken_of(clock.from_ms(payload.at_ms - connection.clock_offset_ms), now)
    with one.lock:
        looks = one.comparison.looks
        if not looks or at > looks[-1].at:
            looks.append(Look(at, payload.faces))
        _compare(session, one, now)


def left(session: Session, at: datetime) -> None:
    """The candidate has left, or their page has: whatever was open ends, for nothing can be seen to go on."""
    one = _supervised.get(session.id)
    if one is not None:
        with one.lock:
            _end_gap(session, one, at)
            _end_contradiction(session, one, one.dispute.ends_at or at)


def settle(session: Session) -> None:
    """The session is over: close what is open at its end, or, after a crash, where it was last heard of."""
    one = _of(session)
    with one.lock:
        at = session.ended_at or clock.now()
        one.gap, one.contradiction = _over(one.gap), _over(one.contradiction)
        _end_gap(session, one, at)
        _end_contradiction(session, one, at)
    release(session.id)


def release(session_id: str) -> None:
    """Nobody is connected to the session any more, or it is over."""
    _supervised.pop(session_id, None)


# ---------------------------------------------------------------- what time alone brings


def tick(now: datetime) -> None:
    """Once a second: look at every candidate who is connected."""
    global _rhythm
    _rhythm = _rhythm.look(now) if _rhythm else Rhythm(now, now)
    for session_id, one in list(_supervised.items()):
        if one.contradiction is not None:
            _safely(session_id, partial(_wait_for_looks, session_id, one, now))
    for connection in presence.candidates():
        session = connection.session
        # Whoever has left may have the page still open.
        if session.status == Status.LIVE and session.candidate_left_at is None:
            _safely(session.id, partial(_listen, connection, now, _rhythm))


def _safely(session_id: str, work: Callable[[], None]) -> None:
    """Do what the next look does again where it fails, as when the database is away: other sessions must not wait."""
    try:
        work()
    except Exception:
        log.exception("What the server saw of session %s was not stored", session_id)


def _listen(connection: Connection, now: datetime, rhythm: Rhythm) -> None:
    session = connection.session
    one = _supervised.get(session.id)
    # Most have spoken within the last seconds, and no policy has a shorter threshold than a heartbeat takes.
    has_spoken_lately = one is not None and one.counted_from and (now - one.counted_from).total_seconds() < 2
    if one is not None and has_spoken_lately and one.gap is None and not one.is_off:
        return
    one = _of(session)
    with one.lock:
        answered = answered_at(socketio, connection.sid, "/candidate", now)
        watch_log = service.watch_log(session)
        if answered is None or one.is_hidden or not watch_log.has_spoken:
            return
        listening_since = max(connection.connected_at, rhythm.steady_since)
        start = silent_since(one.counted_from, listening_since, answered, GAP_SECONDS)
        if start is None and one.gap is None and not one.is_off:
            return
        policy = sessions.effective_policy(session, now)
        one.is_off = Kind.MONITORING_GAP not in policy.detectors
        if one.is_off:
            one.counted_from = now
            return _end_gap(session, one, now)
        if one.gap is not None:
            return watch_log.silent(answered)
        start = silent_since(one.counted_from, listening_since, answered, policy.thresholds[Kind.MONITORING_GAP])
        if start is not None:
            one.gap = _opened(session, Kind.MONITORING_GAP, start, Source.SERVER, {})
            watch_log.silent(answered)


def _wait_for_looks(session_id: str, one: Supervised, now: datetime) -> None:
    """A contradiction ends where it was last seen when the interviewer's page has not looked for too long."""
    with one.lock:
        seen_at = one.dispute.ends_at
        if seen_at is not None and now - seen_at > mismatch.PATIENCE + mismatch.BLIND:
            _end_contradiction(sessions.get(session_id), one, seen_at)


def lost(connection: Connection) -> None:
    """The candidate's socket is gone: a gap goes on for as long as the page was known to answer, and no longer."""
    one = _supervised.get(connection.session_id)
    if one is None:
        return
    with one.lock:
        watch_log = service.watch_log(connection.session)
        watch_log.cut_off()
        # What cannot be stored now is closed at the same moment when somebody comes back: see `_adopt`.
        _safely(connection.session_id, partial(_end_gap, connection.session, one, watch_log.until))


# ---------------------------------------------------------------- opening and closing


def _of(session: Session) -> Supervised:
    one = _supervised.setdefault(session.id, Supervised())
    with one.lock:
        if not one.has_adopted:
            _adopt(session)
            one.has_adopted = True
    return one


def _adopt(session: Session) -> None:
    """Close what a process left open that died: where it last knew of the session, which was written within seconds."""
    for record in (one for one in service.seen_elsewhere(session.id) if one.is_open):
        claim = Claim(
            record.observations[-1], Kind(record.kind), None, record.started_at, None, record.confidence, record.detail
        )
        _close(session, claim, service.watch_log(session).until, Source(record.source))


def _opened(session: Session, kind: Kind, start: datetime, source: Source, detail: dict[str, Any]) -> Claim:
    # The same again has the same id: an answer that got lost makes no second incident.
    name = f"{session.id} {kind} {clock.to_ms(start)}"
    claim = Claim(str(uuid.uuid5(NAMES, name)), kind, None, start, None, 1.0, detail)
    service.record_seen(session.id, claim, source)
    return claim


def _end_gap(session: Session, one: Supervised, at: datetime) -> None:
    if one.gap is not None:
        _close(session, one.gap, at, Source.SERVER)
        one.gap = None


def _end_contradiction(session: Session, one: Supervised, at: datetime) -> None:
    one.dispute = mismatch.END
    if one.contradiction is not None:
        _close(session, one.contradiction, at, Source.INTERVIEWER)
        one.contradiction = None


def _over(claim: Claim | None) -> Claim | None:
    return replace(claim, detail={**claim.detail, "closed_by": "session_end"}) if claim else None


def _close(session: Session, claim: Claim, at: datetime, source: Source) -> None:
    service.record_seen(session.id, replace(claim, ended_at=max(at, claim.started_at)), source)


# ---------------------------------------------------------------- comparing


def _compare(session: Session, one: Supervised, now: datetime) -> None:
    for look, said, verdict in one.comparison.due(now):
        before = one.dispute
        seconds = 0.0
        if verdict or before.since is not None:
            policy = sessions.effective_policy(session, look.at)
            seconds = policy.thresholds[Kind.MONITOR_MISMATCH]
            if Kind.MONITOR_MISMATCH not in policy.detectors:
                _end_contradiction(session, one, before.ends_at or look.at)
                continue
        if verdict and _has_reported(session, look):
            verdict = None
        after = before.look(verdict, look.at, seconds)
        if before.is_open and not after.is_open:
            _end_contradiction(session, one, before.ends_at or look.at)
        if after.is_open and one.contradiction is None and after.since is not None and said is not None:
            detail = {"received_faces": look.faces or 0, "told_faces": said.faces or 0}
            one.contradiction = _opened(session, Kind.MONITOR_MISMATCH, after.since, Source.INTERVIEWER, detail)
        one.dispute = after


def _has_reported(session: Session, look: Look) -> bool:
    """Whether the candidate's page has itself reported what the look shows."""
    admitted = mismatch.admitted(look.faces or 0)
    start, end = look.at - mismatch.BUDGET, look.at + mismatch.BUDGET
    return any(
        record.source == Source.CANDIDATE
        and (record.kind, record.reason) in admitted
        and record.started_at <= end
        and (record.ended_at is None or record.ended_at >= start)
        for record in service.known(session.id)
    )
