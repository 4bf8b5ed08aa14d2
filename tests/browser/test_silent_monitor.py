"""A candidate's page whose monitor says nothing any more, and one that only lost its connection."""

import time
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Witness
from tests.browser.people import Candidate, Interviewer, enter_call

pytestmark = pytest.mark.timeout(240)

# While `muted`, the page goes on as ever, but for its heartbeats.
MUTE = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (message) {
  if (window.muted && String(message).startsWith('42/candidate,["heartbeat"')) return;
  return send.call(this, message);
};
"""


@pytest.mark.long
def test_a_silent_monitor_is_an_incident_and_a_lost_connection_is_not(
    interviewer: Interviewer, candidate: Candidate, witness: Witness
) -> None:
    witness.expected += ["ERR_INTERNET_DISCONNECTED"]
    candidate.page.add_init_script(MUTE)
    session_id = enter_call(interviewer, candidate)
    interviewer.page.wait_for_timeout(5_000)

    candidate.page.evaluate("window.muted = true")
    muted_at = time.time()
    row = interviewer.incidents("monitoring_gap")
    expect(row).to_have_attribute("data-state", "open", timeout=20_000)
    interviewer.picture("1-silent")
    # The page is told what is noted about it, also what it did not note itself.
    candidate.expect_noticed("monitoring_gap", "open")
    candidate.page.evaluate("window.muted = false")
    expect(row).to_have_attribute("data-state", "closed", timeout=5_000)
    spoke_at = time.time()
    candidate.expect_noticed("monitoring_gap", "closed")
    candidate.page.locator("#noticed").click()
    candidate.picture("2-mirror")

    network = candidate.page.context
    network.set_offline(True)
    interviewer.expect_candidate("reconnecting", timeout=60_000)
    interviewer.page.wait_for_timeout(14_000)
    network.set_offline(False)
    interviewer.expect_candidate("in_call", timeout=30_000)
    interviewer.page.wait_for_timeout(8_000)
    assert interviewer.counts() == {"monitoring_gap": 1}
    interviewer.picture("3-after-a-cut")

    interviewer.end()
    expect(interviewer.find("report-link")).to_be_visible(timeout=40_000)
    interviewer.picture("4-review")
    made = interviewer.report(session_id)
    [gap] = made["incidents"]
    assert (gap["source"], gap["details"]) == ("server", ["the page answered meanwhile"])
    assert -2.5 < datetime.fromisoformat(gap["started_at"]).timestamp() - muted_at < 0.5
    assert -3 < datetime.fromisoformat(gap["ended_at"]).timestamp() - spoke_at < 0.5
    unseen = made["coverage"]["not_observable"]
    assert unseen["no_report"] == pytest.approx(gap["duration_seconds"], abs=0.5)
    assert unseen["network_gap"] > 10
