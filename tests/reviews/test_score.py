"""The published formula, with its edges."""

from proctor_app.reviews.rules import integrity_score
from proctor_app.sessions.policies import CLASSIC, STRICT


def test_the_worked_example() -> None:
    score = integrity_score({"focus_loss": 3, "absence": 1, "multiple_faces": 1}, CLASSIC.weights)
    assert (score.score, score.raw) == (86, 86)
    assert score.formula == "100 − (3·2 + 1·3 + 1·5)"


def test_nothing_seen_is_a_hundred() -> None:
    score = integrity_score({}, CLASSIC.weights)
    assert score.score == 100
    assert score.counts == {"focus_loss": 0, "absence": 0, "multiple_faces": 0}


def test_never_below_nought_but_raw_keeps_the_sum() -> None:
    score = integrity_score({"multiple_faces": 30}, CLASSIC.weights)
    assert (score.score, score.raw) == (0, -50)


def test_advisory_kinds_are_free_under_classic_and_cost_under_strict() -> None:
    counts = {"camera_blocked": 2}
    assert integrity_score(counts, CLASSIC.weights).score == 100
    strict = integrity_score(counts, STRICT.weights)
    assert strict.score == 94
    assert strict.formula == "100 − (0·2 + 0·3 + 0·5 + 2·3)"
    assert integrity_score(counts, CLASSIC.weights).counts["camera_blocked"] == 2
