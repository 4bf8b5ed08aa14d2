"""The report's sentences: what was seen, in plain words, with numbers and without judgement. Pure."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from proctor_app.incidents import words
from proctor_app.incidents.kinds import (
    FORMULA,
    KIND_LABELS,
    REASON_LABELS,
    REASONS_OF,
    Kind,
    Reason,
    Source,
    could_not_tell_label,
)
from proctor_app.reports import accuracy
from proctor_app.reports.report import Report, Row

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# One and more of each, as they stand in a sentence.
NOUNS: dict[tuple[str, str | None], tuple[str, str]] = {
    (Kind.FOCUS_LOSS, Reason.LOOKING_AWAY): ("moment of looking away", "moments of looking away"),
    (Kind.FOCUS_LOSS, Reason.FACE_NOT_VISIBLE): ("moment without a visible face", "moments without a visible face"),
    (Kind.FOCUS_LOSS, Reason.WINDOW_BLUR): ("time with the page not in front", "times with the page not in front"),
    (Kind.FOCUS_LOSS, None): ("focus loss", "focus losses"),
    (Kind.ABSENCE, None): ("absence", "absences"),
    (Kind.MULTIPLE_FACES, None): ("moment with several faces", "moments with several faces"),
    (Kind.CAMERA_BLOCKED, None): ("time with the camera covered", "times with the camera covered"),
    (Kind.CAMERA_FROZEN, None): ("time with a picture that stood still", "times with a picture that stood still"),
    (Kind.CAMERA_CHANGED, None): ("change of the camera", "changes of the camera"),
    (Kind.PHONE_VISIBLE, None): ("phone in view", "phones in view"),
    (Kind.BOOK_VISIBLE, None): ("book in view", "books in view"),
    (Kind.SECOND_VOICE, None): ("time with another voice", "times with another voice"),
    (Kind.EXTRA_DISPLAY, None): ("time with more than one display", "times with more than one display"),
    (Kind.FULLSCREEN_EXIT, None): ("time out of full screen", "times out of full screen"),
    (Kind.CLIPBOARD_PASTE, None): ("pasted text", "pasted texts"),
    (Kind.DEVTOOLS_OPEN, None): ("time with developer tools open", "times with developer tools open"),
    (Kind.MONITORING_GAP, None): ("silence of the monitor", "silences of the monitor"),
    (Kind.MONITOR_MISMATCH, None): ("disagreement between the monitors", "disagreements between the monitors"),
}
PLURALS = {Kind.FOCUS_LOSS: "focus losses", Kind.ABSENCE: "absences"}


@dataclass(frozen=True)
class Figure:
    """A number of page 1 with what it is a number of, and how it comes into the sum."""

    number: int
    label: str
    sum: str


@dataclass(frozen=True)
class Rule:
    """A line of the policy: a kind, its points, and how long it must last to count."""

    label: str
    points: int
    cap: int | None
    lasting: str


class Phrases:
    """What the template says about one report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._began = report.started_at or report.ended_at

    @property
    def accuracy(self) -> list[str]:
        """How often the detectors are wrong, as far as it was measured."""
        return accuracy.sentences(self._report.accuracy, self._report.versions.get(accuracy.DETECTORS, "unknown"))

    @property
    def zone(self) -> str:
        """The name of the time zone that times of day are in."""
        return self._local(self._began).strftime("%Z")

    @property
    def day(self) -> str:
        """The day the interview was held on, where it was held."""
        return self.date(self._began)

    @property
    def hours(self) -> str:
        """From when to when, and how long."""
        report = self._report
        began, ended = self._local(self._began), self._local(report.ended_at)
        if report.started_at is None:
            return f"ended {ended:%H:%M} {self.zone} without a call"
        until = f"{ended:%H:%M}" if ended.date() == began.date() else f"{self.date(report.ended_at)} {ended:%H:%M}"
        return f"{began:%H:%M} to {until} {self.zone}, {words.roughly(report.length_seconds)}"

    def clock(self, at: datetime) -> str:
        """The time of day, in `zone`."""
        return f"{self._local(at):%H:%M:%S}"

    def date(self, at: datetime) -> str:
        """The day: `24 November 2026`."""
        return f"{self._local(at):%d %B %Y}".lstrip("0")

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._report.zone)

    @property
    def result(self) -> str:
        """What the formula comes to, before it is cut off at 0."""
        raw = self._report.score.raw
        return f"{words.MINUS}{-raw}, shown as 0" if raw < 0 else str(raw)

    @property
    def has_own(self) -> bool:
        """Whether anything was seen by others than the candidate's browser."""
        return any(row.record.source != Source.CANDIDATE for row in self._report.rows)

    @property
    def is_provisional(self) -> bool:
        """Whether an incident waits for a person's review."""
        return self._report.reviewed < len(self._report.rows)

    @property
    def figures(self) -> list[Figure]:
        """The counts by kind with their part of the sum, then what a person dismissed."""
        made = []
        for term in self._report.score.terms:
            label = KIND_LABELS[Kind(term.kind)].lower() if term.count == 1 else _plural(Kind(term.kind))
            sum_ = f"{term.count} · {term.weight}{f', at most {term.cap}' if term.is_capped else ''}"
            sum_ += f" = {words.points(term.points)}"
            made.append(Figure(term.count, label, sum_))
        return [*made, Figure(self._report.dismissed, "dismissed", "takes nothing off")]

    @property
    def coverage(self) -> str:
        """How much was watched: the sentence that stands beside every score."""
        report = self._report
        if report.started_at is None:
            return "The candidate never joined the call, so nothing was watched."
        if report.coverage.percent is None:
            return "The call was too short to say how much was watched."
        return f"Watched {report.coverage.percent} % of {words.roughly(report.coverage.call_seconds)}"

    @property
    def unseen(self) -> list[str]:
        """Why it could not be told, longest first."""
        reasons = sorted(self._report.coverage.not_observable.items(), key=lambda item: -item[1])
        return [f"{could_not_tell_label(why)}, {words.duration(seconds)}" for why, seconds in reasons if seconds >= 0.5]

    @property
    def summary(self) -> str:
        """What was seen, in one or two sentences."""
        report = self._report
        if not report.rows:
            return "Nothing was noted in the time that was watched." if report.started_at else "There was no call."
        seen = Counter((row.record.kind, row.record.reason) for row in report.rows)
        parts = [_counted(seen[key], *nouns) for key, nouns in NOUNS.items() if seen[key]]
        sentence = f"{_listed(parts)} {'was' if len(report.rows) == 1 else 'were'} seen"
        longest = max(report.rows, key=lambda row: row.duration_seconds)
        if longest.duration_seconds >= 1:
            sentence += f"; the longest lasted {words.duration(longest.duration_seconds)}"
        return f"{_capital(sentence)}. {self._reviewed}"

    @property
    def calm(self) -> str:
        """What stands in place of an empty table of incidents."""
        report = self._report
        if report.started_at is None:
            return "The candidate never joined the call, so there was nothing to watch and nothing was noted."
        percent = report.coverage.percent
        part = (
            f"in the {percent} % of the call that was watched"
            if percent is not None and percent < 100
            else "in the call"
        )
        return f"Nothing was noted {part}. There is nothing to review."

    @property
    def _reviewed(self) -> str:
        report = self._report
        total, reviewed = len(report.rows), report.reviewed
        if reviewed == 0:
            return "Nobody has reviewed this yet, so the score is provisional."
        said = f"{_capital(_number(reviewed))} of {_number(total)} {'was' if reviewed == 1 else 'were'} reviewed"
        if report.dismissed:
            said += f", {_number(report.dismissed)} of them dismissed"
        return said + ("." if reviewed == total else ", so the score is provisional.")

    @property
    def stills(self) -> str:
        """What the stills are, or why there are none to be seen here."""
        stills = self._report.stills
        if stills is None or not stills.told:
            return ""
        said = (
            "One for an incident that the camera saw, taken in the candidate's browser when the incident was noted. "
            f"They are kept for {stills.days} days, and every viewing is written down."
        )
        if stills.is_left_out:
            return f"{said} This copy was sent by e-mail and shows none: look at them on the console."
        gone = len(stills.told) - len(stills.pictures)
        if gone:
            return f"{said} {_capital(_number(gone))} {'was' if gone == 1 else 'were'} deleted when that time was over."
        return said

    def verdict(self, row: Row) -> str:
        """What a person decided about an incident, and why."""
        record = row.record
        if record.verdict is None:
            return "not reviewed"
        by = f" by {row.judged_by}" if row.judged_by else ""
        note = f": {record.verdict_note}" if record.verdict_note else ""
        return f"{record.verdict}{by}{note}"

    @property
    def rules(self) -> list[Rule]:
        """The policy's lines: the published kinds, and whatever else takes points off or was seen."""
        report = self._report
        seen = {row.record.kind for row in report.rows}
        kinds = [kind for kind in Kind if kind in FORMULA or report.weights.get(kind) or kind in seen]
        caps = report.score.caps
        return [
            Rule(KIND_LABELS[kind], report.weights.get(kind, 0), caps.get(kind), self._lasting(kind)) for kind in kinds
        ]

    @property
    def has_caps(self) -> bool:
        """Whether any kind can take off only so much."""
        return any(rule.cap is not None for rule in self.rules)

    @property
    def capped(self) -> str:
        """Where a cap binds, that the points of the table below add up to more than the score shows; else empty."""
        return " ".join(
            f"{term.label}: {term.count} incidents take {term.points} points off together, the policy's most."
            for term in self._report.score.capped
        )

    @property
    def phases(self) -> str:
        """How long each phase was that the interviewer marked, in order of its first mark; empty without any."""
        lengths: dict[str, float] = {}
        for span in self._report.phases:
            seconds = ((span.ended_at or self._report.ended_at) - span.started_at).total_seconds()
            lengths[span.phase] = lengths.get(span.phase, 0) + seconds
        return ", ".join(f"{phase} {words.duration(seconds)}" for phase, seconds in lengths.items())

    def _lasting(self, kind: Kind) -> str:
        thresholds, used = self._report.thresholds, self._report.detectors
        if kind not in REASONS_OF:
            if kind not in used:
                return "not watched for"
            return f"longer than {thresholds[kind]:g} s" if kind in thresholds else "at once"
        reasons = [reason for reason in Reason if reason in REASONS_OF[kind] and reason in used]
        if not reasons:
            return "not watched for"
        return ", ".join(f"{REASON_LABELS[reason].lower()} longer than {thresholds[reason]:g} s" for reason in reasons)


def _plural(kind: Kind) -> str:
    return PLURALS.get(kind, KIND_LABELS[kind].lower())


def _counted(count: int, one: str, more: str) -> str:
    return f"{_number(count)} {one if count == 1 else more}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
