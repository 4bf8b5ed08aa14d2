"""A window over the candidate's page counts; a covered lens is shown, and is a time in which nothing could be seen."""

from playwright.sync_api import expect

from tests.browser.camera import Camera
from tests.browser.people import Candidate, Interviewer, enter_call


def test_window_in_front(interviewer: Interviewer, candidate: Candidate) -> None:
    enter_call(interviewer, candidate)
    page, row = candidate.page, interviewer.incidents("focus_loss", "window_blur")
    # Playwright makes every page believe that it has the focus; a real browser does not.
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})

    other = page.context.new_page()
    other.bring_to_front()
    expect(row).to_have_attribute("data-state", "open", timeout=15_000)
    interviewer.picture("1-behind")
    other.close()
    page.bring_to_front()
    expect(row).to_have_attribute("data-state", "closed", timeout=15_000)
    assert interviewer.counts() == {"focus_loss": 1}


def test_covered_lens(interviewer: Interviewer, candidate: Candidate, camera: Camera) -> None:
    session_id = enter_call(interviewer, candidate)
    # Longer than what makes an absence, and more than half of this interview.
    camera.show_for("covered", 13)
    interviewer.picture("1-covered")
    interviewer.end()
    expect(interviewer.page.locator("#score")).to_contain_text("Insufficient data")
    expect(interviewer.find("report-link")).to_be_visible(timeout=30_000)
    made = interviewer.report(session_id)
    # It is nobody's absence, and under the classic policy it takes nothing off.
    assert [one["kind"] for one in made["incidents"]] == ["camera_blocked"]
    assert made["insufficient_data"] and made["score"] is None
    assert made["coverage"]["not_observable"]["covered"] > 10
