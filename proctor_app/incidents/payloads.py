"""What the candidate's browser sends, parsed and checked before anything else sees it."""

import json
import re
from dataclasses import dataclass
from typing import Any

from proctor_app.errors import invalid
from proctor_app.incidents.kinds import CLAIMED_BY_CANDIDATE, REASONS_OF, Kind

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
WORD = re.compile(r"[a-z_]{1,40}")
# The range that both JavaScript numbers and dates in the database can hold: to the year 2100.
LAST_MS = 4_102_444_800_000
LAST_SEQ = 2**53 - 1
DETAIL_BYTES = 2048
# Sides of the candidate, on which their notes may lie.
NOTES_SIDES = ("left", "right", "down")
WATCH_STATES = ("starting", "watching", "could_not_tell", "paused", "failed")


@dataclass(frozen=True)
class ObservationPayload:
    """One `observation` message. Times are milliseconds on the candidate's clock."""

    id: str
    seq: int
    kind: Kind
    reason: str | None
    started_ms: int
    ended_ms: int | None
    confidence: float
    detail: dict[str, Any]

    @classmethod
    def parse(cls, raw: Any) -> "ObservationPayload":
        """Check a message from the wire. Raises `invalid`, naming the field."""
        data = _mapping(raw)
        kind = _kind(data.get("kind"))
        started = _integer(data, "started_at", 0, LAST_MS)
        ended = None if data.get("ended_at") is None else _integer(data, "ended_at", 0, LAST_MS)
        if ended is not None and ended < started:
            raise invalid("ended_at", "ended_at lies before started_at.")
        return cls(
            id=_uuid(data.get("id")),
            seq=_integer(data, "seq", 0, LAST_SEQ),
            kind=kind,
            reason=_reason(kind, data.get("reason")),
            started_ms=started,
            ended_ms=ended,
            confidence=_number(data, "confidence", 0, 1),
            detail=_detail(data.get("detail", {})),
        )


@dataclass(frozen=True)
class HeartbeatPayload:
    """One `heartbeat` message: how the monitoring goes at this moment."""

    at_ms: int
    fps: float
    frame_ms: float
    faces: int
    state: str
    reason: str | None
    since_ms: int | None
    speech: str | None = None
    objects: str | None = None
    notes: str | None = None
    target_fps: float | None = None
    slowed_by: str | None = None

    @classmethod
    def parse(cls, raw: Any) -> "HeartbeatPayload":
        """Check a message from the wire. Raises `invalid`, naming the field."""
        data = _mapping(raw)
        state = data.get("state")
        if state not in WATCH_STATES:
            raise invalid("state", f"state must be one of: {', '.join(WATCH_STATES)}.")
        since = data.get("since")
        return cls(
            at_ms=_integer(data, "at", 0, LAST_MS),
            fps=_number(data, "fps", 0, 1000),
            frame_ms=_number(data, "frame_ms", 0, 600_000),
            faces=_integer(data, "faces", 0, 1000),
            state=state,
            reason=_word(data, "reason"),
            since_ms=None if since is None else _integer(data, "since", 0, LAST_MS),
            speech=_word(data, "speech"),
            objects=_word(data, "objects"),
            notes=_side(data, "notes"),
            target_fps=None if data.get("target_fps") is None else _number(data, "target_fps", 0, 1000),
            slowed_by=_word(data, "slowed_by"),
        )


@dataclass(frozen=True)
class LookPayload:
    """One `second_look` message: how many faces the picture showed that the interviewer receives."""

    at_ms: int
    faces: int | None

    @classmethod
    def parse(cls, raw: Any) -> "LookPayload":
        """Check a message from the wire. Raises `invalid`, naming the field."""
        data = _mapping(raw)
        reason = _word(data, "could_not_tell")
        return cls(
            at_ms=_integer(data, "at", 0, LAST_MS),
            faces=_integer(data, "faces", 0, 1000) if reason is None else None,
        )


def _mapping(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise invalid("payload", "The message must be an object.")
    return raw


def _word(data: dict[str, Any], field: str) -> str | None:
    value = data.get(field)
    if value is not None and not (isinstance(value, str) and WORD.fullmatch(value)):
        raise invalid(field, f"{field} must be a short word of small letters, or null.")
    return value


def _side(data: dict[str, Any], field: str) -> str | None:
    value = data.get(field)
    if value is not None and value not in NOTES_SIDES:
        raise invalid(field, f"{field} must be one of: {', '.join(NOTES_SIDES)}, or null.")
    return value


def _uuid(value: Any) -> str:
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise invalid("id", "id must be a UUID in small letters.")
    return value


def _kind(value: Any) -> Kind:
    if not isinstance(value, str) or value not in CLAIMED_BY_CANDIDATE:
        raise invalid("kind", "kind is not one that a candidate's browser can report.")
    return Kind(value)


def _reason(kind: Kind, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in REASONS_OF.get(kind, ()):
        raise invalid("reason", f"reason is not one of those of {kind}.")
    return value


def _integer(data: dict[str, Any], field: str, low: int, high: int) -> int:
    return round(_number(data, field, low, high))


def _number(data: dict[str, Any], field: str, low: float, high: float) -> float:
    value = data.get(field)
    # NaN fails the comparison; a bool is an int to Python but not a number to us.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise invalid(field, f"{field} must be a number from {low} to {high}.")
    return value


def _detail(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid("detail", "detail must be an object.")
    for key, item in value.items():
        if not (isinstance(key, str) and WORD.fullmatch(key)) or not _is_plain(item):
            raise invalid("detail", "detail holds plain values under short names of small letters.")
    if len(json.dumps(value)) > DETAIL_BYTES:
        raise invalid("detail", f"detail holds at most {DETAIL_BYTES} bytes.")
    return value


def _is_plain(value: Any) -> bool:
    """Whether JSON and the database both hold the value: one that they refuse would fail a whole group of writes."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    # NaN and infinity fail the comparison.
    return value is None or (isinstance(value, (int, float)) and -LAST_SEQ <= value <= LAST_SEQ)
