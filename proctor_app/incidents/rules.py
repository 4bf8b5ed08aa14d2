"""Pure decisions: how observations become incidents, and how a session's ledger counts them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from proctor_app.errors import ProctorError, conflict, invalid
from proctor_app.incidents.kinds import Kind, Reason, Source, Verdict
from proctor_app.sessions import agreement
from proctor_app.sessions.agreement import Span
from proctor_app.sessions.phases import Course

# Two of one kind less than this apart are one: the detectors in the browser keep the same rule, and this one
# holds across a reload, where a new page starts with no memory of the old one.
MERGE_GAP = timedelta(seconds=2)
# An instant this far from when we heard of it was not measured by any clock: see `plausible`.
FAR = timedelta(days=2)
# What a candidate's clock may be off after correction, when an observation is held against the session's end.
END_TOLERANCE = timedelta(seconds=5)


@dataclass(frozen=True)
class Claim:
    """An observation with its times put on the server's clock."""

    id: str
    kind: Kind
    reason: str | None
    started_at: datetime
    ended_at: datetime | None
    confidence: float
    detail: dict[str, Any]


@dataclass(frozen=True)
class IncidentRecord:
    """One incident as everything downstream reads it: console, JSON, CSV and PDF."""

    id: str
    number: int
    kind: str
    reason: str | None
    started_at: datetime
    ended_at: datetime | None
    confidence: float
    detail: dict[str, Any]
    source: str
    observations: tuple[str, ...] = ()
    late: bool = False
    verdict: str | None = None
    verdict_note: str | None = None
    verdict_by: str | None = None
    verdict_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether what it is about still goes on."""
        return self.ended_at is None

    @property
    def counts(self) -> bool:
        """Whether it counts: it does until a person dismisses it."""
        return self.verdict != Verdict.DISMISSED

    def duration_seconds(self, now: datetime) -> float:
        """How long it lasted, or has lasted until `now`."""
        return max(0.0, ((self.ended_at or now) - self.started_at).total_seconds())


@dataclass
class Ledger:
    """A session's incidents, in memory, exactly as they are stored."""

    session_id: str
    ended_at: datetime | None = None
    finalised: bool = False
    unagreed: tuple[Span, ...] = ()
    incidents: dict[str, IncidentRecord] = field(default_factory=dict)
    incident_of: dict[str, str] = field(default_factory=dict)
    latest: dict[tuple[str, str | None], str] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    last_number: int = 0
    # What is watched for when; None where everything is. And the observations that count for nothing, with their ends.
    course: Course | None = None
    aside: dict[str, datetime | None] = field(default_factory=dict)

    def put(self, record: IncidentRecord) -> None:
        """Take in a new or changed incident."""
        before = self.incidents.get(record.id)
        if before is not None and before.counts:
            self.tally[before.kind] -= 1
        if record.counts:
            self.tally[record.kind] += 1
        self.incidents[record.id] = record
        self.last_number = max(self.last_number, record.number)
        latest = self.incidents.get(self.latest.get((record.kind, record.reason), ""))
        # A person may judge an older one while the latest still goes on.
        if latest is None or latest.started_at <= record.started_at:
            self.latest[record.kind, record.reason] = record.id
        for observation_id in record.observations:
            self.incident_of[observation_id] = record.id

    def has_heard(self, observation_id: str) -> bool:
        """Whether the observation is stored already."""
        return observation_id in self.incident_of or observation_id in self.aside


def ledger_of(
    session_id: str,
    ended_at: datetime | None,
    finalised: bool,
    records: Iterable[IncidentRecord],
    unagreed: tuple[Span, ...] = (),
) -> Ledger:
    """The ledger that holds `records`."""
    ledger = Ledger(session_id, ended_at, finalised, unagreed)
    for record in sorted(records, key=lambda record: record.number):
        ledger.put(record)
    return ledger


def plausible(claim: Claim, received_at: datetime) -> Claim:
    """`claim` with instants that no clock can have meant put to the moment it was received, and marked so.

    It is kept: something was seen. But an incident from 1970 to 2100 would swallow every later one of its kind.
    """
    ends = claim.ended_at or claim.started_at
    if received_at - FAR <= claim.started_at and ends <= received_at + FAR:
        return claim
    ended_at = received_at if claim.ended_at else None
    return replace(claim, started_at=received_at, ended_at=ended_at, detail={**claim.detail, "time_unclear": True})


def decide(ledger: Ledger, claim: Claim, source: Source = Source.CANDIDATE) -> IncidentRecord | None:
    """The incident as `claim` makes or changes it, or None when it says nothing new. `source` is whose claim it is.

    A claim that is known by its id goes on with its incident: it closes it, or turns a face that is not visible
    into an absence. A new claim that follows closely on an incident of its kind goes on with that one. Any other
    claim opens a new incident. Raises `ended` when the claim is about a time after the session's end,
    `consent_withdrawn` when it is about one that the candidate did not agree to, and `invalid` when it turns one kind
    into another.
    """
    claim = within(ledger, claim)
    known = ledger.incident_of.get(claim.id)
    if known is not None:
        return _continued(ledger.incidents[known], claim, ledger.finalised)
    near = _near(ledger, claim)
    if near is not None:
        return _joined(near, claim)
    return IncidentRecord(
        id=claim.id,
        number=ledger.last_number + 1,
        kind=claim.kind,
        reason=claim.reason,
        started_at=claim.started_at,
        ended_at=claim.ended_at,
        confidence=claim.confidence,
        detail=claim.detail,
        source=source,
        observations=(claim.id,),
        late=ledger.finalised,
    )


def within(ledger: Ledger, claim: Claim) -> Claim:
    """`claim` without the time after the end and that for which consent was withdrawn. Raises as `decide`."""
    claim = _agreed_to(claim, ledger.unagreed)
    return claim if ledger.ended_at is None else _within_session(claim, ledger.ended_at)


def _agreed_to(claim: Claim, unagreed: tuple[Span, ...]) -> Claim:
    """`claim` without the time for which consent was withdrawn."""
    for since, until in unagreed:
        if claim.started_at < since:
            if claim.ended_at is None or claim.ended_at > since:
                return replace(claim, ended_at=since)
        elif until is None or (claim.ended_at is not None and claim.ended_at <= until):
            raise agreement.refusal()
        elif claim.started_at < until:
            claim = replace(claim, started_at=until)
    return claim


def _within_session(claim: Claim, ended_at: datetime) -> Claim:
    if claim.started_at > ended_at + END_TOLERANCE:
        raise ended()
    started_at = min(claim.started_at, ended_at)
    closes_at = min(claim.ended_at, ended_at) if claim.ended_at else ended_at
    return replace(claim, started_at=started_at, ended_at=max(closes_at, started_at))


def _continued(record: IncidentRecord, claim: Claim, late: bool) -> IncidentRecord | None:
    upgraded = (record.kind, record.reason, claim.kind) == (Kind.FOCUS_LOSS, Reason.FACE_NOT_VISIBLE, Kind.ABSENCE)
    # A repeat of the opening after the upgrade, as a browser that missed the acknowledgement sends it.
    stale = (record.kind, claim.kind, claim.reason) == (Kind.ABSENCE, Kind.FOCUS_LOSS, Reason.FACE_NOT_VISIBLE)
    if claim.kind != record.kind and not upgraded and not stale:
        raise invalid("kind", f"This observation was opened as {record.kind} and cannot become {claim.kind}.")
    if stale and claim.ended_at is None:
        return None
    changed = replace(record, ended_at=_end_after(record, claim))
    if upgraded:
        # Whoever dismissed a face that was not visible for a moment has not judged that nobody was there.
        changed = judged(replace(changed, kind=claim.kind, reason=None), None, None, None, None)
    if not stale and (upgraded or claim.ended_at is not None):
        # What was said of a face that was not visible does not hold for an absence.
        before = {} if upgraded else record.detail
        known = {key: value for key, value in before.items() if key != "closed_by" or changed.is_open}
        changed = replace(changed, detail={**known, **claim.detail}, confidence=claim.confidence)
    if changed == record:
        return None
    return replace(changed, late=record.late or late)


def _end_after(record: IncidentRecord, claim: Claim) -> datetime | None:
    """When `record` ends, now that `claim` is heard. Only the newest of several observations closes an open one."""
    if claim.ended_at is None:
        return record.ended_at
    if record.ended_at is None:
        return claim.ended_at if claim.id == record.observations[-1] else None
    return claim.ended_at if len(record.observations) == 1 else max(record.ended_at, claim.ended_at)


def _near(ledger: Ledger, claim: Claim) -> IncidentRecord | None:
    """The incident of the same kind that `claim` goes on with. One that a person judged stays as it was judged."""
    latest = ledger.latest.get((claim.kind, claim.reason))
    if latest is None:
        return None
    record = ledger.incidents[latest]
    if record.kind != claim.kind:
        return None  # It has become an absence since.
    if record.verdict is not None or claim.started_at < record.started_at:
        return None
    if record.ended_at is None or claim.started_at - record.ended_at < MERGE_GAP:
        return record
    return None


def _joined(record: IncidentRecord, claim: Claim) -> IncidentRecord:
    """`record` as one with the claim; it is open while either is."""
    both_ended = record.ended_at is not None and claim.ended_at is not None
    return replace(
        record,
        ended_at=max(record.ended_at, claim.ended_at) if both_ended else claim.ended_at,  # type: ignore[type-var]
        observations=(*record.observations, claim.id),
        confidence=max(record.confidence, claim.confidence),
    )


def closed(record: IncidentRecord, at: datetime, by: str = "session_end") -> IncidentRecord:
    """An open incident, closed by the server: at the session's end, or when consent was withdrawn."""
    return replace(record, ended_at=max(record.started_at, at), detail={**record.detail, "closed_by": by})


def judged(
    record: IncidentRecord, verdict: Verdict | None, note: str | None, by: str | None, at: datetime | None
) -> IncidentRecord:
    """The incident with a person's verdict on it, or with none."""
    return replace(record, verdict=verdict, verdict_note=note, verdict_by=by, verdict_at=at)


def ended() -> ProctorError:
    """What is told to a candidate's page that reports something after the end."""
    return conflict("ended", "The interview was over when this happened, so it is not recorded.")
