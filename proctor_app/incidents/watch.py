"""Coverage: from heartbeats, which stretches of the call the monitor saw, and in which it could not tell.

A heartbeat speaks for the time since the one before it. Where none came for longer than `GAP_SECONDS` the
connection was lost, and nobody can say what the camera saw. Time after the candidate pressed “leave” is not part
of the call, and neither is a break, in which nothing is watched for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

SEEN, COULD_NOT_TELL, LEFT, BREAK = "seen", "could_not_tell", "left", "break"
# From when to when; the end is None while it goes on.
Stretch = tuple[datetime, datetime | None]
# The reason of the time for which the candidate had taken their consent back.
WITHDRAWN = "consent_withdrawn"
GAP_SECONDS = 5.0
INSUFFICIENT_PERCENT = 50
# While the call goes on, its first seconds, in which monitoring starts, say nothing about the share yet.
JUDGED_AFTER_SECONDS = 60


@dataclass(frozen=True)
class WatchSpan:
    """One stretch: `state` is seen, could_not_tell, left or break; `reason` says why it could not tell."""

    state: str
    reason: str | None
    started_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Coverage:
    """How much of the call was watched. `percent` is None before there is a second of call.

    `is_over` says that the interview is, so that nothing more will come.
    """

    call_seconds: float
    seen_seconds: float
    percent: int | None
    not_observable: dict[str, float]
    spans: tuple[WatchSpan, ...]
    is_over: bool = True

    @property
    def is_insufficient(self) -> bool:
        """Whether too little was watched for a score to mean anything: what stands in its place everywhere says so."""
        if self.percent is None:
            return self.is_over
        return self.percent < INSUFFICIENT_PERCENT and (self.is_over or self.call_seconds >= JUDGED_AFTER_SECONDS)


@dataclass(frozen=True)
class Pulse:
    """How the monitoring goes, as the last heartbeat told it."""

    at: datetime
    state: str
    reason: str | None
    fps: float
    frame_ms: float
    faces: int
    # How the listening for a second voice goes; None where the page does not say.
    speech: str | None = None
    # How the looking for people, phones and books goes; None where the page does not say.
    objects: str | None = None
    # On which side of them the candidate said that their notes are; None where they said nothing.
    notes: str | None = None
    # The frames a second that the policy asks for, and why there are fewer; None where the page does not say.
    target_fps: float | None = None
    slowed_by: str | None = None


@dataclass
class WatchLog:
    """The spans of one session, growing with each heartbeat."""

    started_at: datetime
    spans: list[WatchSpan] = field(default_factory=list)
    pulse: Pulse | None = None
    unsaved_from: int = 0
    breaks: Iterable[Stretch] = ()
    shown_percent: int | None = None
    # Why the time from `until` to the next heartbeat is not seen, where the server knows better than the heartbeat.
    silence: str | None = None

    @property
    def until(self) -> datetime:
        """The moment up to which the log says something."""
        return self.spans[-1].ended_at if self.spans else self.started_at

    def beat(self, pulse: Pulse, since: datetime | None) -> None:
        """Take in a heartbeat. `since` is when its state began, where the page knows."""
        start, at = self.until, pulse.at
        if at <= start:
            self.pulse = pulse
            return
        before = self.pulse
        if self.silence is not None:
            self._fill(at, self.silence)
            self.silence = None
        elif (at - start).total_seconds() > GAP_SECONDS or before is None:
            self._add(COULD_NOT_TELL, "network_gap" if self.spans else "starting", start, at)
        else:
            changed_at = min(max(since or start, start), at)
            self._add(*_seen_or_why(before), start, changed_at)
            self._add(*_seen_or_why(pulse), changed_at, at)
        self.pulse = pulse

    @property
    def has_spoken(self) -> bool:
        """Whether the monitor was ever heard."""
        return self.pulse is not None or any(span.state != LEFT for span in self.spans)

    def silent(self, until: datetime) -> None:
        """The page answered until then, and its monitor said nothing."""
        self._fill(until, "no_report")
        self.silence = "no_report"

    def cut_off(self) -> None:
        """The connection of a silent monitor is lost: nobody knows what it did from here on."""
        if self.silence is not None:
            self.silence = "network_gap"

    def left(self, at: datetime) -> None:
        """The candidate pressed “leave”: until they return, time is no part of the call."""
        self._fill(at, "no_report")
        self._add(LEFT, None, at, at, merge=False)
        self.silence = None

    def returned(self, at: datetime) -> None:
        """The candidate is back after having left."""
        if self.spans and self.spans[-1].state == LEFT:
            self.spans[-1] = replace(self.spans[-1], ended_at=max(at, self.spans[-1].ended_at))
            self._touch(len(self.spans) - 1)
            # With the time away last, all that follows would count as more of it until a heartbeat comes.
            self._add(COULD_NOT_TELL, "starting", self.until, self.until, merge=False)

    def _fill(self, at: datetime, reason: str) -> None:
        if at > self.until:
            self._add(COULD_NOT_TELL, reason, self.until, at)

    def _add(self, state: str, reason: str | None, start: datetime, end: datetime, merge: bool = True) -> None:
        if merge and end <= start:
            return
        last = self.spans[-1] if self.spans else None
        if merge and last is not None and (last.state, last.reason) == (state, reason):
            self.spans[-1] = replace(last, ended_at=end)
        else:
            self.spans.append(WatchSpan(state, reason, start, end))
        self._touch(len(self.spans) - 1)

    def _touch(self, index: int) -> None:
        self.unsaved_from = min(self.unsaved_from, index)


def _seen_or_why(pulse: Pulse) -> tuple[str, str | None]:
    if pulse.state == "watching":
        return SEEN, None
    return COULD_NOT_TELL, pulse.reason or pulse.state


def coverage(
    spans: Iterable[WatchSpan],
    started_at: datetime | None,
    until: datetime,
    *,
    is_over: bool = True,
    unagreed: Iterable[Stretch] = (),
    breaks: Iterable[Stretch] = (),
) -> Coverage:
    """Coverage = seen time / call time, from the session's start until `until`.

    What lies in `unagreed` was not watched, whatever the spans say of it, because the candidate did not agree to it.
    What lies in `breaks` is no part of the call: nothing was watched for, at the interviewer's wish.
    """
    if started_at is None:
        return Coverage(0.0, 0.0, None, {}, (), is_over)
    cut = tuple(span for span in (_cut(one, until) for one in spans) if span is not None)
    if cut and cut[-1].state == LEFT:
        cut = (*cut[:-1], replace(cut[-1], ended_at=max(until, cut[-1].ended_at)))
    elif (until - (cut[-1].ended_at if cut else started_at)) > timedelta(seconds=GAP_SECONDS):
        cut = (*cut, WatchSpan(COULD_NOT_TELL, "no_report", cut[-1].ended_at if cut else started_at, until))
    for since, agreed_at in unagreed:
        cut = _without(cut, max(since, started_at), min(agreed_at or until, until), COULD_NOT_TELL, WITHDRAWN)
    for since, over_at in breaks:
        cut = _without(cut, max(since, started_at), min(over_at or until, until), BREAK)
    end = max(cut[-1].ended_at, started_at) if cut else until
    outside = sum(span.seconds for span in cut if span.state in (LEFT, BREAK))
    call = max(0.0, (end - started_at).total_seconds() - outside)
    seen = sum(span.seconds for span in cut if span.state == SEEN)
    why: Counter[str] = Counter()
    for span in cut:
        if span.state == COULD_NOT_TELL:
            why[span.reason or "no_report"] += span.seconds  # type: ignore[assignment]
    percent = min(100, int(100 * seen / call)) if call >= 1 else None
    return Coverage(call, seen, percent, dict(why), cut, is_over)


def _without(
    spans: tuple[WatchSpan, ...], since: datetime, until: datetime, state: str, reason: str | None = None
) -> tuple[WatchSpan, ...]:
    """The spans with another state from `since` to `until`. Time away from the call stays that."""
    made: list[WatchSpan] = []
    for span in spans:
        if span.ended_at <= since or span.started_at >= until or span.state == LEFT:
            made.append(span)
            continue
        if span.started_at < since:
            made.append(replace(span, ended_at=since))
        start, end = max(since, span.started_at), min(until, span.ended_at)
        if made and (made[-1].state, made[-1].reason, made[-1].ended_at) == (state, reason, start):
            made[-1] = replace(made[-1], ended_at=end)
        else:
            made.append(WatchSpan(state, reason, start, end))
        if span.ended_at > until:
            made.append(replace(span, started_at=until))
    at = max(since, made[-1].ended_at if made else since)
    if at < until:
        made.append(WatchSpan(state, reason, at, until))
    return tuple(made)


def _cut(span: WatchSpan, until: datetime) -> WatchSpan | None:
    if span.started_at > until:
        return None
    return replace(span, ended_at=min(span.ended_at, until))
