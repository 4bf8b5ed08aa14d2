"""Words of a session's life, stored keys with their labels."""

from enum import StrEnum


class Status(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"


STATUS_LABELS = {Status.SCHEDULED: "Scheduled", Status.LIVE: "Live", Status.ENDED: "Ended"}


class Action(StrEnum):
    """What moves a session on."""

    START = "start"
    END = "end"


class Decision(StrEnum):
    """What the candidate said to being watched: before the call, and while it goes on."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class KnockStatus(StrEnum):
    """How a knock at the door went."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REFUSED = "refused"


class LinkState(StrEnum):
    """What a candidate's link is good for at this moment."""

    FRESH = "fresh"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class LinkUse(StrEnum):
    """Who was the first to use a link: a browser, which keeps a cookie, or a program, which keeps the token."""

    PAGE = "page"
    PROGRAM = "program"


class CandidateState(StrEnum):
    """Where the candidate is at this moment, as both sides see it."""

    INVITED = "invited"
    KNOCKING = "knocking"
    CONSENTING = "consenting"
    DECLINED = "declined"
    CHECKING = "checking"
    IN_CALL = "in_call"
    RECONNECTING = "reconnecting"
    LEFT = "left"
    OFFLINE = "offline"


CANDIDATE_STATE_LABELS = {
    CandidateState.INVITED: "Has not opened the link yet",
    CandidateState.KNOCKING: "Knocks at the door",
    CandidateState.CONSENTING: "Reads what is watched",
    CandidateState.DECLINED: "Declined to be watched",
    CandidateState.CHECKING: "Checks camera and microphone",
    CandidateState.IN_CALL: "In the call",
    CandidateState.RECONNECTING: "Connection lost, coming back",
    CandidateState.LEFT: "Left the call",
    CandidateState.OFFLINE: "Not connected",
}
