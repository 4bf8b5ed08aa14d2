"""The console under the interviewer's hands: rows stay where they are, keys judge, and a second page can take over.

A program plays the candidate here, so that incidents come exactly when the test wants them.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.people import Interviewer
from tests.live.conftest import Socket, observation


@dataclass
class Session:
    """An interview whose candidate is a socket."""

    url: str
    candidate: Socket

    def sees(self, kind: str, seconds_ago: float, reason: str | None = None, **detail: Any) -> str:
        """Have the candidate's page report three seconds of something. Returns the incident's id."""
        started_at = round((time.time() - seconds_ago) * 1000)
        times = {"started_at": started_at, "ended_at": started_at + 3000}
        seen = observation(kind=kind, reason=reason, detail=detail, **times)
        assert self.candidate.call("observation", seen)["ok"]
        return str(seen["id"])


@pytest.fixture
def session(site: Site, interviewer: Interviewer) -> Iterator[Session]:
    page = interviewer.page
    page.goto(site.url + "/account")
    page.get_by_label("What it is for").fill("Console tests")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("New API token").input_value()
    body = {
        "title": "Backend engineer",
        "candidate": {"name": "Asha Verma", "email": "asha@example.org"},
        "consent": {"version": "test", "accepted_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()},
    }
    request = urllib.request.Request(
        site.url + "/api/v1/sessions",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        made = json.load(answer)
    auth = {"session": made["id"], "token": made["candidate_token"], "peer": "page-1"}
    candidate = Socket(site.url, "/candidate", auth)
    yield Session(f"{site.url}/sessions/{made['id']}", candidate)
    candidate.close()


def row(page: Page, incident: str) -> Locator:
    return page.locator(f"#incident-{incident}")


def top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def test_a_new_row_does_not_move_the_one_under_the_pointer(interviewer: Interviewer, session: Session) -> None:
    page = interviewer.page
    page.goto(session.url)
    first = session.sees("absence", 60)
    session.sees("multiple_faces", 40, faces=2)
    expect(interviewer.find("incident")).to_have_count(2)
    pointed = row(page, first).get_by_test_id("incident-confirm")
    pointed.hover()
    before = top(pointed)
    session.sees("focus_loss", 20, "looking_away", direction="right")
    expect(interviewer.find("incident")).to_have_count(3)
    expect(page.get_by_text("1 newer")).to_be_visible()
    assert top(pointed) == before
    interviewer.picture("pointed")
    page.mouse.move(200, 300)
    expect(page.get_by_text("1 newer")).to_be_hidden()
    latest = interviewer.find("incident").first
    expect(latest).to_contain_text("Looking to the right")
    assert top(latest) > top(interviewer.find("incident-list")) - 1


def test_incidents_are_judged_by_keyboard(interviewer: Interviewer, session: Session) -> None:
    page = interviewer.page
    page.goto(session.url)
    absence = session.sees("absence", 60)
    faces = session.sees("multiple_faces", 40, faces=2)
    expect(row(page, faces)).to_be_visible()
    interviewer.expect_score(92)

    page.keyboard.press("j")
    expect(row(page, faces)).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.type("Her child came in")
    page.keyboard.press("Enter")
    interviewer.expect_score(97)
    expect(row(page, faces)).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, faces).get_by_text("dismissed: Her child came in")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(row(page, absence)).to_have_attribute("data-verdict", "confirmed")
    page.keyboard.press("k")
    page.keyboard.press("u")
    interviewer.expect_score(92)
    expect(row(page, faces)).to_have_attribute("data-verdict", "none")

    page.keyboard.press("n")
    page.keyboard.type("judged")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="judged")).to_be_visible()
    expect(interviewer.find("note-input")).to_have_value("")


def test_a_reason_that_is_being_typed_survives_what_comes_in(interviewer: Interviewer, session: Session) -> None:
    page = interviewer.page
    page.goto(session.url)
    seen = observation(kind="absence", reason=None, started_at=round((time.time() - 30) * 1000))
    session.candidate.call("observation", seen)
    open_row = row(page, seen["id"])
    expect(open_row).to_have_attribute("data-state", "open")
    open_row.get_by_test_id("incident-dismiss").click()
    page.keyboard.type("Her phone ra")
    session.candidate.call("observation", seen | {"seq": 2, "ended_at": seen["started_at"] + 12_000})
    expect(open_row).to_have_attribute("data-state", "closed")
    page.keyboard.type("ng")
    expect(open_row.get_by_test_id("dismiss-reason")).to_have_value("Her phone rang")
    page.keyboard.press("Enter")
    interviewer.expect_score(100)


def test_only_those_to_review_are_shown_when_asked_for(interviewer: Interviewer, session: Session) -> None:
    page = interviewer.page
    page.goto(session.url)
    absence = session.sees("absence", 60)
    faces = session.sees("multiple_faces", 40, faces=2)
    expect(row(page, faces)).to_be_visible()
    page.get_by_role("radio", name="to review").check()
    row(page, absence).get_by_test_id("incident-confirm").click()
    expect(row(page, absence)).to_have_attribute("data-verdict", "confirmed")
    expect(row(page, absence)).to_be_visible()
    page.mouse.move(200, 300)
    expect(row(page, absence)).to_be_hidden()
    expect(row(page, faces)).to_be_visible()


def test_a_second_page_shows_the_same_and_can_take_the_call(interviewer: Interviewer, session: Session) -> None:
    page = interviewer.page
    page.goto(session.url)
    absence = session.sees("absence", 60)
    expect(row(page, absence)).to_be_visible()
    second = page.context.new_page()
    second.goto(session.url)
    take = second.get_by_role("button", name="Take over the call")
    expect(take).to_be_visible()
    row(second, absence).get_by_test_id("incident-confirm").click()
    expect(row(page, absence)).to_have_attribute("data-verdict", "confirmed")
    take.click()
    expect(take).to_be_hidden()
    expect(page.get_by_role("button", name="Take over the call")).to_be_visible()
    second.close()
