"""Who has only the session id, and who does not want to be watched."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.people import Interviewer

TITLE, NAME = "Data analyst", "Noor Haddad"


def test_knock_and_be_admitted(site: Site, interviewer: Interviewer, stranger_page: Page) -> None:
    session_id, _ = interviewer.create(TITLE, NAME)
    stranger_page.goto(f"{site.url}/join/{session_id}")
    assert_reveals_nothing(site, stranger_page, session_id)
    stranger_page.screenshot(path=interviewer.pictures / "1-door.png")

    stranger_page.get_by_test_id("knock-name").fill("Noor <b>from home</b>")
    stranger_page.get_by_test_id("knock").click()
    expect(interviewer.page.get_by_text("Noor <b>from home</b>")).to_be_visible()
    interviewer.picture("2-knock")
    stranger_page.reload()
    expect(stranger_page.get_by_test_id("knock-waiting")).to_be_visible()
    assert_reveals_nothing(site, stranger_page, session_id)

    interviewer.find("knock-admit").click()
    expect(stranger_page.get_by_test_id("consent-accept")).to_be_visible(timeout=10_000)
    expect(interviewer.find("knock-admit")).to_have_count(0)
    interviewer.expect_candidate("consenting")


def test_knock_and_be_refused(site: Site, interviewer: Interviewer, stranger_page: Page) -> None:
    session_id, _ = interviewer.create(TITLE, NAME)
    stranger_page.goto(f"{site.url}/join/{session_id}")
    stranger_page.get_by_test_id("knock-name").fill("Somebody")
    stranger_page.get_by_test_id("knock").click()
    interviewer.find("knock-refuse").click()
    expect(stranger_page.get_by_test_id("knock-refused")).to_be_visible(timeout=10_000)
    assert_reveals_nothing(site, stranger_page, session_id)
    interviewer.expect_candidate("invited")


def test_decline_and_think_again(interviewer: Interviewer, stranger_page: Page) -> None:
    _, link = interviewer.create(TITLE, NAME)
    stranger_page.goto(link)
    stranger_page.get_by_test_id("consent-decline").click()
    interviewer.expect_candidate("declined")
    interviewer.picture("1-declined")
    stranger_page.screenshot(path=interviewer.pictures / "2-declined-candidate.png")
    # The link's token is spent on a cookie, yet the declined page is all that this browser gets.
    stranger_page.goto(link)
    expect(stranger_page.get_by_test_id("join-call")).to_have_count(0)
    stranger_page.get_by_test_id("consent-again").click()
    stranger_page.get_by_test_id("consent-accept").click()
    expect(stranger_page.get_by_test_id("join-call")).to_be_visible()
    interviewer.expect_candidate("checking")


def assert_reveals_nothing(site: Site, page: Page, session_id: str) -> None:
    """The page names nobody, and at the door it is the same as for an id that does not exist."""
    html = page.content()
    for secret in (TITLE, NAME, "Ines"):
        assert secret not in html
    if page.get_by_test_id("knock").count():
        made_up = "babab-babab-babab-babab"
        real, unreal = (page.request.get(f"{site.url}/join/{each}").text() for each in (session_id, made_up))
        assert without_tokens(real.replace(session_id, made_up)) == without_tokens(unreal)


def without_tokens(html: str) -> str:
    """The page without what is random on each load."""
    return re.sub(r'(csrf[-_]token" (?:content|value)=|X-CSRFToken": )"[^"]+"', r"\1", html)
