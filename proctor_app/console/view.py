"""What the console shows of a session at one moment, put together from the features. Templates only read it.

Each part is read when it is first asked for, so that a fragment costs no more than what it shows.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import current_app

from proctor_app import clock, jobs
from proctor_app.accommodations import service as accommodations
from proctor_app.chain import service as chain
from proctor_app.chain.service import Head
from proctor_app.console import figures
from proctor_app.console.figures import Timeline, Trend
from proctor_app.console.link import LinkView, link_view
from proctor_app.console.report_steps import ReportView, report_view
from proctor_app.evidence import service as evidence
from proctor_app.evidence import words as still_words
from proctor_app.evidence.rules import Still
from proctor_app.incidents import service as incidents
from proctor_app.incidents import words
from proctor_app.incidents.kinds import could_not_tell_label, label
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.watch import GAP_SECONDS, Coverage, Pulse
from proctor_app.policies.kinds import PHASE_LABELS, Phase, kind_of
from proctor_app.policies.rules import Policy
from proctor_app.reports import service as reports
from proctor_app.reviews.rules import Score, integrity_score
from proctor_app.sessions import agreement, phases, presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import CANDIDATE_STATE_LABELS, CandidateState, Status
from proctor_app.sessions.models import Session
from proctor_app.sessions.phases import PhaseSpan

# Looks there are not noted, so whoever interviews should know which way they go.
NOTES_WORDS = {
    "left": "; notes on their left, as they said",
    "right": "; notes on their right, as they said",
    "down": "; notes below the screen, as they said",
}
# What of the monitoring may fail by itself, and what is missing then.
LACKING = {
    "speech": "speech is not listened for",
    "objects": "phones, books and bodies are not looked for",
}
# Why fewer pictures are looked at than the policy asks for.
SLOWED_WORDS = {"busy": "their computer is busy", "battery": "their battery is low"}
MONITOR_LABELS = {
    "starting": "Monitoring starts",
    "watching": "Watching",
    "could_not_tell": "Cannot tell",
    "paused": "Monitoring is paused",
    "failed": "Monitoring does not run",
}
DISMISS_REASONS = ("Thinking", "Taking notes", "Technical", "Agreed before")


@dataclass(frozen=True)
class ScorePanel:
    """The score with all that must stand beside it. `call` is the length of the call in words."""

    score: Score
    trend: Trend | None
    to_review: int
    is_provisional: bool
    is_insufficient: bool
    coverage: int | None
    call: str


@dataclass(frozen=True)
class Row:
    """One incident as a line of the list. `order` sorts rows by start, then number."""

    record: IncidentRecord
    order: int
    at: str
    clock: str
    icon: str
    seen: str
    duration: str
    since_ms: int
    points: int
    points_text: str
    details: list[str]
    still: Still | None
    still_alt: str


@dataclass(frozen=True)
class PresenceView:
    """Where the candidate is; whether their microphone and camera are on, where that is known."""

    state: CandidateState
    label: str
    tone: str
    microphone: bool | None
    camera: bool | None


@dataclass(frozen=True)
class MonitorView:
    """How the monitoring goes. `silent_since_ms` is set when it has not been heard of for too long."""

    state: str
    label: str
    tone: str
    detail: str
    silent_since_ms: int | None


@dataclass(frozen=True)
class NoteView:
    """A note with its moment in the interview."""

    at: str
    clock: str
    text: str


@dataclass(frozen=True)
class PhaseView:
    """A phase that can be marked. `relaxed` says what is not noted in it, by the policy."""

    key: str
    phase: str
    label: str
    is_current: bool
    relaxed: str


class View:
    """A session as its interviewer sees it at the instant `now`."""

    def __init__(self, session: Session, now: datetime | None = None) -> None:
        self.session = session
        self.now = now or clock.now()

    @property
    def at_ms(self) -> int:
        """Names this state: a part drawn earlier never replaces one that was drawn later."""
        return clock.to_ms(self.now)

    @property
    def is_live(self) -> bool:
        """Whether there is still a call to hold: scheduled or under way."""
        return self.session.status != Status.ENDED

    @property
    def until(self) -> datetime:
        """The end, or this moment while it runs."""
        return self.session.ended_at or self.now

    @cached_property
    def records(self) -> list[IncidentRecord]:
        """The session's incidents, by start."""
        return incidents.list_for(self.session.id)

    @cached_property
    def coverage(self) -> Coverage:
        """How much of the call was watched."""
        return incidents.coverage_for(self.session, self.now)

    @cached_property
    def policy(self) -> Policy:
        """The policy that the interview is held under: without what an accommodation takes off."""
        return sessions.policy_of(self.session)

    @cached_property
    def chain(self) -> Head:
        """How far the hash chain is at this moment."""
        return chain.head_of(self.session.id)

    @cached_property
    def score(self) -> ScorePanel:
        """The score panel."""
        to_review = sum(1 for record in self.records if record.verdict is None)
        counts = Counter(record.kind for record in self.records if record.counts)
        started_at, is_over = self.session.started_at, not self.is_live
        return ScorePanel(
            score=integrity_score(counts, self.policy),
            trend=figures.trend(self.records, self.policy, started_at, self.until) if started_at else None,
            to_review=to_review,
            is_provisional=not is_over or to_review > 0,
            is_insufficient=self.coverage.is_insufficient,
            coverage=self.coverage.percent,
            call=words.roughly(self.coverage.call_seconds),
        )

    @cached_property
    def timeline(self) -> Timeline | None:
        """The strip under the video; None before the interview has started."""
        if self.session.started_at is None:
            return None
        session = self.session
        return figures.timeline(
            self.records, self.coverage, session.started_at, session.ended_at, self.now, self.phase_spans
        )

    @cached_property
    def has_accommodation(self) -> bool:
        """Whether an accommodation applies: all that there is to know about it here."""
        return accommodations.applies(self.session.id)

    @cached_property
    def phase_spans(self) -> list[PhaseSpan]:
        """What the interviewer marked, in order."""
        return phases.spans_of(self.session.id, self.session.ended_at)

    @property
    def phases(self) -> list[PhaseView]:
        """The phases to choose from. The keys are their places, from 1 on."""
        last = self.phase_spans[-1] if self.phase_spans else None
        current = last.phase if last and last.ended_at is None else None
        return [
            PhaseView(
                key=str(number),
                phase=phase,
                label=PHASE_LABELS[phase],
                is_current=phase == current,
                relaxed=relaxed_words(self.policy, phase),
            )
            for number, phase in enumerate(Phase, 1)
        ]

    @property
    def rows(self) -> list[Row]:
        """The list of incidents, latest first."""
        return sorted((self.row(record) for record in self.records), key=lambda row: row.order, reverse=True)

    def row(self, record: IncidentRecord) -> Row:
        """One line of the list."""
        lost = self.policy.weights.get(record.kind, 0)
        still = self.stills.get(record.id)
        return Row(
            record=record,
            order=clock.to_ms(record.started_at) * 1000 + record.number % 1000,
            at=self.offset(record.started_at),
            clock=words.time_of_day(record.started_at, zone()),
            icon=words.icon_of(record),
            seen=words.seen(record),
            duration=words.duration(record.duration_seconds(self.until)),
            since_ms=clock.to_ms(record.started_at),
            points=lost,
            points_text=words.points(lost),
            details=words.details(record),
            still=still,
            still_alt=still_words.alt(still.style, record, self.offset(record.started_at)) if still else "",
        )

    @cached_property
    def stills(self) -> dict[str, Still]:
        """The stills by incident."""
        return evidence.stills_of(self.session.id) if evidence.style_of(self.session) else {}

    def offset(self, instant: datetime) -> str:
        """Time into the interview of an instant."""
        return words.offset((instant - (self.session.started_at or instant)).total_seconds())

    @cached_property
    def link(self) -> LinkView:
        """How the candidate's link stands."""
        return link_view(self.session, self.now, zone())

    @cached_property
    def knocks(self) -> list[sessions.Knock]:
        """Who waits at the door. Nobody can come in after the end."""
        return sessions.waiting_knocks(self.session.id) if self.is_live else []

    @cached_property
    def presence(self) -> PresenceView:
        """Where the candidate is."""
        state = presence.candidate_state(self.session, knocking=bool(self.knocks))
        candidate = presence.room(self.session.id).candidate
        tones = {CandidateState.IN_CALL: "good", CandidateState.RECONNECTING: "attention"}
        return PresenceView(
            state=state,
            # Whoever knocks has yet to be recognised: beside the candidate's name, “knocks” would say too much.
            label="Somebody knocks" if state == CandidateState.KNOCKING else CANDIDATE_STATE_LABELS[state],
            tone="attention" if state == CandidateState.DECLINED else tones.get(state, "outline"),
            microphone=candidate.microphone if candidate else None,
            camera=candidate.camera if candidate else None,
        )

    @property
    def monitor(self) -> MonitorView:
        """How the monitoring goes, from the last heartbeat."""
        pulse, state = incidents.pulse_of(self.session.id), self.presence.state
        if self.withdrawn_at is not None and self.is_live:
            said = f"Consent withdrawn at {self.withdrawn_at}, not monitored since"
            return MonitorView("withdrawn", said, "attention", "", None)
        if state in (CandidateState.LEFT, CandidateState.OFFLINE):
            return MonitorView("none", "Not watching: no call", "outline", "", None)
        if pulse is None or self.session.started_at is None:
            return MonitorView("none", "Monitoring has not started", "outline", "", None)
        if (self.now - pulse.at).total_seconds() > GAP_SECONDS:
            return MonitorView("silent", "No word from the monitor", "attention", "", clock.to_ms(pulse.at))
        detail = could_not_tell_label(pulse.reason) if pulse.reason else ""
        if pulse.state == "watching":
            detail = _rate(pulse) + NOTES_WORDS.get(pulse.notes or "", "")
        lacks = [said for part, said in LACKING.items() if getattr(pulse, part) == "failed"]
        detail = "; ".join(filter(None, [detail, *lacks]))
        tone = {"watching": "good", "starting": "outline"}.get(pulse.state, "attention")
        return MonitorView(pulse.state, MONITOR_LABELS[pulse.state], tone, detail, None)

    @property
    def withdrawn_at(self) -> str | None:
        """The time of day from which the candidate's consent is withdrawn, or None while it is not."""
        if not agreement.is_withdrawn(self.session):
            return None
        return words.time_of_day(self.session.consent.decided_at, zone())

    @property
    def unagreed(self) -> str:
        """When the candidate had taken their consent back, in words; empty where they never did."""
        return "; ".join(
            f"from {words.time_of_day(since, zone())} to {words.time_of_day(until, zone())}"
            if until
            else f"at {words.time_of_day(since, zone())}, not monitored since"
            for since, until in agreement.unagreed(self.session)
        )

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Who, when and how long, as (name, value)."""
        session = self.session
        facts = [("Candidate", session.candidate_name)]
        if session.started_at is None:
            return [*facts, ("Held", "no call took place")]
        began = session.started_at.astimezone(zone())
        facts.append(("Held", f"{began:%d %B %Y, %H:%M} to {words.time_of_day(self.until, zone())}"))
        facts.append(("Length", words.duration((self.until - session.started_at).total_seconds())))
        facts.append(("Policy", f"{self.policy.name}, version {self.policy.version}"))
        if self.has_accommodation:
            facts.append(("Accommodation", "one applies"))
        if self.unagreed:
            facts.append(("Consent", f"withdrawn {self.unagreed}"))
        unseen = sorted(self.coverage.not_observable.items(), key=lambda one: -one[1])
        told = [
            f"{could_not_tell_label(reason)} {words.duration(seconds)}" for reason, seconds in unseen if seconds >= 1
        ]
        return [*facts, ("Could not tell", ", ".join(told) or "at no time")]

    @cached_property
    def report(self) -> ReportView:
        """How far the report is, after the end."""
        ended_at = words.time_of_day(self.until, zone())
        is_finalised = self.session.finalised_at is not None
        failures = [] if is_finalised else jobs.failures(self.session.id)
        return report_view(ended_at, is_finalised, reports.status_for(self.session.id), failures)

    @cached_property
    def notes(self) -> list[NoteView]:
        """The interviewer's notes, latest first."""
        stored = sessions.notes_for(self.session.id)
        return [
            NoteView(self.offset(one.written_at), words.time_of_day(one.written_at, zone()), one.text)
            for one in reversed(stored)
        ]


def relaxed_words(policy: Policy, phase: Phase) -> str:
    """What a policy does not note in a phase, in words for whoever marks it."""
    off = [key for key in policy.relaxed.get(phase, ()) if key in policy.detectors]
    if off and len(off) == len(policy.detectors):
        return "Nothing is noted"
    parts = [
        f"Not noted: {', '.join(label(kind_of(key), key if kind_of(key) != key else None).lower() for key in off)}"
    ]
    if phase == Phase.QUESTION and policy.grace_seconds:
        parts.append(f"{policy.grace_seconds:g} s to think")
    return ". ".join(parts if off else parts[1:]) or "Everything is noted"


def _rate(pulse: Pulse) -> str:
    """“5 pictures a second”, or “2 of 5 pictures a second: their battery is low”."""
    why = SLOWED_WORDS.get(pulse.slowed_by or "")
    if why is None or pulse.target_fps is None:
        return f"{pulse.fps:.0f} pictures a second"
    return f"{pulse.fps:.2g} of {pulse.target_fps:g} pictures a second: {why}"


def zone() -> tzinfo | None:
    """The time zone that times of day are shown in; None is the machine's own."""
    name = current_app.config["PROCTOR"].timezone
    return ZoneInfo(name) if name else None
