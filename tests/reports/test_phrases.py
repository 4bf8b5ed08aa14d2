"""The report's sentences say what was seen, with the right numbers."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from proctor_app.incidents.kinds import Kind
from proctor_app.incidents.watch import coverage
from proctor_app.policies.rules import CLASSIC, STRICT
from proctor_app.reports import timeline
from proctor_app.reports.phrases import Phrases
from proctor_app.sessions.phases import PhaseSpan
from tests.reports import samples


def seen(*kinds: str) -> tuple[tuple[object, ...], ...]:
    reasons = {"focus_loss": "looking_away"}
    return tuple((60 * n, 6, kind, reasons.get(kind), {}, None, None) for n, kind in enumerate(kinds, 1))


def test_summary_counts_what_was_seen_and_reviewed() -> None:
    assert Phrases(samples.report()).summary == (
        "Two moments of looking away, one moment without a visible face, one time with the page not in front, "
        "one absence and one moment with several faces were seen; the longest lasted 14 s. "
        "Three of six were reviewed, one of them dismissed, so the score is provisional."
    )


def test_summary_of_one_and_of_none() -> None:
    one = Phrases(samples.report(seen=seen("absence")))
    assert one.summary == (
        "One absence was seen; the longest lasted 6 s. Nobody has reviewed this yet, so the score is provisional."
    )
    none = Phrases(samples.report(seen=()))
    assert none.summary == "Nothing was noted in the time that was watched." and not none.is_provisional


def test_every_kind_has_a_name_in_sentences() -> None:
    summary = Phrases(samples.report(seen=seen("phone_visible", "monitoring_gap", "phone_visible"))).summary
    assert summary.startswith("Two phones in view and one silence of the monitor were seen")
    assert all("other incident" not in Phrases(samples.report(seen=seen(kind))).summary for kind in Kind)


def test_large_numbers_are_written_in_digits() -> None:
    assert "1,500 absences" in Phrases(samples.report(seen=seen(*["absence"] * 1500))).summary


def test_figures_add_up_to_what_the_formula_takes_off() -> None:
    report = samples.report()
    figures = Phrases(report).figures
    assert [(one.number, one.label, one.sum) for one in figures] == [
        (3, "focus losses", "3 · 2 = −6"),
        (1, "absence", "1 · 3 = −3"),
        (1, "multiple faces", "1 · 5 = −5"),
        (1, "dismissed", "takes nothing off"),
    ]
    assert report.score.formula == "100 − (3·2 + 1·3 + 1·5)" and Phrases(report).result == "86"


def test_a_sum_below_zero_is_shown_as_zero_and_said_so() -> None:
    report = samples.report(seen=seen(*["multiple_faces"] * 30))
    assert report.score.score == 0 and Phrases(report).result == "−50, shown as 0"


def test_times_are_those_of_the_place() -> None:
    say = Phrases(samples.report(zone=ZoneInfo("Asia/Kolkata")))
    assert say.hours == "15:00 to 15:42 IST, 42 min" and say.day == "24 November 2026" and say.zone == "IST"


def test_an_interview_past_midnight_names_both_days() -> None:
    report = samples.report()
    late = replace(report, ended_at=report.ended_at + timedelta(hours=14))
    assert Phrases(late).hours == "09:30 to 25 November 2026 00:12 UTC, 14 h 42 min"


def test_what_could_not_be_seen_is_named_longest_first() -> None:
    assert Phrases(samples.report()).unseen == [
        "too dark, 31 s",
        "face cut off by the edge, 12 s",
        "monitoring was starting, 4 s",
    ]


def test_an_interview_without_a_call_claims_nothing() -> None:
    report = samples.report(seen=(), started_at=None, coverage=coverage([], None, samples.BEGAN))
    say = Phrases(report)
    assert report.is_insufficient
    assert "never joined" in say.coverage and say.calm.startswith("The candidate never joined")


@pytest.mark.parametrize(
    ("blind", "calm"), [((), "Nothing was noted in the call."), (samples.BLIND, "98 % of the call")]
)
def test_an_empty_list_is_a_calm_sentence(blind: tuple[tuple[float, float, str], ...], calm: str) -> None:
    assert calm in Phrases(samples.report(seen=(), blind=blind)).calm


def test_the_policy_is_listed_as_far_as_it_matters() -> None:
    classic = {rule.label: rule for rule in Phrases(samples.report()).rules}
    assert list(classic) == ["Focus loss", "Absence", "Multiple faces"]
    assert classic["Focus loss"].lasting == (
        "face not visible longer than 3 s, looking away longer than 5 s, page not in front longer than 2 s"
    )
    strict = {rule.label: rule for rule in Phrases(samples.report(policy=STRICT)).rules}
    assert strict["Camera changed"].lasting == "at once" and strict["Phone in view"].points == 5


def test_a_cap_that_binds_is_said_wherever_points_stand() -> None:
    policy = replace(CLASSIC, caps={"focus_loss": 3})
    say = Phrases(samples.report(seen=seen("focus_loss", "focus_loss", "absence"), policy=policy))
    assert say.figures[0].sum == "2 · 2, at most 3 = −3" and say.figures[1].sum == "1 · 3 = −3"
    assert say.capped == "Focus loss: 2 incidents take 3 points off together, the policy's most."
    assert [rule.cap for rule in say.rules] == [3, None, None]
    uncapped = Phrases(samples.report())
    assert (uncapped.capped, uncapped.has_caps) == ("", False)


def test_what_the_policy_does_not_watch_for_is_said() -> None:
    rules = {rule.label: rule for rule in Phrases(samples.report(detectors=("window_blur", "absence"))).rules}
    assert rules["Multiple faces"].lasting == "not watched for"
    assert rules["Focus loss"].lasting == "page not in front longer than 2 s"


def test_phases_are_told_by_their_length() -> None:
    start = samples.BEGAN
    spans = [("question", 0, 30), ("coding", 30, 600), ("question", 600, 660), ("break", 660, None)]
    phases = tuple(
        PhaseSpan(phase, start + timedelta(seconds=begin), None if end is None else start + timedelta(seconds=end))
        for phase, begin, end in spans
    )
    report = samples.report(phases=phases, length=720)
    assert Phrases(report).phases == "question 1 min 30 s, coding 9 min 30 s, break 1 min 00 s"
    drawn = timeline.draw(report)
    assert drawn.count(">question<") == 0 and drawn.count(">coding<") == 1
    assert ">Phase<" not in timeline.draw(samples.report())


def test_no_sentence_judges() -> None:
    say = Phrases(samples.report(seen=samples.many(50)))
    told = " ".join([say.summary, say.coverage, say.calm, *(figure.label for figure in say.figures)]).lower()
    assert not any(word in told for word in ("suspicious", "violation", "cheat", "failed", "fraud"))
