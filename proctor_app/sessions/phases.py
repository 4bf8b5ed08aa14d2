"""Use cases of an interview's phases: the interviewer marks one, and each relaxes what it asks of the candidate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from proctor_app.errors import conflict, invalid
from proctor_app.policies import rules as policy_rules
from proctor_app.policies.kinds import Phase
from proctor_app.policies.rules import Policy
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import PhaseMark, Session


@dataclass(frozen=True)
class PhaseSpan:
    """A stretch of the interview that the interviewer marked. `ended_at` is None while it goes on."""

    phase: str
    started_at: datetime
    ended_at: datetime | None


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
    PhaseMark(session=session.id, phase=phase or None, by=by, at=at).save(force_insert=True)
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
