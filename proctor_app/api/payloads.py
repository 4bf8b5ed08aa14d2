"""What programs send to the JSON API, checked field by field before anything else sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from proctor_app.errors import ProctorError, invalid

# How far the clock of a program that vouches for a consent may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)
TITLE_LENGTH = NAME_LENGTH = 200
EMAIL_LENGTH = 254
VERSION_LENGTH = 100
NOTE_LENGTH = 1000
CODE_LENGTH = 40


@dataclass(frozen=True)
class NewSession:
    """The body of `POST /sessions`. `consent` is (version of the text, when it was accepted)."""

    title: str
    candidate_name: str
    candidate_email: str
    policy: str
    scheduled_for: datetime | None
    consent: tuple[str, datetime] | None
    accommodation: str

    @classmethod
    def parse(cls, raw: Any, now: datetime) -> "NewSession":
        """Check a body. Raises `invalid`, naming the field by its path, such as `candidate.email`."""
        body = mapping(raw, "body")
        candidate = mapping(body.get("candidate"), "candidate")
        return cls(
            title=_text(body, "title", TITLE_LENGTH),
            candidate_name=_text(candidate, "name", NAME_LENGTH, "candidate."),
            candidate_email=_email(candidate, "candidate."),
            policy="classic" if body.get("policy") is None else _text(body, "policy", NAME_LENGTH),
            scheduled_for=None if body.get("scheduled_for") is None else _instant(body, "scheduled_for"),
            consent=None if body.get("consent") is None else _consent(mapping(body["consent"], "consent"), now),
            accommodation="" if body.get("accommodation") is None else _text(body, "accommodation", CODE_LENGTH),
        )


@dataclass(frozen=True)
class Verdict:
    """The body of a review: `verdict` is confirmed, dismissed or none; the service checks the word."""

    verdict: str
    note: str | None

    @classmethod
    def parse(cls, raw: Any) -> "Verdict":
        """Check a body. Raises `invalid`, naming the field."""
        body = mapping(raw, "body")
        note = None if body.get("note") is None else _text(body, "note", NOTE_LENGTH, empty=True)
        return cls(_text(body, "verdict", NAME_LENGTH), note)


def phase(raw: Any) -> str:
    """The body that marks a phase: its name, or "" for null, which ends one. The service checks the word."""
    body = mapping(raw, "body")
    return "" if "phase" in body and body["phase"] is None else _text(body, "phase", NAME_LENGTH, empty=True)


def mapping(value: Any, path: str) -> dict[str, Any]:
    """A JSON object. Raises `invalid`."""
    if not isinstance(value, dict):
        what = "The body must be a JSON object." if path == "body" else f"{path} must be an object."
        raise invalid(path, what if value is not None or path == "body" else f"{path} is missing.")
    return value


def _text(data: dict[str, Any], name: str, most: int, under: str = "", *, empty: bool = False) -> str:
    path, value = under + name, data.get(name)
    if value is None:
        raise invalid(path, f"{path} is missing.")
    if not isinstance(value, str):
        raise invalid(path, f"{path} must be text.")
    value = value.strip()
    if not value and not empty:
        raise invalid(path, f"{path} is empty.")
    if len(value) > most:
        raise invalid(path, f"{path} holds {most} characters at most.")
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise invalid(path, f"{path} holds a character that is no text.")
    return value


def _email(data: dict[str, Any], under: str) -> str:
    """An address, or nothing: the candidate can be given the link in another way."""
    if data.get("email") is None:
        return ""
    value = _text(data, "email", EMAIL_LENGTH, under)
    user, at, domain = value.rpartition("@")
    if not (user and at and domain) or any(c.isspace() or c in "<>,;" for c in value):
        raise invalid(f"{under}email", f"{under}email is not an e-mail address such as name@example.org.")
    return value


def _instant(data: dict[str, Any], name: str, under: str = "") -> datetime:
    path = under + name
    text = _text(data, name, 40, under)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(path, f"{path} must be an ISO 8601 instant such as 2026-11-24T10:36:52Z.") from None
    if instant.tzinfo is None:
        raise invalid(path, f"{path} must name its time zone, such as 2026-11-24T10:36:52Z.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise invalid(path, f"{path} lies too far away.") from None


def _consent(data: dict[str, Any], now: datetime) -> tuple[str, datetime]:
    version = _text(data, "version", VERSION_LENGTH, "consent.")
    accepted_at = _instant(data, "accepted_at", "consent.")
    if accepted_at > now + CLOCKS_DIFFER:
        raise invalid("consent.accepted_at", "consent.accepted_at lies in the future: a consent must have been given.")
    return version, accepted_at


def wait_seconds(text: str | None, most: float) -> float:
    """The query's `wait`: seconds from 0 to `most`, which is also what silence means. Raises `invalid`."""
    if text is None:
        return most
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= most:
        raise invalid("wait", f"wait must be a number of seconds from 0 to {most:g}.")
    return seconds


def whole(text: str | None, name: str, default: int, most: int) -> int:
    """A whole number of the query, from 1 to `most`. Raises `invalid`."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= most:
        raise invalid(name, f"{name} must be a whole number from 1 to {most}.")
    return int(text)


def unreadable() -> ProctorError:
    """The body is no JSON at all."""
    return ProctorError("invalid_json", "The body is not JSON. Send an object as application/json.", field="body")
