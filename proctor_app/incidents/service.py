"""Use cases of incidents: take observations and heartbeats in, keep incidents, list them.

Everything that shows incidents (console, JSON, CSV, PDF) reads `list_for` and `coverage_for`, so they cannot
disagree. Everything that changes them goes through the one writer.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from proctor_app import clock
from proctor_app.chain import service as chain
from proctor_app.errors import ProctorError, not_found
from proctor_app.incidents import relaxed, rules, watch
from proctor_app.incidents.kinds import Source, Verdict
from proctor_app.incidents.models import Incident, Observation
from proctor_app.incidents.models import WatchSpan as StoredSpan
from proctor_app.incidents.payloads import HeartbeatPayload, ObservationPayload
from proctor_app.incidents.rules import Claim, IncidentRecord, Ledger
from proctor_app.incidents.watch import Coverage, Pulse, WatchLog
from proctor_app.incidents.writer import Decided, Job, Writer, incident_document
from proctor_app.sessions import agreement, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """What subscribers are told: incidents of a session changed (`records`), or its watching did (none).

    `is_final` says that the session was over and complete before this, so that its report is out of date now.
    """

    session_id: str
    records: tuple[IncidentRecord, ...] = ()
    observation_id: str | None = None
    is_new: bool = False
    is_final: bool = False
    counts: Counter[str] | None = None


RECORD_FIELDS = tuple(IncidentRecord.__dataclass_fields__)

_subscribers: list[Callable[[Change], None]] = []
_watch_logs: dict[str, WatchLog] = {}


def tell(*listeners: Callable[[Change], None]) -> None:
    """Have these, and no others, called after each stored change. Wired by `create_app`."""
    _subscribers[:] = listeners


def _announce(change: Change) -> None:
    for listener in _subscribers:
        try:
            listener(change)
        except Exception:
            # It is stored; and a console that could not be told must not keep the report from being made anew.
            log.exception("A change of session %s could not be told", change.session_id)


# ---------------------------------------------------------------- observations in


def record_observation(session_id: str, payload: ObservationPayload, offset_ms: int) -> str:
    """Store what the candidate's browser claims, and the incident that it makes or changes. Returns its id.

    Returns after the write is durable. `offset_ms` is how far the candidate's clock is ahead of ours. A repeat is
    stored once. What was not watched for at its time is stored and makes no incident: see `relaxed`. Raises `ended`,
    `id_taken`, `busy`, `not_stored`.
    """
    received_at = clock.now()
    claim = Claim(
        id=payload.id,
        kind=payload.kind,
        reason=payload.reason,
        started_at=clock.from_ms(payload.started_ms - offset_ms),
        ended_at=None if payload.ended_ms is None else clock.from_ms(payload.ended_ms - offset_ms),
        confidence=payload.confidence,
        detail=payload.detail,
    )
    claim = rules.plausible(claim, received_at)

    def change(ledger: Ledger) -> Decided:
        record = relaxed.decide(ledger, claim, received_at)
        if record is None and claim.ended_at is None and ledger.has_heard(claim.id):
            return Decided()
        incident_id = record.id if record else ledger.incident_of.get(claim.id)
        document = _observation_document(session_id, incident_id, payload, claim, offset_ms, received_at)
        return Decided((record,) if record else (), document)

    _writer.submit(session_id, change)
    return payload.id


def _observation_document(
    session_id: str,
    incident_id: str | None,
    payload: ObservationPayload,
    claim: Claim,
    offset_ms: int,
    received_at: datetime,
) -> dict[str, Any]:
    return {
        "_id": payload.id,
        "session": session_id,
        "incident": incident_id,
        "seq": payload.seq,
        "kind": str(payload.kind),
        "reason": payload.reason,
        "started_at": claim.started_at,
        "ended_at": claim.ended_at,
        "client_started_ms": payload.started_ms,
        "client_ended_ms": payload.ended_ms,
        "clock_offset_ms": offset_ms,
        "received_at": received_at,
        "confidence": payload.confidence,
        "detail": payload.detail,
    }


def record_seen(session_id: str, claim: Claim, source: Source) -> None:
    """Store what the server or the interviewer's browser saw itself, at its opening and again at its closing.

    As `record_observation`: returns after the write is durable, and a repeat changes nothing. Raises `ended`, `busy`,
    `not_stored`.
    """

    def change(ledger: Ledger) -> Decided:
        record = rules.decide(ledger, claim, source)
        return Decided((record,) if record else ())

    _submit(session_id, change)


def set_verdict(
    session_id: str, incident_id: str, verdict: Verdict | None, note: str | None, by: str | None, at: datetime | None
) -> IncidentRecord:
    """Put a person's verdict on an incident, or take it off (None). Raises `not_found`."""

    def change(ledger: Ledger) -> Decided:
        record = ledger.incidents.get(incident_id)
        if record is None:
            raise not_found("incident")
        return Decided((rules.judged(record, verdict, note, by, at),))

    return _submit(session_id, change).records[0]


def close_open(session_id: str, at: datetime, by: str = "session_end") -> int:
    """Close what is still open at the session's end, or when consent is withdrawn. Returns how many that were."""

    def change(ledger: Ledger) -> Decided:
        still_open = [one for one in ledger.incidents.values() if one.is_open]
        ends = [min(at, relaxed.watched_until(one, ledger.course) or at) for one in still_open]
        return Decided(tuple(rules.closed(one, end, by) for one, end in zip(still_open, ends, strict=True)))

    return len(_submit(session_id, change).records)


def phase_changed(session: Session) -> None:
    """A phase was marked: from now on observations are held against it, and a break is no part of the call."""
    session_changed(session.id)
    if session.id in _watch_logs or not presence.is_empty(session.id):
        watch_log(session).breaks = _breaks(session)


def close_unwatched(session_id: str) -> int:
    """Close what the candidate's page has open and is not watched for any more, where that ended. Returns how many.

    The page does so itself, but one without a connection does not know yet.
    """

    def change(ledger: Ledger) -> Decided:
        theirs = [one for one in ledger.incidents.values() if one.is_open and one.source == Source.CANDIDATE]
        ends = [(one, relaxed.watched_until(one, ledger.course)) for one in theirs]
        return Decided(tuple(rules.closed(one, end, "phase") for one, end in ends if end is not None))

    return len(_submit(session_id, change).records)


def _submit(session_id: str, change: Callable[[Ledger], Decided]) -> Decided:
    """Have a change made. Where nobody is connected, nobody will leave and have memory let go of the ledger."""
    try:
        return _writer.submit(session_id, change)
    finally:
        if presence.is_empty(session_id):
            _writer.forget(session_id)


def session_changed(session_id: str) -> None:
    """The session has started or ended: what memory holds of it is read again before the next change."""
    _writer.forget(session_id)


# ---------------------------------------------------------------- incidents out


def list_for(session_id: str) -> list[IncidentRecord]:
    """All incidents of the session, by start. The one list that every view and file is made from."""
    return sorted(_stored_records(session_id), key=lambda record: (record.started_at, record.number))


def get(session_id: str, incident_id: str) -> IncidentRecord:
    """One incident of the session. Raises `not_found`."""
    document = Incident._get_collection().find_one({"_id": incident_id, "session": session_id})
    if document is None:
        raise not_found("incident")
    return _record(document)


def incident_of(session_id: str, observation_id: str) -> str | None:
    """Id of the incident that an acknowledged observation of the session made or changed, or None."""
    found = Observation._get_collection().find_one({"_id": observation_id, "session": session_id}, {"incident": 1})
    return found["incident"] if found else None


def as_json(record: IncidentRecord) -> dict[str, Any]:
    """The form in which programs get an incident: the `incident` message, the JSON API and report.json."""
    # `asdict` would copy in depth, and this is done with every observation.
    values: dict[str, Any] = {name: getattr(record, name) for name in RECORD_FIELDS}
    values |= {name: clock.to_iso(values[name]) for name in ("started_at", "ended_at", "verdict_at")}
    return values | {"kind": str(record.kind), "observations": list(record.observations)}


def seen_elsewhere(session_id: str) -> list[IncidentRecord]:
    """What the server or the interviewer's browser saw, by start."""
    found = Incident._get_collection().find({"session": session_id, "source": {"$ne": Source.CANDIDATE}})
    return sorted((_record(document) for document in found), key=lambda record: record.started_at)


def known(session_id: str) -> Iterable[IncidentRecord]:
    """The incidents as last written, in no order: from memory once something was written since people connected."""
    return tuple(_writer.ledger(session_id).incidents.values())


def counts_for(session_id: str) -> Counter[str]:
    """How many incidents of each kind count (those not dismissed)."""
    return Counter(_writer.ledger(session_id).tally)


def to_review(session_id: str) -> int:
    """How many incidents nobody has judged yet."""
    return sum(1 for one in _writer.ledger(session_id).incidents.values() if one.verdict is None)


def _stored_records(session_id: str) -> list[IncidentRecord]:
    return [_record(document) for document in Incident._get_collection().find({"session": session_id})]


def _record(document: dict[str, Any]) -> IncidentRecord:
    fields = {key: value for key, value in document.items() if key not in ("_id", "session", "observations")}
    return IncidentRecord(id=document["_id"], observations=tuple(document["observations"]), **fields)


def _load_ledger(session_id: str) -> Ledger:
    session = sessions.get(session_id)
    finalised = session.finalised_at is not None
    unagreed = agreement.unagreed(session)
    ledger = rules.ledger_of(session_id, session.ended_at, finalised, _stored_records(session_id), unagreed)
    # Before the start there is nothing to hold observations against.
    ledger.course = sessions.course_of(session) if session.policy else None
    chain.mend(session_id)
    _adopt_orphans(ledger)
    return ledger


def _adopt_orphans(ledger: Ledger) -> None:
    """Make the incidents of observations that were stored by a process which died before it wrote the incident."""
    collection = Observation._get_collection()
    orphans = []
    for one in collection.find({"session": ledger.session_id}, {"incident": 1, "ended_at": 1}):
        if one.get("incident") is None:
            ledger.aside[one["_id"]] = one["ended_at"]
        elif one["_id"] not in ledger.incident_of:
            orphans.append(one["_id"])
    for document in collection.find({"_id": {"$in": orphans}}).sort("seq") if orphans else ():
        fields = ("kind", "reason", "started_at", "ended_at", "confidence", "detail")
        try:
            claim = Claim(id=document["_id"], **{name: document[name] for name in fields})
            record = relaxed.decide(ledger, claim, document["received_at"])
        except ProctorError:
            continue  # Dated after the end, as it turned out: refused like any other, for the session must go on.
        if record is not None:
            document = incident_document(ledger.session_id, record)
            chain.append([chain.document("incident", document, late=True)])
            Incident._get_collection().replace_one({"_id": record.id}, document, upsert=True)
            ledger.put(record)


def _written(job: Job, ledger: Ledger) -> None:
    observation = job.decided.observation
    _announce(
        Change(
            session_id=job.session_id,
            records=job.decided.records,
            observation_id=observation["_id"] if observation else None,
            is_new=bool(job.new_incidents),
            is_final=ledger.finalised,
            counts=ledger.tally,
        )
    )


_writer = Writer(_load_ledger, _written)


# ---------------------------------------------------------------- watching


def record_heartbeat(session: Session, payload: HeartbeatPayload, offset_ms: int) -> None:
    """Take in how the monitoring goes. Subscribers hear of it when what they show would change."""
    log = watch_log(session)
    before = log.pulse
    since = None if payload.since_ms is None else clock.from_ms(payload.since_ms - offset_ms)
    pulse = Pulse(
        at=clock.now(),
        state=payload.state,
        reason=payload.reason,
        fps=payload.fps,
        frame_ms=payload.frame_ms,
        faces=payload.faces,
        speech=payload.speech,
        objects=payload.objects,
        notes=payload.notes,
        target_fps=payload.target_fps,
        slowed_by=payload.slowed_by,
    )
    log.beat(pulse, since)
    if before is None or _says(before) != _says(pulse) or _percent_moved(session, log):
        _announce(Change(session.id))


def _says(pulse: Pulse) -> tuple[str | None, ...]:
    return pulse.state, pulse.reason, pulse.speech, pulse.objects, pulse.notes, pulse.slowed_by


def _percent_moved(session: Session, log: WatchLog) -> bool:
    percent = coverage_of(session, log.spans, log.breaks, clock.now()).percent
    moved = percent != log.shown_percent
    log.shown_percent = percent
    return moved


def candidate_left(session: Session, at: datetime) -> None:
    """The candidate pressed “leave”: time from now on is no part of the call until they return."""
    watch_log(session).left(at)


def candidate_returned(session: Session, at: datetime) -> None:
    """The candidate is in the call again."""
    watch_log(session).returned(at)


def coverage_for(session: Session, now: datetime) -> Coverage:
    """How much of the call was watched until `now`, or until its end."""
    log = _watch_logs.get(session.id)
    if log is None and session.status == Status.LIVE and not presence.is_empty(session.id):
        # Asked for with every observation: memory holds it until everybody has gone.
        log = watch_log(session)
    if log is not None:
        return coverage_of(session, log.spans, log.breaks, now)
    return coverage_of(session, _stored_spans(session.id), _breaks(session), now)


def coverage_of(
    session: Session, spans: Iterable[watch.WatchSpan], breaks: Iterable[watch.Stretch], now: datetime
) -> Coverage:
    """The coverage that `spans` make of the session, less its breaks and the time without the candidate's consent."""
    until, is_over, unagreed = session.ended_at or now, session.ended_at is not None, agreement.unagreed(session)
    return watch.coverage(spans, session.started_at, until, is_over=is_over, unagreed=unagreed, breaks=breaks)


def _breaks(session: Session) -> list[watch.Stretch]:
    return sessions.breaks_of([session]).get(session.id, [])


def last_word_at(session: Session) -> datetime | None:
    """The last moment of which the candidate's page told anything, or None when it never did."""
    silent = ("network_gap", "no_report", watch.WITHDRAWN)
    spans = coverage_for(session, clock.now()).spans
    told = [span.ended_at for span in spans if span.reason not in silent and span.state != watch.BREAK]
    return max(told, default=None)


def pulse_of(session_id: str) -> Pulse | None:
    """The last heartbeat that this process heard from the session's candidate."""
    log = _watch_logs.get(session_id)
    return log.pulse if log is not None else None


def save_watch_logs(session_ids: Iterable[str] | None = None) -> None:
    """Write what heartbeats have told since the last time: of all sessions, every few seconds, or of some."""
    keys = list(_watch_logs) if session_ids is None else session_ids
    unsaved = {key: (_watch_logs[key], _watch_logs[key].unsaved_from) for key in keys if key in _watch_logs}
    writes = []
    for session_id, (log, first) in unsaved.items():
        for number in range(first, len(log.spans)):
            fields = asdict(log.spans[number])
            writes.append(UpdateOne({"session": session_id, "number": number}, {"$set": fields}, upsert=True))
        log.unsaved_from = len(log.spans)
    if not writes:
        return
    try:
        StoredSpan._get_collection().bulk_write(writes, ordered=False)
    except PyMongoError:
        for log, first in unsaved.values():
            log.unsaved_from = min(log.unsaved_from, first)
        raise


def release(session_id: str) -> None:
    """Nobody is connected to the session any more: save what memory holds of it and let it go."""
    save_watch_logs([session_id])
    _watch_logs.pop(session_id, None)
    _writer.forget(session_id)


def watch_log(session: Session) -> WatchLog:
    """How the session is watched, as this process knows it; stored every few seconds."""
    log = _watch_logs.get(session.id)
    if log is None:
        spans = _stored_spans(session.id)
        log = WatchLog(session.started_at or clock.now(), spans, unsaved_from=len(spans), breaks=_breaks(session))
        log = _watch_logs.setdefault(session.id, log)
    return log


def _stored_spans(session_id: str) -> list[watch.WatchSpan]:
    stored = StoredSpan.objects(session=session_id).order_by("number")
    return [watch.WatchSpan(one.state, one.reason, one.started_at, one.ended_at) for one in stored]
