"""The first pages in a browser: the list that refreshes itself, copying, a question before what is final."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.people import Interviewer


def test_list_tells_of_a_knock_without_a_reload(site: Site, interviewer: Interviewer, launch) -> None:
    session_id, _ = interviewer.create("Data analyst", "Jonas Petersen")
    page = interviewer.page
    page.goto(site.url + "/")
    row = page.locator(f"#row-{session_id}")
    expect(row).to_contain_text("Scheduled")
    page.locator('[name="title"]').fill("Half typed")

    visitor = launch().new_context().new_page()
    visitor.goto(f"{site.url}/join/{session_id}")
    visitor.get_by_test_id("knock-name").fill("Jonas")
    visitor.get_by_test_id("knock").click()

    expect(row).to_contain_text("Knocks at the door", timeout=15_000)
    expect(page.locator('[name="title"]')).to_have_value("Half typed")
    expect(page.locator("time[data-local]")).to_have_count(0)
    interviewer.picture("knock")


def test_token_is_copied_and_revoked_only_after_a_question(site: Site, interviewer_page: Page) -> None:
    page = interviewer_page
    page.goto(site.url + "/account")
    page.get_by_label("What it is for").fill("Applicant system")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("New API token").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    # No page of ours may read the clipboard; whoever copied may paste.
    page.get_by_label("What it is for").press("Control+V")
    expect(page.get_by_label("What it is for")).to_have_value(token)

    row = page.locator("li", has_text="Applicant system")
    row.get_by_role("button", name="Revoke").click()
    question = page.get_by_role("dialog", name="Revoke “Applicant system”?")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(row).to_be_visible()

    row.get_by_role("button", name="Revoke").click()
    question.get_by_role("button", name="Revoke").click()
    said = page.get_by_role("status").get_by_text("no longer works")
    expect(said).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Put this message away").click()
    expect(said).to_have_count(0)


def test_signed_out_elsewhere_leads_to_the_sign_in_page(site: Site, interviewer: Interviewer, witness) -> None:
    witness.expected.append("401")
    interviewer.page.context.clear_cookies()
    interviewer.page.wait_for_url("**/sign-in", timeout=15_000)
    expect(interviewer.page.get_by_label("Password")).to_be_visible()
