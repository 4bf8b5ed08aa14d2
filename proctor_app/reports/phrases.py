"""The report's sentences: what was seen, in plain words, with numbers and without judgement. Pure."""

from collections import Counter
from datetime import datetime

from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind, Reason, could_not_tell_label
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
}
OTHER = ("other incident", "other incidents")
THRESHOLD_LABELS = {
    "face_not_visible": "Face not visible",
    "looking_away": "Looking away",
    "window_blur": "Page not in front",
    "absence": "Absence",
    "multiple_faces": "Several faces",
}


class Phrases:
    """What the template says about one report."""

    def __init__(self, report: Report) -> None:
        self._report = report

    @property
    def when(self) -> str:
        """Day and hours, where the interview was held, with the zone named."""
        report = self._report
        began = report.started_at or report.ended_at
        day = f"{began.astimezone(report.zone):%d %B %Y}".lstrip("0")
        return f"{day}, {self.clock(began)} to {self.clock(report.ended_at)}"

    def clock(self, at: datetime) -> str:
        """The time of day where the interview was held."""
        return words.time_of_day(at, self._report.zone)

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
            return "Nothing was noted in the time that was watched."
        seen = Counter((row.record.kind, row.record.reason) for row in report.rows)
        parts = [_counted(count, *NOUNS.get(key, OTHER)) for key, count in _in_order(seen)]
        sentence = f"{_listed(parts)} {'was' if len(report.rows) == 1 else 'were'} seen"
        longest = max(report.rows, key=lambda row: row.duration_seconds)
        if longest.duration_seconds >= 1:
            sentence += f"; the longest lasted {words.duration(longest.duration_seconds)}"
        return f"{sentence[0].upper()}{sentence[1:]}. {self._reviewed}"

    @property
    def _reviewed(self) -> str:
        report = self._report
        total, reviewed = len(report.rows), report.reviewed
        if reviewed == 0:
            return "Nobody has reviewed this yet, so the score is provisional."
        said = f"{_number(reviewed).capitalize()} of {_number(total)} {'was' if reviewed == 1 else 'were'} reviewed"
        if report.dismissed:
            said += f", {_number(report.dismissed)} of them dismissed"
        return said + ("." if reviewed == total else ", so the score is provisional.")

    def verdict(self, row: Row) -> str:
        """What a person decided about an incident, and why."""
        record = row.record
        if record.verdict is None:
            return "not reviewed"
        by = f" by {row.judged_by}" if row.judged_by else ""
        note = f": {record.verdict_note}" if record.verdict_note else ""
        return f"{record.verdict}{by}{note}"

    @property
    def thresholds(self) -> list[tuple[str, str]]:
        """How long each condition had to last, for those that this version can see."""
        return [
            (label, f"{self._report.thresholds[key]:g} s")
            for key, label in THRESHOLD_LABELS.items()
            if key in self._report.thresholds
        ]


def _in_order(seen: Counter[tuple[str, str | None]]) -> list[tuple[tuple[str, str | None], int]]:
    order = list(NOUNS)
    return sorted(seen.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))


def _counted(count: int, one: str, more: str) -> str:
    return f"{_number(count)} {one if count == 1 else more}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
