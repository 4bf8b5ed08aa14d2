"""How the candidate's link stands, in words for the interviewer."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from proctor_app.sessions import links
from proctor_app.sessions.kinds import LinkState, LinkUse
from proctor_app.sessions.models import Session


@dataclass(frozen=True)
class LinkView:
    """The link's state, and what it means now."""

    state: LinkState
    words: str

    @property
    def opens(self) -> bool:
        """Whether there is anything to send: the link leads to the interview, or at least to its door."""
        return self.state in (LinkState.FRESH, LinkState.USED)


def link_view(session: Session, now: datetime, zone: tzinfo | None) -> LinkView:
    """The session's link at this moment."""
    state = links.state(session, now)
    if state == LinkState.FRESH:
        words = f"Opens for the first browser that uses it, until {_written(links.expires_at(session), zone)}."
    elif state == LinkState.EXPIRED:
        words = (
            f"Nobody opened it until {_written(links.expires_at(session), zone)}, so it opens no more. Make a new one."
        )
    elif state == LinkState.WITHDRAWN:
        words = f"Withdrawn at {_written(session.invite_withdrawn_at, zone)}. A new link lets the candidate in again."
    else:
        by = "by a program" if session.invite_used_by == LinkUse.PROGRAM else "in one browser"
        at = _written(session.invite_used_at, zone)
        words = f"Opened {by}, {at}. Whoever opens it elsewhere asks you to be let in."
    return LinkView(state, words)


def _written(at: datetime, zone: tzinfo | None) -> str:
    return f"{at.astimezone(zone):%-d %B %Y, %H:%M %Z}"
