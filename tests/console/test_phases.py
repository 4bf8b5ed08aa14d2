"""Marking phases on the console, and what a cap shows there."""

import re
from dataclasses import replace
from typing import Any

from proctor_app.policies.rules import CLASSIC
from proctor_app.sessions import phases, service
from tests.cast import sign_in
from tests.console.conftest import Interview

HTMX = {"HX-Request": "true"}


def test_a_mark_is_shown_at_once_and_after_a_reload(owner: Any, interview: Interview) -> None:
    answer = owner.post(f"{interview.path}/phase", data={"phase": "coding"}, headers=HTMX)
    page = owner.get(interview.path).text
    for html in (answer.text, page):
        assert re.search(r'value="coding" aria-pressed="true"', html)
        assert html.count('aria-pressed="true" data-phase=') == 1
        assert re.search(r'class="timeline__phase" data-phase="coding"[^>]*data-from="1', html)
    assert "Not noted: looking away, page not in front" in page


def test_an_empty_mark_ends_a_phase_and_a_repeat_changes_nothing(owner: Any, interview: Interview) -> None:
    for phase in ("reading", "reading", "", ""):
        assert owner.post(f"{interview.path}/phase", data={"phase": phase}, headers=HTMX).status_code == 200
    [span] = phases.spans_of(interview.session.id, None)
    assert span.phase == "reading" and span.ended_at is not None


def test_without_scripts_it_leads_back_to_the_page(owner: Any, interview: Interview) -> None:
    answer = owner.post(f"{interview.path}/phase", data={"phase": "break"})
    assert (answer.status_code, answer.location) == (303, interview.path)


def test_no_phase_of_that_name_nor_for_a_stranger(client: Any, owner: Any, interview: Interview) -> None:
    assert owner.post(f"{interview.path}/phase", data={"phase": "lunch"}).status_code == 422
    sign_in(client, interview.stranger)
    assert client.post(f"{interview.path}/phase", data={"phase": "break"}).status_code == 404
    assert phases.spans_of(interview.session.id, None) == []


def test_a_cap_that_binds_is_seen_beside_the_score(owner: Any, interview: Interview) -> None:
    capped = replace(CLASSIC, caps={"multiple_faces": 4}).as_dict()
    service.get(interview.session.id).modify(set__policy=capped)
    page = owner.get(interview.path).text
    assert "100 − (1·2 + 1·3 + min(1·5, 4))" in page
    assert "Multiple faces takes 4 points off at most." in page
    assert re.search(r'data-testid="integrity-score"[^>]*>91<', page)
