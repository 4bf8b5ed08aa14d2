"""Use cases of reviews: confirm, dismiss, take back; and the score that follows from them."""

from proctor_app import clock
from proctor_app.audit import service as audit
from proctor_app.audit.kinds import Action
from proctor_app.chain import service as chain
from proctor_app.errors import invalid
from proctor_app.incidents import service as incidents
from proctor_app.incidents.kinds import Verdict
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.reviews import rules
from proctor_app.reviews.models import Review
from proctor_app.reviews.rules import Score
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

VERDICTS = (*Verdict, "none")
NOTE_LENGTH = 1000


def review(session: Session, incident_id: str, verdict: str, note: str | None, by: str) -> IncidentRecord:
    """A person's verdict on an incident: `confirmed`, `dismissed` (with a reason), or `none` to take it back.

    The same verdict again changes nothing. Raises `not_found` and `invalid`.
    """
    note = (note or "").strip() or None
    if verdict not in VERDICTS:
        raise invalid("verdict", f"verdict must be one of: {', '.join(VERDICTS)}.")
    if verdict == Verdict.DISMISSED and note is None:
        raise invalid("note", "Say in a few words why this incident does not count.")
    if note is not None and len(note) > NOTE_LENGTH:
        raise invalid("note", f"The reason holds {NOTE_LENGTH} characters at most.")
    before = incidents.get(session.id, incident_id)
    if (before.verdict or "none", before.verdict_note) == (verdict, note):
        return before
    now = clock.now()
    audit.record(Action.REVIEWED, by, session.id, incident=incident_id, verdict=verdict)
    new = Review(session=session.id, incident=incident_id, verdict=verdict, note=note, by=by, at=now)
    chain.save(new, "review")
    if verdict == "none":
        return incidents.set_verdict(session.id, incident_id, None, None, None, None)
    return incidents.set_verdict(session.id, incident_id, Verdict(verdict), note, by, now)


def history_of(session_id: str, incident_id: str) -> list[Review]:
    """Every verdict on one incident, first to last."""
    return list(Review.objects(session=session_id, incident=incident_id).order_by("at", "id"))


def score_for(session: Session) -> Score:
    """The session's integrity score as everything stored at this moment makes it."""
    return rules.integrity_score(incidents.counts_for(session.id), sessions.policy_of(session))
