"""Pure decisions about sessions: who may do what when, and how ids are made."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

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

# What fetches a link only to show what is behind it: chats' previews, mail scanners that say who they are.
PREVIEWERS = re.compile(r"(?<!cu)bot\b|crawler|spider|preview|facebookexternalhit|whatsapp|slack-imgproxy", re.I)

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


def link_expires_at(made_at: datetime, scheduled_for: datetime | None, days: int) -> datetime:
    """Until when a link is to be opened: so many days after it was made, or after the planned time where later."""
    return max(made_at, scheduled_for or made_at) + timedelta(days=days)


def is_only_a_look(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request for a link comes from a program that looks ahead: it must not use up what works once."""
    purpose = headers.get("Sec-Purpose", "") + headers.get("Purpose", "") + headers.get("X-Moz", "")
    looks_ahead = "prefetch" in purpose or "preview" in purpose
    return method != "GET" or looks_ahead or bool(PREVIEWERS.search(headers.get("User-Agent", "")))


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
