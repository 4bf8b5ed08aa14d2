"""The candidate's link in two browsers: the second one asks, and a withdrawn link ends the call."""

from playwright.sync_api import Page, expect

from tests.browser.people import Candidate, Interviewer, enter_call


def test_a_second_device_asks_and_a_withdrawn_link_ends_the_call(
    interviewer: Interviewer, candidate: Candidate, stranger_page: Page
) -> None:
    enter_call(interviewer, candidate)
    interviewer.sees_the_other()
    interviewer.page.get_by_role("button", name="Invite").click()
    link = interviewer.find("join-link").input_value()
    expect(interviewer.find("link-state")).to_have_attribute("data-state", "used")

    stranger_page.goto(link)
    expect(stranger_page.get_by_test_id("link-used")).to_be_visible()
    stranger_page.get_by_test_id("knock-name").fill("On my telephone")
    stranger_page.get_by_test_id("knock").click()
    expect(interviewer.page.get_by_text("has the link, on another device")).to_be_visible()
    interviewer.picture("1-second-device")
    interviewer.find("knock-admit").click()
    expect(stranger_page.get_by_test_id("join-call")).to_be_visible(timeout=10_000)

    interviewer.find("link-withdraw").click()
    interviewer.page.get_by_role("button", name="Withdraw the link").click()
    expect(candidate.find("refused")).to_be_visible()
    interviewer.expect_candidate("offline")
    expect(interviewer.page.locator("#stage")).to_have_attribute("data-call", "waiting")
    stranger_page.reload()
    expect(stranger_page.get_by_test_id("knock-refused")).to_be_visible()

    interviewer.find("link-renew").click()
    interviewer.page.get_by_role("button", name="Make a new link").click()
    expect(interviewer.find("link-state")).to_have_attribute("data-state", "fresh")
    candidate.page.goto(interviewer.find("join-link").input_value())
    expect(candidate.find("join-call")).to_be_visible()
