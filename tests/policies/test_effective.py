"""What holds at a moment: the policy, less the accommodation, less the phase."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proctor_app.policies import rules
from proctor_app.policies.kinds import DETECTORS, Phase
from proctor_app.policies.rules import CLASSIC, STRICT, Relief, effective, grace_left

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_a_plain_interview_is_watched_by_its_policy() -> None:
    assert effective(STRICT) == STRICT


@pytest.mark.parametrize("phase", Phase)
def test_each_phase_relaxes_what_it_asks_for_and_nothing_else(phase: Phase) -> None:
    off = set(DETECTORS) - set(effective(CLASSIC, phase=phase).detectors)
    assert off == set(CLASSIC.relaxed[phase])
    assert effective(CLASSIC, phase=phase).thresholds == CLASSIC.thresholds


def test_nothing_at_all_is_noted_in_a_break() -> None:
    assert effective(STRICT, phase=Phase.BREAK).detectors == ()


def test_nobody_is_looking_away_or_hidden_while_a_question_sinks_in() -> None:
    grace = effective(CLASSIC, phase=Phase.QUESTION, in_grace=True)
    assert set(CLASSIC.detectors) - set(grace.detectors) == {"looking_away", "face_not_visible"}


def test_an_accommodation_switches_off_and_widens_in_every_phase() -> None:
    relief = Relief(off=("window_blur",), thresholds={"looking_away": 20, "absence": 30}, no_pictures=True)
    watched = effective(replace(CLASSIC, evidence="still"), relief, Phase.QUESTION)
    assert "window_blur" not in watched.detectors
    assert (watched.thresholds["looking_away"], watched.thresholds["absence"]) == (20, 30)
    assert watched.thresholds["multiple_faces"] == CLASSIC.thresholds["multiple_faces"]
    assert watched.evidence == "off"
    assert set(effective(CLASSIC, relief, Phase.CODING).detectors).isdisjoint({"window_blur", "looking_away"})


def test_an_accommodation_never_tightens() -> None:
    assert effective(CLASSIC, Relief(thresholds={"absence": 4})).thresholds["absence"] == 10


def test_what_the_policy_does_not_use_stays_unused() -> None:
    assert effective(replace(CLASSIC, detectors=("absence",)), Relief(off=("looking_away",))).detectors == ("absence",)


def test_grace_follows_on_a_question_alone_and_ends() -> None:
    since = NOW - timedelta(seconds=5)
    assert grace_left(CLASSIC, Phase.QUESTION, since, NOW) == timedelta(seconds=3)
    assert grace_left(CLASSIC, Phase.QUESTION, since, NOW + timedelta(seconds=9)) == timedelta()
    assert grace_left(CLASSIC, Phase.CODING, since, NOW) == timedelta()
    assert grace_left(replace(CLASSIC, grace_seconds=0), Phase.QUESTION, NOW, NOW) == timedelta()


def test_a_stored_policy_comes_back_as_it_was() -> None:
    own = replace(CLASSIC, name="own", caps={"absence": 9}, relaxed={"coding": ("looking_away",)}, grace_seconds=0)
    assert rules.from_dict(own.as_dict()) == own


def test_a_policy_stored_before_there_were_caps_and_phases_is_still_read() -> None:
    old = {
        key: value for key, value in CLASSIC.as_dict().items() if key in ("name", "version", "weights", "thresholds")
    }
    assert rules.from_dict(old) == CLASSIC
