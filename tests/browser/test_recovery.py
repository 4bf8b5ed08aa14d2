"""Reloads, cuts and closed tabs: the call comes back, and no observation is lost or counted twice."""

from playwright.sync_api import expect

from tests.browser.camera import Camera
from tests.browser.conftest import Site, Witness
from tests.browser.people import Candidate, Interviewer, enter_call
from tests.waiting import wait_until

# What of the monitoring still loads when the network goes fails then, and is tried again later.
OFFLINE = ["ERR_INTERNET_DISCONNECTED", "Failed to fetch", "wasm", "falling back to ArrayBuffer"]


def test_reload_of_either_page(interviewer: Interviewer, candidate: Candidate, camera: Camera) -> None:
    enter_call(interviewer, candidate)
    provoke_two_faces(interviewer, camera)
    for person in (candidate, interviewer):
        person.page.reload()
        interviewer.sees_the_other()
        candidate.sees_the_other()
    candidate.expect_watched()
    assert interviewer.counts() == {"multiple_faces": 1}
    interviewer.expect_score(95)


def test_incident_while_offline(
    interviewer: Interviewer, candidate: Candidate, camera: Camera, witness: Witness
) -> None:
    witness.expected += OFFLINE
    enter_call(interviewer, candidate)
    network = candidate.page.context
    network.set_offline(True)
    interviewer.expect_candidate("reconnecting", timeout=60_000)
    interviewer.picture("1-reconnecting")
    camera.show("two_faces")
    candidate.expect_noticed("multiple_faces", "open")
    camera.show("present")
    candidate.expect_noticed("multiple_faces", "closed")
    expect(interviewer.find("incident")).to_have_count(0)
    candidate.picture("2-offline")

    network.set_offline(False)
    row = interviewer.incidents("multiple_faces")
    expect(row).to_have_attribute("data-state", "closed", timeout=20_000)
    interviewer.expect_candidate("in_call")
    interviewer.sees_the_other()
    assert interviewer.counts() == {"multiple_faces": 1}
    interviewer.expect_score(95)


def test_closed_tab(interviewer: Interviewer, candidate: Candidate, camera: Camera) -> None:
    session_id = enter_call(interviewer, candidate)
    camera.show("two_faces")
    expect(interviewer.incidents("multiple_faces")).to_have_attribute("data-state", "open", timeout=15_000)
    candidate.page.close()
    interviewer.expect_candidate("reconnecting")
    interviewer.end()
    expect(interviewer.find("report-link")).to_be_visible(timeout=30_000)
    incidents = interviewer.report(session_id)["incidents"]
    assert [(one["kind"], bool(one["ended_at"])) for one in incidents] == [("multiple_faces", True)]


def test_console_while_offline(
    interviewer: Interviewer, candidate: Candidate, camera: Camera, witness: Witness
) -> None:
    witness.expected += OFFLINE
    enter_call(interviewer, candidate)
    network = interviewer.page.context
    network.set_offline(True)
    camera.show("two_faces")
    candidate.expect_noticed("multiple_faces", "open")
    camera.show("present")
    candidate.expect_noticed("multiple_faces", "closed")
    expect(interviewer.find("incident")).to_have_count(0)
    interviewer.picture("1-offline")
    network.set_offline(False)
    expect(interviewer.incidents("multiple_faces")).to_have_attribute("data-state", "closed", timeout=20_000)
    interviewer.expect_score(95)
    interviewer.sees_the_other()
    candidate.sees_the_other()


def test_delivered_after_the_end(
    site: Site, interviewer: Interviewer, candidate: Candidate, camera: Camera, witness: Witness
) -> None:
    witness.expected += OFFLINE
    session_id = enter_call(interviewer, candidate)
    network = candidate.page.context
    network.set_offline(True)
    camera.show("two_faces")
    candidate.expect_noticed("multiple_faces", "open")
    candidate.page.close()
    interviewer.end()
    expect(interviewer.find("report-link")).to_be_visible(timeout=40_000)
    assert interviewer.report(session_id)["incidents"] == []

    network.set_offline(False)
    later = network.new_page()
    later.goto(f"{site.url}/join/{session_id}")
    expect(later.get_by_test_id("last-notes")).to_have_attribute("data-state", "done")
    expect(interviewer.incidents("multiple_faces")).to_have_attribute("data-state", "closed")
    interviewer.expect_score(95)
    made = wait_until(lambda: with_incidents(interviewer.report(session_id)), "the report made anew", timeout=30)
    assert [(one["kind"], one["late"]) for one in made["incidents"]] == [("multiple_faces", True)]


def with_incidents(made: dict) -> dict | None:
    """The report, when it has any."""
    return made if made["incidents"] else None


def provoke_two_faces(interviewer: Interviewer, camera: Camera) -> None:
    """Let a second person look in until the console has it, open and closed."""
    camera.show("two_faces")
    row = interviewer.incidents("multiple_faces")
    expect(row).to_have_attribute("data-state", "open", timeout=15_000)
    camera.show("present")
    expect(row).to_have_attribute("data-state", "closed", timeout=10_000)
