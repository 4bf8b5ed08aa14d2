"""What a candidate switches off in the call, and going away for a while."""

from playwright.sync_api import expect

from tests.browser.people import Candidate, Interviewer, enter_call


def test_mute_camera_leave_and_return(interviewer: Interviewer, candidate: Candidate) -> None:
    enter_call(interviewer, candidate)
    presence, monitor = interviewer.find("candidate-presence"), interviewer.page.locator("#monitor")
    candidate.page.get_by_role("button", name="Mute").click()
    expect(presence).to_contain_text("microphone off")
    candidate.page.get_by_role("button", name="Unmute").click()
    expect(presence).to_contain_text("microphone on")
    interviewer.hears_the_other()

    # Nobody is absent behind a camera that they switched off, for as long as that lasts.
    candidate.page.get_by_role("button", name="Camera off").click()
    expect(presence).to_contain_text("camera off")
    expect(monitor).to_contain_text("camera was switched off", timeout=10_000)
    interviewer.picture("1-camera-off")
    candidate.picture("1-camera-off-candidate")
    candidate.page.get_by_role("button", name="Camera on").click()
    expect(monitor).to_have_attribute("data-state", "watching", timeout=15_000)
    interviewer.sees_the_other()
    candidate.says("Back again")
    expect(interviewer.find("chat-log")).to_contain_text("Back again")

    take_consent_back_and_give_it_again(interviewer, candidate)

    candidate.find("leave-call").click()
    candidate.find("leave-confirm").click()
    interviewer.expect_candidate("left")
    interviewer.picture("2-left")
    candidate.find("rejoin").click()
    interviewer.expect_candidate("in_call")
    interviewer.sees_the_other()
    candidate.sees_the_other()
    expect(interviewer.find("incident")).to_have_count(0)


def take_consent_back_and_give_it_again(interviewer: Interviewer, candidate: Candidate) -> None:
    """The page stops watching at once; the call goes on, and both sides say so, also after a reload."""
    status, monitor = candidate.find("monitor-status"), interviewer.page.locator("#monitor")
    candidate.find("withdraw").click()
    candidate.picture("3-withdraw-asked")
    candidate.find("withdraw-confirm").click()
    expect(candidate.find("withdrawn")).to_be_visible()
    expect(status).to_have_attribute("data-state", "paused")
    expect(monitor).to_contain_text("Consent withdrawn at")
    interviewer.picture("3-withdrawn")
    candidate.picture("3-withdrawn-candidate")
    candidate.page.reload()
    candidate.sees_the_other()
    expect(candidate.find("withdrawn")).to_be_visible()
    expect(status).to_have_attribute("data-state", "paused")
    candidate.find("agree-again").click()
    candidate.find("agree-confirm").click()
    expect(candidate.find("withdrawn")).to_be_hidden()
    candidate.expect_watched()
    expect(monitor).to_have_attribute("data-state", "watching", timeout=15_000)
