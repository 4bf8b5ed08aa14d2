"""The interviewer's browser counts faces in what it receives: a patched page is caught, an honest one never is."""

import json
import re
import time
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.camera import Camera
from tests.browser.people import Candidate, Interviewer, enter_call

pytestmark = pytest.mark.timeout(240)

# What somebody would paste into their own page: every heartbeat says that one face is seen and all is fine, and nothing
# that was noted leaves the page.
ALL_FINE = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (message) {
  if (typeof message === 'string' && message.startsWith('42/candidate,')) {
    if (/^42\\/candidate,\\d*\\["observation"/.test(message)) return;
    message = message.replace(/^(42\\/candidate,\\["heartbeat",)(.*)\\]$/, (_, head, body) =>
      `${head}${JSON.stringify({ ...JSON.parse(body), faces: 1, state: 'watching', reason: null, fps: 5 })}]`);
  }
  return send.call(this, message);
};
"""
# A slow line: what the candidate's page says comes late, and the picture comes late too.
DELAY_MS = 300
LATE_WORDS = f"""
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (message) {{
  setTimeout(() => this.readyState === WebSocket.OPEN && send.call(this, message), {DELAY_MS});
}};
"""
LATE_PICTURE = f"""
const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {{
  constructor(...options) {{
    super(...options);
    this.addEventListener('track', ({{ receiver }}) => {{ receiver.jitterBufferTarget = {DELAY_MS}; }});
  }}
}};
"""


def listen(page: Page) -> list[dict]:
    """The second looks that the page sends from now on."""
    looks: list[dict] = []

    def sent(message: str | bytes) -> None:
        found = re.match(r'42/interviewer,\["second_look",(.*)\]$', message) if isinstance(message, str) else None
        if found:
            looks.append(json.loads(found[1]))

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    return looks


def wait_for_look(page: Page, looks: list[dict], faces: int) -> None:
    """Until a look has found so many faces. Looks at nothing that came before."""
    del looks[:]
    deadline = time.monotonic() + 20
    while not any(look["faces"] == faces for look in looks):
        assert time.monotonic() < deadline, f"no look found {faces}: {looks}"
        page.wait_for_timeout(200)


@pytest.mark.long
def test_a_page_that_says_all_is_fine_is_caught_with_nobody_there_and_with_somebody_else(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    candidate.page.add_init_script(ALL_FINE)
    looks = listen(interviewer.page)
    session_id = enter_call(interviewer, candidate)
    wait_for_look(interviewer.page, looks, 1)
    expect(interviewer.find("second-look")).to_have_attribute("data-state", "ready")

    camera.show("absent")
    went_at = time.time()
    row = interviewer.incidents("monitor_mismatch")
    expect(row).to_have_attribute("data-state", "open", timeout=30_000)
    assert interviewer.counts() == {"monitor_mismatch": 1}, "the page has told of nothing"
    row.locator(".incident__seen").click()
    expect(row).to_contain_text("received picture: nobody")
    interviewer.picture("1-caught")

    camera.show("present")
    expect(row).to_have_attribute("data-state", "closed", timeout=20_000)
    came_at = time.time()
    camera.show("two_faces")
    expect(interviewer.incidents("monitor_mismatch")).to_have_count(2, timeout=30_000)
    joined_at = time.time()

    interviewer.end()
    expect(interviewer.find("report-link")).to_be_visible(timeout=40_000)
    nobody, somebody_else = interviewer.report(session_id)["incidents"]
    for seen in (nobody, somebody_else):
        assert (seen["kind"], seen["source"], seen["points"]) == ("monitor_mismatch", "interviewer", 0)
    assert 0 <= seconds(nobody["started_at"]) - went_at < 2
    assert 10 < nobody["duration_seconds"] < came_at - went_at
    assert (nobody["detail"]["received_faces"], nobody["detail"]["told_faces"]) == (0, 1)
    assert 0 <= seconds(somebody_else["started_at"]) - came_at < joined_at - came_at - 10
    assert (somebody_else["detail"]["received_faces"], somebody_else["detail"]["told_faces"]) == (2, 1)
    interviewer.picture("2-review")


@pytest.mark.long
def test_an_honest_page_on_a_slow_line_is_never_contradicted(
    interviewer: Interviewer, candidate: Candidate, camera: Camera
) -> None:
    candidate.page.add_init_script(LATE_WORDS)
    interviewer.page.add_init_script(LATE_PICTURE)
    looks = listen(interviewer.page)
    enter_call(interviewer, candidate)
    wait_for_look(interviewer.page, looks, 1)
    for scene, kind, faces in (("absent", "absence", 0), ("two_faces", "multiple_faces", 2)):
        camera.show(scene)
        wait_for_look(interviewer.page, looks, faces)
        interviewer.page.wait_for_timeout(16_000)
        expect(interviewer.incidents(kind)).to_have_attribute("data-state", "open")
        camera.show("present")
        expect(interviewer.incidents(kind)).to_have_attribute("data-state", "closed", timeout=20_000)
    # The last looks are judged some seconds later.
    interviewer.page.wait_for_timeout(8_000)
    assert interviewer.counts() == {"absence": 1, "multiple_faces": 1}


def seconds(instant: str) -> float:
    """An ISO instant as seconds since the epoch."""
    return datetime.fromisoformat(instant).timestamp()
