"""Confirm, dismiss with a reason, undo: on the page, with and without scripts."""

from typing import Any

import pytest

from proctor_app.incidents import service as incidents
from proctor_app.reviews import service as reviews
from tests.console.conftest import HTMX, Interview


def verdict_of(app: Any, interview: Interview, incident: str) -> tuple[str | None, str | None]:
    with app.app_context():
        found = incidents.get(interview.session.id, incident)
        return found.verdict, found.verdict_note


def score_of(app: Any, interview: Interview) -> int:
    with app.app_context():
        return reviews.score_for(interview.session).score


def test_a_dismissed_incident_stops_counting_at_once(app: Any, owner: Any, interview: Interview) -> None:
    path = interview.review_path(interview.two_faces)
    answer = owner.post(path, data={"verdict": "dismissed", "note": "Her child came in"}, headers=HTMX)
    assert answer.status_code == 200
    assert '<hx-partial hx-target="#incident-rows" hx-swap="rows">' in answer.text
    assert 'data-testid="integrity-score">95</output>' in answer.text
    assert "Her child came in" in answer.text
    assert verdict_of(app, interview, interview.two_faces) == ("dismissed", "Her child came in")
    assert score_of(app, interview) == 95


def test_a_ready_made_reason_will_do(app: Any, owner: Any, interview: Interview) -> None:
    data = {"verdict": "dismissed", "note": "", "reason": "Taking notes"}
    owner.post(interview.review_path(interview.looking_away), data=data, headers=HTMX)
    assert verdict_of(app, interview, interview.looking_away) == ("dismissed", "Taking notes")


def test_a_confirmed_incident_counts_as_before(app: Any, owner: Any, interview: Interview) -> None:
    answer = owner.post(interview.review_path(interview.absence), data={"verdict": "confirmed"}, headers=HTMX)
    assert 'data-verdict="confirmed"' in answer.text
    assert "2 to review" in answer.text
    assert score_of(app, interview) == 90


def test_undo_takes_the_verdict_back(app: Any, owner: Any, interview: Interview) -> None:
    path = interview.review_path(interview.two_faces)
    owner.post(path, data={"verdict": "dismissed", "note": "no"}, headers=HTMX)
    answer = owner.post(path, data={"verdict": "none"}, headers=HTMX)
    assert 'data-verdict="none"' in answer.text
    assert verdict_of(app, interview, interview.two_faces) == (None, None)
    assert score_of(app, interview) == 90


def test_the_same_verdict_again_changes_nothing(app: Any, owner: Any, interview: Interview) -> None:
    for _ in range(2):
        owner.post(interview.review_path(interview.absence), data={"verdict": "confirmed"}, headers=HTMX)
    with app.app_context():
        assert len(reviews.history_of(interview.session.id, interview.absence)) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "verdict"),
        ({"verdict": "guilty"}, "verdict"),
        ({"verdict": "dismissed"}, "why this incident does not count"),
        ({"verdict": "dismissed", "note": "  "}, "why this incident does not count"),
        ({"verdict": "dismissed", "note": "x" * 1001}, "1000 characters"),
    ],
)
def test_wrong_input_is_named_and_changes_nothing(
    app: Any, owner: Any, interview: Interview, data: dict[str, str], says: str
) -> None:
    answer = owner.post(interview.review_path(interview.absence), data=data, headers=HTMX)
    assert answer.status_code == 422
    assert says in answer.text
    assert "#flashes" in answer.text
    assert verdict_of(app, interview, interview.absence) == (None, None)


def test_a_stranger_cannot_judge(app: Any, stranger: Any, interview: Interview) -> None:
    answer = stranger.post(interview.review_path(interview.absence), data={"verdict": "confirmed"})
    assert answer.status_code == 404
    assert verdict_of(app, interview, interview.absence) == (None, None)


def test_an_incident_of_another_interview_is_not_found_here(app: Any, owner: Any, interview: Interview) -> None:
    with app.app_context():
        elsewhere = incidents.list_for(interview.other.id)[0].id
    answer = owner.post(interview.review_path(elsewhere), data={"verdict": "confirmed"}, headers=HTMX)
    assert answer.status_code == 404


def test_without_scripts_the_form_goes_back_to_its_row(owner: Any, interview: Interview) -> None:
    answer = owner.post(interview.review_path(interview.absence), data={"verdict": "confirmed"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{interview.path}#incident-{interview.absence}"


def test_a_form_from_elsewhere_is_refused(app: Any, owner: Any, interview: Interview) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = owner.post(interview.review_path(interview.absence), data={"verdict": "confirmed"})
    assert answer.status_code == 400
    assert verdict_of(app, interview, interview.absence) == (None, None)
