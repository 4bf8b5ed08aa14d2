"""The published formula, with its edges."""

from dataclasses import replace

from proctor_app.policies.rules import CLASSIC, STRICT
from proctor_app.reviews.rules import integrity_score


def test_the_worked_example() -> None:
    score = integrity_score({"focus_loss": 3, "absence": 1, "multiple_faces": 1}, CLASSIC)
    assert (score.score, score.raw) == (86, 86)
    assert score.formula == "100 − (3·2 + 1·3 + 1·5)"


def test_nothing_seen_is_a_hundred() -> None:
    score = integrity_score({}, CLASSIC)
    assert score.score == 100
    assert score.counts == {"focus_loss": 0, "absence": 0, "multiple_faces": 0}


def test_never_below_nought_but_raw_keeps_the_sum() -> None:
    score = integrity_score({"multiple_faces": 30}, CLASSIC)
    assert (score.score, score.raw) == (0, -50)


def test_advisory_kinds_are_free_under_classic_and_cost_under_strict() -> None:
    counts = {"camera_blocked": 2}
    assert integrity_score(counts, CLASSIC).score == 100
    strict = integrity_score(counts, STRICT)
    assert strict.score == 94
    assert strict.formula == "100 − (0·2 + 0·3 + 0·5 + 2·3)"
    assert integrity_score(counts, CLASSIC).counts["camera_blocked"] == 2


def test_a_cap_binds_and_the_formula_says_so() -> None:
    policy = replace(CLASSIC, caps={"focus_loss": 10, "absence": 9})
    score = integrity_score({"focus_loss": 9, "absence": 2, "multiple_faces": 1}, policy)
    assert score.score == score.raw == 100 - (10 + 6 + 5)
    assert score.formula == "100 − (min(9·2, 10) + 2·3 + 1·5)"
    assert [term.kind for term in score.capped] == ["focus_loss"]


def test_a_cap_that_is_just_reached_changes_nothing() -> None:
    score = integrity_score({"focus_loss": 5}, replace(CLASSIC, caps={"focus_loss": 10}))
    assert (score.score, score.formula, score.capped) == (90, "100 − (5·2 + 0·3 + 0·5)", [])


def test_a_cap_of_nought_makes_a_kind_free() -> None:
    assert integrity_score({"absence": 4}, replace(CLASSIC, caps={"absence": 0})).score == 100
