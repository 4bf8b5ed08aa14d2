"""How often a page may say what. One that floods is slowed and told; its neighbours notice nothing.

Each person in a session has a bucket of tokens for each kind of message: a message takes one, time brings them back.
The buckets are the person's, not the connection's, so that connecting again fills none. The limits lie where no page of
ours comes: a candidate who was offline for an hour delivers everything at once.

    message        at once    then a second    the most that our pages send
    observation    6000       50               2000, from a full outbox
    evidence         80        2               60, from a full outbox
    heartbeat        60        2               one in 2 s; those of 20 s at once after a network that stood still
    second_look      60        4               one a second
    signal         4000      100               some 40 for a connection that is made
    chat             30        2               as fast as somebody types
    others           60        4               a few
"""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """`burst` messages at once, then `per_second`."""

    burst: float
    per_second: float


LIMITS = {
    "observation": Limit(6000, 50),
    "evidence": Limit(80, 2),
    "heartbeat": Limit(60, 2),
    "second_look": Limit(60, 4),
    "signal": Limit(4000, 100),
    "chat": Limit(30, 2),
}
OTHERS = Limit(60, 4)
# Of one connection, whatever it sends, also what is no event; a large message counts as several.
PACKETS = Limit(12_000, 300)
PACKET_BYTES = 16 * 1024
# A page that was told to wait and does not is read no faster than this: the network holds back what it sends.
PAUSE_SECONDS = 0.25
TOLD_EVERY_SECONDS = 60.0
MOST_KEPT = 50_000


@dataclass
class Bucket:
    """Tokens of one kind. `at` is a moment on a clock that only goes forward, in seconds."""

    limit: Limit
    at: float
    tokens: float = field(init=False)
    told_at: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.limit.burst

    def take(self, now: float, count: float = 1) -> float:
        """Take `count` tokens and return 0; or take none and return the seconds until they are there."""
        self.tokens, self.at = self.level(now), now
        if self.tokens >= count:
            self.tokens -= count
            return 0.0
        return (count - self.tokens) / self.limit.per_second

    def level(self, now: float) -> float:
        """How many tokens there are."""
        return min(self.limit.burst, self.tokens + (now - self.at) * self.limit.per_second)

    def is_news(self, now: float) -> bool:
        """Whether the log has not been told lately."""
        if self.told_at is not None and now - self.told_at < TOLD_EVERY_SECONDS:
            return False
        self.told_at = now
        return True


class Pace:
    """The buckets of everybody who is connected, and of those who left while theirs were not full."""

    def __init__(self) -> None:
        self._whose: dict[str, str] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._lock = threading.Lock()

    def enter(self, sid: str, whose: str) -> None:
        """The socket `sid` belongs to a person, named so that it is the same name on the next connection."""
        self._whose[sid] = whose

    def leave(self, sid: str) -> None:
        """The socket is gone."""
        self._whose.pop(sid, None)

    def take(self, sid: str, event: str, now: float) -> tuple[float, Bucket]:
        """Count a message: seconds that its sender has to wait, 0 for none; and the bucket that says so."""
        key = (self._whose.get(sid, sid), event)
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                if len(self._buckets) >= MOST_KEPT:
                    self._forget_full(now)
                bucket = self._buckets[key] = Bucket(LIMITS.get(event, OTHERS), now)
            return bucket.take(now), bucket

    def _forget_full(self, now: float) -> None:
        """A bucket that is full is like one that was never asked for."""
        self._buckets = {key: one for key, one in self._buckets.items() if one.level(now) < one.limit.burst}
