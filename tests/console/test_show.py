"""The console's page, the review's page, and that every part is the same in a page and in a fragment."""

from typing import Any

import pytest
from flask import render_template

from proctor_app import clock
from proctor_app.console import partials
from proctor_app.console.view import DISMISS_REASONS, View
from proctor_app.sessions import service as sessions
from tests.console.conftest import HTMX, Interview
from tests.held import observe


def test_the_owner_sees_the_interview_and_only_its_incidents(owner: Any, interview: Interview) -> None:
    page = owner.get(interview.path).text
    assert "Asha Verma" in page
    assert page.count('data-testid="incident"') == 3
    assert '<output class="score" data-testid="integrity-score">90</output>' in page
    assert "100 − (1·2 + 1·3 + 1·5)" in page
    assert page.index(f'id="incident-{interview.two_faces}"') < page.index(f'id="incident-{interview.looking_away}"')


def test_an_incident_says_what_was_seen_when_and_for_how_long(owner: Any, interview: Interview) -> None:
    page = owner.get(interview.path).text
    row = page[page.index(f'id="incident-{interview.looking_away}"') :]
    assert 'data-kind="focus_loss" data-reason="looking_away" data-state="closed"' in row[:600]
    for words in ("03:20", "Looking to the right", "6 s", "−2", "turned 28°"):
        assert words in row


def test_a_stranger_learns_nothing(stranger: Any, interview: Interview) -> None:
    for path in ("", "/live", "/end", "/report-status"):
        answer = stranger.get(interview.path + path)
        assert answer.status_code == 404
        assert "Asha" not in answer.text


def test_who_is_not_signed_in_is_sent_to_the_door(app: Any, interview: Interview) -> None:
    answer = app.test_client().get(interview.path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_an_unknown_session_is_not_found(owner: Any) -> None:
    assert owner.get("/sessions/lusab-babad-gutih-tugad").status_code == 404


def test_names_are_shown_as_text(app: Any, owner: Any, interview: Interview) -> None:
    with app.app_context():
        evil, _ = sessions.create(str(interview.owner.id), "<script>1</script>", '"><script>2</script>', "")
    page = owner.get(f"/sessions/{evil.id}").text
    assert "<script>1" not in page
    assert "<script>2" not in page


@pytest.mark.parametrize("ended", [False, True])
def test_a_part_is_the_same_in_the_page_and_in_a_fragment(app: Any, interview: Interview, ended: bool) -> None:
    session = interview.session
    with app.test_request_context():
        observe(session, "focus_loss", None, 1200, None)
        sessions.add_note(session, str(interview.owner.id), "good answer on indexes")
        sessions.knock(session.id, "Ben")
        if ended:
            sessions.end(session, "test", clock.now())
            session.reload()
        view = View(session)
        page = render_template(
            "console/review.html" if ended else "console/console.html",
            view=view,
            csrf="token",
            join_url=None,
            dismiss_reasons=DISMISS_REASONS,
            data={},
        )
        absent = partials.ENDED_ONLY if not ended else partials.LIVE_ONLY
        for name in partials.PARTS.keys() - absent:
            assert partials.draw(view, name, "token").strip() in page, name


def test_after_a_lost_connection_every_part_comes_anew(owner: Any, interview: Interview) -> None:
    answer = owner.get(f"{interview.path}/live?status=live", headers=HTMX)
    for part in ("score", "incident-rows", "timeline", "presence", "knocks", "notes"):
        assert f'<hx-partial hx-target="#{part}"' in answer.text
    assert answer.text.count('data-testid="incident"') == 3
    assert "HX-Refresh" not in answer.headers


def test_what_time_alone_changes_comes_without_the_list(owner: Any, interview: Interview) -> None:
    answer = owner.get(f"{interview.path}/live?status=live&only=timed", headers=HTMX)
    assert 'hx-target="#monitor"' in answer.text
    assert 'hx-target="#incident-rows"' not in answer.text


def test_a_page_that_is_out_of_date_is_loaded_again(app: Any, owner: Any, interview: Interview) -> None:
    with app.app_context():
        sessions.end(interview.session, "test", clock.now())
    assert owner.get(f"{interview.path}/live?status=live").headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in owner.get(f"{interview.path}/live?status=ended").headers
    page = owner.get(interview.path).text
    assert 'id="report"' in page
    assert 'data-testid="remote-video"' not in page


@pytest.mark.parametrize("ended", [False, True])
def test_too_little_watched_takes_the_place_of_the_number(
    app: Any, owner: Any, interview: Interview, ended: bool
) -> None:
    if ended:
        with app.app_context():
            sessions.end(interview.other, "test", clock.now())
    page = owner.get(f"/sessions/{interview.other.id}").text
    assert "Insufficient data" in page
    assert ("so far" in page) is not ended
    assert "/100" not in page and "The score over time" not in page
    assert '<output data-testid="integrity-score" hidden>95</output>' in page, "the sum, for programs"
