"""A phone, and people by their bodies: found by the object worker in a real call, as the content policy allows."""

import pytest
from playwright.sync_api import expect

from tests.browser.camera import Camera
from tests.browser.people import Candidate, Interviewer, enter_call

pytestmark = pytest.mark.long

LOADED = 60_000  # ms; two browsers and both models on a small machine
NOTICED = 45_000  # a thing needs three looks, and a busy computer looks once in four seconds


def test_a_phone_held_up_is_noted_and_nothing_else_is(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    enter_call(interviewer, candidate)
    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "looking", timeout=LOADED)
    # The room has books on a shelf behind the candidate: nobody's business.
    candidate.page.wait_for_timeout(6_000)
    assert interviewer.counts() == {}

    camera.show("phone")
    phone = interviewer.incidents("phone_visible")
    expect(phone).to_have_attribute("data-state", "open", timeout=NOTICED)
    candidate.expect_noticed("phone_visible", "open")
    interviewer.picture("a-phone-in-view")

    camera.show("present")
    expect(phone).to_have_attribute("data-state", "closed", timeout=NOTICED)
    assert interviewer.counts() == {"phone_visible": 1}


def test_a_person_at_the_wall_is_one_incident_whoever_sees_them(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    enter_call(interviewer, candidate)
    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "looking", timeout=LOADED)

    camera.show("far")
    several = interviewer.incidents("multiple_faces")
    expect(several).to_have_attribute("data-state", "open", timeout=NOTICED)
    candidate.page.wait_for_timeout(5_000)
    interviewer.picture("a-person-at-the-wall")

    camera.show("present")
    expect(several).to_have_attribute("data-state", "closed", timeout=NOTICED)
    assert interviewer.counts() == {"multiple_faces": 1}


def test_a_portrait_on_the_wall_is_nobody(interviewer: Interviewer, candidate: Candidate, camera: Camera) -> None:
    camera.show("poster")
    enter_call(interviewer, candidate)
    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "looking", timeout=LOADED)

    candidate.page.wait_for_timeout(12_000)
    interviewer.picture("a-portrait-on-the-wall")
    assert interviewer.counts() == {}


def test_where_the_model_cannot_be_had_the_call_goes_on_and_the_interviewer_knows(
    interviewer: Interviewer, candidate: Candidate
) -> None:
    candidate.page.context.route("**/models/objects/*", lambda route: route.abort())
    enter_call(interviewer, candidate)

    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "failed", timeout=LOADED)
    expect(interviewer.page.get_by_text("phones, books and bodies are not looked for")).to_be_visible(timeout=15_000)
    expect(candidate.find("monitor-status")).to_have_attribute("data-state", "watching")
    interviewer.picture("objects-not-looked-for")
