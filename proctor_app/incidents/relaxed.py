"""What counts of an observation: only the time in which its kind was watched for. Pure.

The candidate's page applies policy, accommodation and phase itself, and then nothing is left to do here. But a page
that had no connection when a phase was marked goes on noting, and so does one that was patched. What it says is held
against the interview's course, on the server's clock:

- Time in which the kind was not watched for is cut off. What counts is the first stretch of the rest that is as long as
  the threshold: up to the break that it ran into, or from the end of the one in which it began. One observation is one
  incident at the most, however many breaks it spans.
- An absence of which too little is left is still a face that was not visible, if enough is left for that.
- An observation that nothing was cut off of is taken at its word, unless an accommodation has a longer threshold.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from proctor_app.incidents import rules
from proctor_app.incidents.kinds import REASONS_OF, Kind, Reason
from proctor_app.incidents.rules import Claim, IncidentRecord, Ledger
from proctor_app.sessions.phases import Course, Span

# What a page's corrected clock may be off: half the round trip of a line that is still fit to talk over.
CLOCK_ERROR = timedelta(seconds=1)
# Both ends of an observation are rounded to milliseconds, and its page counts from one look to another.
ROUNDING = timedelta(milliseconds=10)


def decide(ledger: Ledger, claim: Claim, heard_at: datetime) -> IncidentRecord | None:
    """As `rules.decide`, for what counts of a candidate's claim that came in at `heard_at`.

    None also when nothing of it counts, or not yet: then the ledger does not know its id.
    """
    claim = rules.within(ledger, claim)
    if claim.ended_at is None and ledger.aside.get(claim.id) is not None:
        return None  # A repeat of the opening, after its closing was too short to count.
    if ledger.course is not None:
        known = ledger.incidents.get(ledger.incident_of.get(claim.id, ""))
        counting = _counting(claim, ledger.course, heard_at, known)
        if counting is None:
            return None
        claim = counting
    return rules.decide(ledger, claim)


def watched_until(record: IncidentRecord, course: Course | None) -> datetime | None:
    """When an open incident stopped being watched for; None while it is."""
    spans = course.watched(*_detectors(record.kind, record.reason)) if course else []
    return next(
        (end for start, end in spans if start <= record.started_at and (end is None or record.started_at < end)), None
    )


def _counting(claim: Claim, course: Course, heard_at: datetime, known: IncidentRecord | None) -> Claim | None:
    """The part of `claim` that counts. Where it has an incident already, the part that goes on with that one."""
    counting, rest = _part(claim, course, heard_at, known)
    if counting is None and claim.kind == Kind.ABSENCE:
        # Also where it was once longer: the incident stays what it has become.
        as_face = replace(claim, kind=Kind.FOCUS_LOSS, reason=Reason.FACE_NOT_VISIBLE)
        counting, face = _part(as_face, course, heard_at, known)
        rest = rest or face
    if counting is not None or known is None:
        return counting
    if claim.kind not in (known.kind, Kind.ABSENCE):
        return claim  # No claim may change its kind, and `rules` says so.
    # An incident that counted is not undone. It ends where what was watched of it did.
    return replace(rest or claim, kind=Kind(known.kind), reason=known.reason)


def _part(
    claim: Claim, course: Course, heard_at: datetime, known: IncidentRecord | None
) -> tuple[Claim | None, Claim | None]:
    """The first part of `claim` that was watched and is long enough, and the first that was watched."""
    detectors = _detectors(claim.kind, claim.reason)
    usual, seconds = (_threshold(one, detectors) for one in (course.policy.thresholds, course.thresholds))
    spans = course.watched(*detectors)
    if known is not None:
        # It goes on with what the incident began in, and with nothing later.
        since = max(claim.started_at, known.started_at)
        spans = [span for span in spans if span[1] is None or since < span[1]][:1]
    first = None
    for span in spans:
        part = _cut(claim, span)
        if part is None:
            continue
        first = first or part
        is_whole = (part.started_at, part.ended_at) == (claim.started_at, claim.ended_at)
        if (is_whole and seconds <= usual) or _lasted(part, claim, heard_at) >= timedelta(seconds=seconds):
            return part, first
    return None, first


def _cut(claim: Claim, span: Span) -> Claim | None:
    """What of `claim` lies in `span`; None where nothing does."""
    start, end = span
    if end is not None and claim.started_at >= end:
        return None
    # What is over at once has no length and lies in a span all the same.
    if claim.ended_at is not None and claim.ended_at <= start and claim.started_at < start:
        return None
    ends = [at for at in (claim.ended_at, end) if at is not None]
    return replace(claim, started_at=max(start, claim.started_at), ended_at=min(ends, default=None))


def _lasted(part: Claim, claim: Claim, heard_at: datetime) -> timedelta:
    """For how long `part` lasted, or surely has until it was heard, with what the clocks may be off."""
    # A page that began with the end of a break may have been put a little before it by its clock.
    is_own = part.started_at - claim.started_at <= CLOCK_ERROR
    start = claim.started_at if is_own else part.started_at
    slack = CLOCK_ERROR if is_own and part.ended_at is None else ROUNDING
    return (part.ended_at or heard_at) - start + slack


def _detectors(kind: str, reason: str | None) -> tuple[str, ...]:
    """What would have to be watched for: one detector, or any of a kind's when its reason is not told."""
    return (reason,) if reason else tuple(REASONS_OF.get(Kind(kind), (kind,)))


def _threshold(seconds: Mapping[str, float], detectors: tuple[str, ...]) -> float:
    # What is noted at once has none.
    return min(seconds.get(key, 0.0) for key in detectors)
