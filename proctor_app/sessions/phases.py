"""Use cases of an interview's phases: the interviewer marks one, and each relaxes what it asks of the candidate."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from proctor_app.chain import service as chain
from proctor_app.errors import conflict, invalid
from proctor_app.policies import rules as policy_rules
from proctor_app.policies.kinds import Phase
from proctor_app.policies.rules import Policy, Relief
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import PhaseMark, Session

# From when to when; the end is None while it goes on.
Span = tuple[datetime, datetime | None]
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PhaseSpan:
    """A stretch of the interview that the interviewer marked. `ended_at` is None while it goes on."""

    phase: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Course:
    """What is watched for over the whole of an interview: `policy` as such, and from each moment on what holds then.

    `stretches` are in order, and the first one begins before everything. Pure.
    """

    policy: Policy
    stretches: tuple[tuple[datetime, Policy], ...]
    # Asked with every observation.
    _watched: dict[tuple[str, ...], list[Span]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The seconds after which each detector notes. Phases do not change them, accommodations do."""
        return self.stretches[0][1].thresholds

    def watched(self, *detectors: str) -> list[Span]:
        """From when to when one of the detectors was used at least, in order."""
        spans = self._watched.get(detectors)
        if spans is None:
            spans = self._where(lambda policy: any(key in policy.detectors for key in detectors))
            self._watched[detectors] = spans
        return spans

    @property
    def breaks(self) -> list[Span]:
        """From when to when a phase left nothing to watch for. A policy that never watches has none."""
        return self._where(lambda policy: not policy.detectors) if self.policy.detectors else []

    def _where(self, holds: Callable[[Policy], bool]) -> list[Span]:
        spans: list[Span] = []
        for at, policy in self.stretches:
            is_open = bool(spans) and spans[-1][1] is None
            if holds(policy) and not is_open:
                spans.append((at, None))
            elif is_open and not holds(policy):
                spans[-1] = (spans[-1][0], at)
        return spans


def course(policy: Policy, relief: Relief | None, marks: Iterable[tuple[str | None, datetime]]) -> Course:
    """The course of an interview with these phases, each a phase or None with the moment that it holds from. Pure."""
    stretches = [(ALWAYS, policy_rules.effective(policy, relief))]
    for phase, at in marks:
        # A grace that the next mark cuts short never came to its end.
        stretches = [one for one in stretches if one[0] < at]
        grace = policy_rules.grace_left(policy, phase, at, at)
        if grace:
            stretches.append((at, policy_rules.effective(policy, relief, phase, in_grace=True)))
        stretches.append((at + grace, policy_rules.effective(policy, relief, phase)))
    return Course(policy, tuple(stretches))


def mark(session: Session, phase: str, by: str, at: datetime) -> bool:
    """From now on it is `phase`, or none (""). False when it is already; a question again is another question.

    Raises `invalid` for a word that is no phase and `not_live` outside of the call.
    """
    if phase and phase not in set(Phase):
        raise invalid("phase", f"phase must be one of: {', '.join(Phase)}; or empty, for none.")
    if session.status != Status.LIVE:
        raise conflict("not_live", "Phases can be marked while the interview is on. It is not on at this moment.")
    before = current(session.id, at)
    if (before.phase if before else "") == phase and phase != Phase.QUESTION:
        return False
    chain.save(PhaseMark(session=session.id, phase=phase or None, by=by, at=at), "phase_mark")
    return True


def current(session_id: str, at: datetime) -> PhaseMark | None:
    """The mark that holds at a moment, or None where there is no phase then."""
    found = PhaseMark._get_collection().find({"session": session_id, "at": {"$lte": at}}).sort("at", -1).limit(1)
    last = next(iter(found), None)
    return PhaseMark._from_son(last) if last and last.get("phase") else None


def grace_left(policy: Policy, holding: PhaseMark | None, now: datetime) -> timedelta:
    """How much of the time to think after a question is left, where that phase holds."""
    phase, since = (holding.phase, holding.at) if holding else (None, None)
    return policy_rules.grace_left(policy, phase, since, now)


def spans_of(session_id: str, ended_at: datetime | None) -> list[PhaseSpan]:
    """The marked stretches of the interview, in order; the last one is over when the interview is."""
    marks = list(PhaseMark.objects(session=session_id).order_by("at", "id"))
    ends = [*(one.at for one in marks[1:]), ended_at]
    return [PhaseSpan(one.phase, one.at, end) for one, end in zip(marks, ends, strict=False) if one.phase]


def marks_of(session_ids: Iterable[str]) -> dict[str, list[tuple[str | None, datetime]]]:
    """The marks of each interview in order, as `course` takes them; one query however many there are."""
    marks: defaultdict[str, list[tuple[str | None, datetime]]] = defaultdict(list)
    found = PhaseMark._get_collection().find({"session": {"$in": list(session_ids)}})
    for one in found.sort([("session", 1), ("at", 1), ("_id", 1)]):
        marks[one["session"]].append((one.get("phase"), one["at"]))
    return marks
