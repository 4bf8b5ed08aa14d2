"""Notes, knocks, a new link, and the end: the console's other forms."""

import re
from typing import Any

import pytest

from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from tests.console.conftest import HTMX, Interview


def test_a_note_keeps_its_moment(app: Any, owner: Any, interview: Interview) -> None:
    answer = owner.post(f"{interview.path}/notes", data={"text": " good answer on <indexes> "}, headers=HTMX)
    assert "good answer on &lt;indexes&gt;" in answer.text
    assert ">30:0" in answer.text
    with app.app_context():
        assert [note.text for note in sessions.notes_for(interview.session.id)] == ["good answer on <indexes>"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(app: Any, owner: Any, interview: Interview, text: str) -> None:
    assert owner.post(f"{interview.path}/notes", data={"text": text}, headers=HTMX).status_code == 422
    with app.app_context():
        assert sessions.notes_for(interview.session.id) == []


def test_a_stranger_cannot_use_any_form(app: Any, stranger: Any, interview: Interview) -> None:
    with app.app_context():
        knock = sessions.knock(interview.session.id, "Ben")
    for path in ("/notes", f"/knocks/{knock.id}", "/invite", "/end"):
        data = {"text": "x", "answer": "admitted"}
        assert stranger.post(interview.path + path, data=data).status_code == 404
    with app.app_context():
        assert sessions.find_knock(knock.id).status == "waiting"
        assert sessions.get(interview.session.id).status == "live"


@pytest.mark.parametrize("answer", ["admitted", "refused"])
def test_who_knocks_is_shown_and_answered(app: Any, owner: Any, interview: Interview, answer: str) -> None:
    with app.app_context():
        knock = sessions.knock(interview.session.id, "Ben from the agency")
    page = owner.get(interview.path).text
    assert "Ben from the agency" in page
    assert 'data-testid="knock-admit"' in page
    path = f"{interview.path}/knocks/{knock.id}"
    assert "Ben from" not in owner.post(path, data={"answer": answer}, headers=HTMX).text
    with app.app_context():
        assert sessions.find_knock(knock.id).status == answer
    other = "refused" if answer == "admitted" else "admitted"
    owner.post(path, data={"answer": other}, headers=HTMX)
    with app.app_context():
        assert sessions.find_knock(knock.id).status == answer


def test_a_knock_needs_a_known_answer_and_must_be_at_this_door(app: Any, owner: Any, interview: Interview) -> None:
    with app.app_context():
        knock = sessions.knock(interview.session.id, "Ben")
    assert owner.post(f"{interview.path}/knocks/{knock.id}", data={"answer": "maybe"}, headers=HTMX).status_code == 422
    elsewhere = f"/sessions/{interview.other.id}/knocks/{knock.id}"
    assert owner.post(elsewhere, data={"answer": "admitted"}, headers=HTMX).status_code == 404


def test_a_new_link_replaces_the_old_one_and_stays_on_the_page(app: Any, owner: Any, interview: Interview) -> None:
    assert 'data-testid="join-link"' not in owner.get(interview.path).text
    answer = owner.post(f"{interview.path}/invite", headers=HTMX)
    link = re.search(r'data-testid="join-link" value="([^"]+)"', answer.text)
    assert link is not None
    token = link[1].partition("?t=")[2]
    with app.app_context():
        session = sessions.get(interview.session.id)
        assert links.fits(session, token)
        assert not links.fits(session, interview.token)
    assert link[1] in owner.get(interview.path).text


def test_ending_asks_first_where_there_are_no_scripts(owner: Any, interview: Interview) -> None:
    assert "End the interview?" in owner.get(f"{interview.path}/end").text


def test_the_end_leads_to_the_review_and_a_second_end_too(app: Any, owner: Any, interview: Interview) -> None:
    for _ in range(2):
        answer = owner.post(f"{interview.path}/end")
        assert (answer.status_code, answer.headers["Location"]) == (303, interview.path)
    with app.app_context():
        assert sessions.get(interview.session.id).status == "ended"
    page = owner.get(interview.path).text
    assert "Nothing more is expected from the candidate’s page" in page
    assert owner.get(f"{interview.path}/end").status_code == 302


def test_verdicts_and_notes_can_be_given_after_the_end(app: Any, owner: Any, interview: Interview) -> None:
    owner.post(f"{interview.path}/end")
    answer = owner.post(interview.review_path(interview.absence), data={"verdict": "confirmed"}, headers=HTMX)
    assert answer.status_code == 200
    assert owner.post(f"{interview.path}/notes", data={"text": "hire?"}, headers=HTMX).status_code == 200
