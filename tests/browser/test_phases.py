"""Phases in two real browsers: one key relaxes what the candidate's page notes, and ends what it had open."""

import pytest
from playwright.sync_api import expect

from tests.browser.camera import Camera
from tests.browser.people import Candidate, Interviewer, enter_call


@pytest.mark.long
def test_a_break_ends_what_is_open_and_nothing_is_noted_in_it(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    enter_call(interviewer, candidate)
    candidate.expect_watched()
    rows = interviewer.find("incident")

    camera.show("two_faces")
    several = interviewer.incidents("multiple_faces")
    expect(several).to_have_attribute("data-state", "open", timeout=20_000)

    interviewer.page.locator("#phase").press("5")
    expect(several).to_have_attribute("data-state", "closed", timeout=5_000)
    expect(candidate.find("phase")).to_contain_text("break Nothing is noted.")
    interviewer.picture("1-break")
    camera.show("absent")
    # Half as long again as what makes an absence.
    candidate.page.wait_for_timeout(15_000)
    assert rows.count() == 1

    interviewer.page.locator("#phase").press("0")
    expect(candidate.find("phase")).to_be_hidden()
    expect(interviewer.incidents("focus_loss", "face_not_visible")).to_have_count(1, timeout=15_000)
    # It begins with the end of the break: the time before does not count.
    expect(interviewer.incidents("absence")).to_have_count(1, timeout=15_000)
    interviewer.picture("2-after")
    assert rows.count() == 2


@pytest.mark.long
def test_a_question_gives_time_to_think_before_a_turned_head_counts(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    enter_call(interviewer, candidate)
    candidate.expect_look_known()
    interviewer.page.locator("#phase").press("1")
    expect(candidate.find("phase")).to_contain_text("Take your time")
    # Longer than what counts, and over before the time to think is.
    camera.show_for("turned", 7)
    candidate.page.wait_for_timeout(4_000)
    assert interviewer.find("incident").count() == 0
    camera.show("turned")
    expect(interviewer.incidents("focus_loss", "looking_away")).to_have_count(1, timeout=20_000)
