"""Wall time. The only module that reads it, so that tests and rules can be handed any instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present instant: aware, UTC, cut to milliseconds, which is all that BSON dates keep."""
    instant = _told.get() or datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Have `now()` say `instant` in this context: for tests, and for sample data that lies in the past."""
    token = _told.set(instant)
    try:
        yield
    finally:
        _told.reset(token)


def from_ms(milliseconds: float) -> datetime:
    """The instant that lies `milliseconds` after the epoch, aware and in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_ms(instant: datetime) -> int:
    """Milliseconds since the epoch of an aware instant."""
    return round(instant.timestamp() * 1000)


def to_iso(instant: datetime | None) -> str | None:
    """How programs get an instant: ISO 8601 in UTC with milliseconds, `2026-11-24T10:36:52.123Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if instant else None
