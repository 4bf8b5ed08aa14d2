"""`monitoring_gap`: a page that answers while its monitor says nothing. Pure.

A lost connection is not a silent monitor. The server asks every page for a sign of life every few seconds, and the
messages of one connection keep their order: a page that answered after the time of several heartbeats has sent none.
Only such time counts. Where the connection itself gave no sign, or the server was down or held up, nobody can say
what the monitor did: that is a network gap, which is no incident.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# The server looks every second. A longer pause between two looks means that it did nothing else either meanwhile, and
# that heartbeats and signs of life wait to be read.
HELD_UP = timedelta(seconds=3)


@dataclass(frozen=True)
class Rhythm:
    """Whether the server itself keeps time: when it looked last, and since when it has looked without a pause."""

    looked_at: datetime
    steady_since: datetime

    def look(self, now: datetime) -> "Rhythm":
        """The rhythm after a look at `now`. A clock that was set back is a pause too."""
        is_steady = timedelta() <= now - self.looked_at <= HELD_UP
        return Rhythm(now, self.steady_since if is_steady else now)


def silent_since(
    spoke_at: datetime | None, listening_since: datetime, answered_at: datetime, threshold_seconds: float
) -> datetime | None:
    """Since when the monitor has said nothing though its page answers, or None while that cannot be said.

    `spoke_at` is its last heartbeat, `listening_since` when this connection began, or the server last came round,
    and `answered_at` the last moment at which the page surely answered.
    """
    start = max(spoke_at or listening_since, listening_since)
    return start if answered_at - start >= timedelta(seconds=threshold_seconds) else None
