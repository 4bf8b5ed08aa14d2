"""Pure decisions about sessions: who may do what when, and how ids are made."""

import secrets

from proctor_app.errors import ProctorError, conflict
from proctor_app.sessions.kinds import Action, Status

TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.SCHEDULED, Action.START): Status.LIVE,
    (Status.SCHEDULED, Action.END): Status.ENDED,
    (Status.LIVE, Action.END): Status.ENDED,
}
REFUSALS = {
    Action.START: ("cannot_start", "This interview has already started or is over."),
    Action.END: ("already_ended", "This interview has already ended."),
}

# Proquints (Wilkerson 2009): 16 bits as consonant, vowel, consonant, vowel, consonant, easy to read out.
CONSONANTS = "bdfghjklmnprstvz"
VOWELS = "aiou"
ID_WORDS = 4


def next_status(status: Status, action: Action) -> Status:
    """The status after `action`. Raises a conflict when the action makes no sense now."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise refusal(action) from None


def refusal(action: Action) -> ProctorError:
    """The one error for an action that came too late."""
    return conflict(*REFUSALS[action])


def new_session_id() -> str:
    """64 random bits as four pronounceable words, such as `lusab-babad-gutih-tugad`."""
    return "-".join(proquint(secrets.randbits(16)) for _ in range(ID_WORDS))


def proquint(word: int) -> str:
    """The five letters that stand for the 16-bit number `word`."""
    return (
        CONSONANTS[word >> 12 & 15]
        + VOWELS[word >> 10 & 3]
        + CONSONANTS[word >> 6 & 15]
        + VOWELS[word >> 4 & 3]
        + CONSONANTS[word & 15]
    )
