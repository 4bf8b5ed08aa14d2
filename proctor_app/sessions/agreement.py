"""What the candidate answered to being watched, answer by answer, and what follows from it at a moment.

Every answer is kept with its time and the text it was given to; the last one holds. While a consent that was given is
withdrawn the call goes on, and nothing of that time is watched, taken or kept.
"""

from collections.abc import Iterable
from datetime import datetime

from proctor_app import clock
from proctor_app.chain import service as chain
from proctor_app.errors import ProctorError, conflict
from proctor_app.sessions import presence
from proctor_app.sessions.kinds import Decision, Status
from proctor_app.sessions.models import Consent, Session, Transition

# Why an incident that was going on has its end.
CLOSED_BY = "consent_withdrawn"
# From when to when, the end being None while it lasts.
Span = tuple[datetime, datetime | None]


def store(session: Session, answer: Consent) -> None:
    """Put an answer on record, and tell those who show it."""
    with chain.attempt(chain.part(session.id, "consent", {"consent": answer.to_mongo().to_dict()})) as undo:
        if not session.modify(set__consent=answer, push__decisions=answer):
            undo()
    action = f"consent_{answer.decision}"
    chain.save(Transition(session=session.id, action=action, by="candidate", at=answer.decided_at), "transition")
    presence.announce(session.id)


def withdraw(session: Session) -> None:
    """The candidate takes back what they agreed to, in the call. A repeat changes nothing.

    Raises `ended`, and `not_live` before the call, where declining is the word for it.
    """
    if session.status == Status.ENDED:
        raise conflict("ended", "The interview is over, and nothing is watched any more.")
    if session.status != Status.LIVE or session.consent is None:
        raise conflict("not_live", "The interview has not begun, so nothing is watched. You can decline instead.")
    given = session.consent
    if given.decision != Decision.ACCEPTED:
        return
    now = clock.now()
    store(
        session,
        Consent(decision=Decision.WITHDRAWN, version=given.version, text=given.text, decided_at=now, source="page"),
    )


def is_withdrawn(session: Session) -> bool:
    """Whether the candidate is in the call without being watched, because they took their consent back."""
    return session.consent is not None and session.consent.decision == Decision.WITHDRAWN


def unagreed(session: Session) -> tuple[Span, ...]:
    """The stretches of the call for which the candidate had withdrawn their consent."""
    return spans_of((one.decision, one.decided_at) for one in session.decisions)


def spans_of(decisions: Iterable[tuple[str, datetime]]) -> tuple[Span, ...]:
    """From each withdrawal to the next agreement, of (decision, at) in order."""
    spans: list[Span] = []
    for decision, at in decisions:
        is_open = bool(spans) and spans[-1][1] is None
        if decision == Decision.WITHDRAWN and not is_open:
            spans.append((at, None))
        elif decision == Decision.ACCEPTED and is_open:
            spans[-1] = (spans[-1][0], at)
    return tuple(spans)


def refusal() -> ProctorError:
    """What is told to a page that reports something of a time for which consent was withdrawn."""
    return conflict("consent_withdrawn", "The candidate had withdrawn their consent, so nothing of this is recorded.")
