"""`monitor_mismatch`: the picture that the interviewer receives contradicts what the candidate's page says. Pure.

The interviewer's browser looks at the received picture once a second and counts faces (`Look`); the candidate's page
tells with each heartbeat how many it sees (`Said`). A candidate can patch their page, but not the picture that arrives.

What makes the comparison fair:

- Picture and heartbeat travel on different ways. A look is held against everything said within `BUDGET` of it, before
  and after, and contradicts only when all of that differs. It waits until the page has spoken about the time after it.
- A moment that either side could not observe says nothing, and adds to no threshold.
- Only a page that says less than there is to see is contradicted. One face in the received picture contradicts nothing,
  and what the page has itself reported as an incident is no contradiction: see `ADMITS`.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from proctor_app.incidents.kinds import Kind, Reason

# In a call that is fit to talk in video is a second late at most (ITU-T G.114 wants 0.4 s); heartbeats come every two.
BUDGET = timedelta(seconds=3)
# A message that the network held up speaks of when it was sent; how late that may be is not for a page's clock to say.
LATE = timedelta(seconds=5)
# A look about which the page says nothing for this long stays unanswered.
PATIENCE = timedelta(seconds=15)
# Looks further apart than this say nothing about the time between them.
STEP = timedelta(seconds=3)
# How long it must be over before it ends, as in watch/condition.js; and how long nobody may be able to look: a console
# that is reloaded looks again within this.
RELEASE = timedelta(seconds=1)
BLIND = timedelta(seconds=15)
# Two or more faces are the same to every rule.
MANY = 2
# Incidents, by kind and reason, with which the page itself says that there is not one face as it should be.
ADMITS: dict[int, frozenset[tuple[str, str | None]]] = {
    0: frozenset(
        {
            (Kind.ABSENCE, None),
            (Kind.FOCUS_LOSS, Reason.FACE_NOT_VISIBLE),
            (Kind.FOCUS_LOSS, Reason.LOOKING_AWAY),
            (Kind.CAMERA_BLOCKED, None),
            (Kind.CAMERA_FROZEN, None),
        }
    ),
    MANY: frozenset({(Kind.MULTIPLE_FACES, None)}),
}


@dataclass(frozen=True)
class Look:
    """One look at the received picture: how many faces; None where it could not be told."""

    at: datetime
    faces: int | None


@dataclass(frozen=True)
class Said:
    """What one heartbeat said: how many faces; None where the monitor could not tell."""

    at: datetime
    faces: int | None


def spoken_of(told_at: datetime, heard_at: datetime) -> datetime:
    """The moment that a message speaks of, by its page's corrected clock, within what a network explains."""
    return min(max(told_at, heard_at - LATE), heard_at)


@dataclass
class Comparison:
    """The looks that wait for the page's word, and what it has said lately."""

    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=64))
    said: deque[Said] = field(default_factory=lambda: deque(maxlen=32))

    def due(self, now: datetime) -> Iterator[tuple[Look, Said | None, bool | None]]:
        """The looks that can be judged, first to last: what was seen, what was said then, whether they contradict."""
        while self.looks:
            look = self.looks[0]
            if not self._has_spoken_past(look) and now - look.at < PATIENCE:
                return
            self.looks.popleft()
            near = [one for one in self.said if abs(one.at - look.at) <= BUDGET]
            nearest = min(near, key=lambda one: abs(one.at - look.at), default=None)
            yield look, nearest, contradicts(look, near)

    def _has_spoken_past(self, look: Look) -> bool:
        return bool(self.said) and self.said[-1].at >= look.at + BUDGET


def contradicts(look: Look, near: list[Said]) -> bool | None:
    """Whether a look contradicts all that was said around it; None where either side could not tell."""
    if look.faces is None or not near or any(one.faces is None for one in near):
        return None
    return look.faces != 1 and all(_few(one.faces) != _few(look.faces) for one in near)


def admitted(faces: int) -> frozenset[tuple[str, str | None]]:
    """The incidents with which the page would itself have said what a look with so many faces shows."""
    return ADMITS.get(_few(faces), frozenset())


def _few(faces: int | None) -> int:
    return min(faces or 0, MANY)


@dataclass(frozen=True)
class Dispute:
    """A contradiction over time, and the rules of counting: see docs/scoring.md.

    `held` is for how long it was seen; `seen_at` when it was seen last; `over_since` when it was first seen to be over.
    `interrupted` says that the time since the last look does not count.
    """

    since: datetime | None = None
    held: timedelta = timedelta()
    seen_at: datetime | None = None
    over_since: datetime | None = None
    interrupted: bool = True
    is_open: bool = False

    def look(self, verdict: bool | None, at: datetime, threshold_seconds: float) -> "Dispute":
        """The dispute after a look. What is not open waits for its threshold, and one agreement ends the wait."""
        if verdict is None:
            return END if self._is_forgotten(at) else replace(self, interrupted=True)
        if verdict:
            return self._seen(at, threshold_seconds)
        if not self.is_open:
            return END
        over_since = self.over_since or at
        return END if at - over_since >= RELEASE else replace(self, over_since=over_since, interrupted=True)

    @property
    def ends_at(self) -> datetime | None:
        """Where it ended, had it ended by now."""
        return self.over_since or self.seen_at

    def _seen(self, at: datetime, threshold_seconds: float) -> "Dispute":
        if self.since is None or self.seen_at is None:
            return replace(END, since=at, seen_at=at, interrupted=False)
        passed = at - self.seen_at
        counts = not self.interrupted and passed <= STEP
        held = self.held + passed if counts else self.held
        is_open = self.is_open or held >= timedelta(seconds=threshold_seconds)
        return replace(self, held=held, seen_at=at, over_since=None, interrupted=False, is_open=is_open)

    def _is_forgotten(self, at: datetime) -> bool:
        return self.seen_at is not None and at - self.seen_at > BLIND


END = Dispute()
