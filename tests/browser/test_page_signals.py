"""What the page notices at once, from the candidate's page to the console; and what it does where it cannot watch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.camera import Camera
from tests.browser.conftest import NOTE_STORED, Launch, Witness
from tests.browser.people import Candidate, Interviewer, enter_call

pytestmark = pytest.mark.timeout(150)

TWO_DISPLAYS = "Object.defineProperty(Screen.prototype, 'isExtended', { get: () => window.twoDisplays === true });"
# A camera that is on and gives nothing: a track that nobody ever writes a frame to.
NO_FRAMES = """
const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await original(wanted);
  for (const track of stream.getVideoTracks()) {
    stream.removeTrack(track);
    track.stop();
    stream.addTrack(new MediaStreamTrackGenerator({ kind: 'video' }));
  }
  return stream;
};
"""
# Seconds in each of which no task took longer than 50 ms, out of those watched.
QUIET_SECONDS = """async (seconds) => {
  const long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries())).observe({ type: 'longtask' });
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const noisy = new Set(long.map(({ startTime }) => Math.floor((startTime - began) / 1000)));
  return { quiet: seconds - noisy.size, longest: Math.max(0, ...long.map(({ duration }) => duration)) };
}"""


def test_what_happens_on_the_page_is_told(interviewer: Interviewer, candidate: Candidate) -> None:
    candidate.page.add_init_script(TWO_DISPLAYS)
    enter_call(interviewer, candidate)
    candidate.expect_watched()
    page = candidate.page

    page.evaluate("window.twoDisplays = true")
    expect(interviewer.incidents("extra_display")).to_have_attribute("data-state", "open")
    page.evaluate("window.twoDisplays = false")
    expect(interviewer.incidents("extra_display")).to_have_attribute("data-state", "closed")

    page.locator("#fullscreen").click()
    expect(page.locator("#fullscreen")).to_have_attribute("aria-pressed", "true")
    candidate.picture("full-screen")
    expect(interviewer.incidents("fullscreen_exit")).to_have_count(0)
    page.evaluate("document.exitFullscreen()")
    expect(interviewer.incidents("fullscreen_exit")).to_have_attribute("data-state", "open")
    page.locator("#fullscreen").click()
    expect(interviewer.incidents("fullscreen_exit")).to_have_attribute("data-state", "closed")

    candidate.find("chat-input").focus()
    page.evaluate("""() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'a text from elsewhere');
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }""")
    expect(interviewer.incidents("clipboard_paste")).to_have_count(1)
    expect(interviewer.incidents("clipboard_paste")).to_have_attribute("data-state", "closed")
    assert "a text from elsewhere" not in interviewer.page.content()
    assert interviewer.counts() == {"extra_display": 1, "fullscreen_exit": 1, "clipboard_paste": 1}
    # Under the classic policy these are shown and take nothing off.
    interviewer.expect_score(100)
    candidate.picture("noticed")
    interviewer.picture("console")


@pytest.mark.long
def test_another_camera_is_told_once(
    interviewer: Interviewer, launch: Launch, witness: Witness, pictures: Path
) -> None:
    context = launch("--use-fake-device-for-media-stream=device-count=2").new_context()
    witness.attend(context)
    candidate = Candidate(context.new_page(), pictures)
    enter_call(interviewer, candidate)
    candidate.expect_watched()
    page = candidate.page
    # The same one off and on again is the same.
    page.locator("#toggle-camera").click()
    expect(page.locator("#toggle-camera")).to_have_attribute("aria-pressed", "false")
    page.locator("#toggle-camera").click()
    expect(page.locator("#toggle-camera")).to_have_attribute("aria-pressed", "true")

    page.locator("#devices").click()
    page.locator("#call-camera-select").select_option(index=1)
    expect(interviewer.incidents("camera_changed")).to_have_attribute("data-state", "closed", timeout=15_000)
    # After a reload it is the camera that was there before.
    page.reload()
    candidate.expect_watched()
    page.wait_for_timeout(3000)
    expect(interviewer.incidents("camera_changed")).to_have_count(1)


def test_watching_leaves_the_page_free(interviewer: Interviewer, candidate: Candidate) -> None:
    enter_call(interviewer, candidate)
    candidate.expect_watched()
    # The object detector is the heaviest of them: without it little would be proved.
    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "looking", timeout=40_000)
    # The watch takes five frames in each second: were one of them a long task, no second would be quiet. A machine
    # that is busy otherwise may well make some.
    found = candidate.page.evaluate(QUIET_SECONDS, 10)
    assert found["quiet"] >= 6, found


def test_another_model_than_the_servers_is_not_used(
    interviewer: Interviewer, candidate: Candidate, witness: Witness
) -> None:
    def spoil(route: Route) -> None:
        response = route.fetch()
        body = bytearray(response.body())
        body[1000] ^= 1
        route.fulfill(response=response, body=bytes(body))

    candidate.page.context.route("**/models/face_landmarker.task", spoil)
    unwatched(interviewer, candidate, "not the one that the server named")


@pytest.mark.long
def test_a_camera_without_frames_is_explained(interviewer: Interviewer, candidate: Candidate) -> None:
    candidate.page.add_init_script(NO_FRAMES)
    _, link = interviewer.create("Site reliability engineer", "Li Wei")
    candidate.page.goto(link)
    candidate.find("consent-accept").click()
    expect(candidate.find("check-camera")).to_have_attribute("data-state", "attention", timeout=20_000)
    candidate.find("join-call").click()
    expect(candidate.page.get_by_text("Your camera gives no picture.")).to_be_visible(timeout=20_000)
    candidate.picture("no-picture")
    expect(interviewer.page.locator("#monitor")).to_contain_text("camera gave no picture")
    interviewer.hears_the_other()
    assert interviewer.counts() == {}


@pytest.fixture
def old_browser(launch: Launch, camera: Camera, witness: Witness, pictures: Path) -> Callable[..., Candidate]:
    """A candidate whose browser lacks something."""

    def start(*flags: str, script: str = "") -> Candidate:
        context = launch(*camera.chromium_flags, *flags).new_context(viewport={"width": 1100, "height": 800})
        context.add_init_script(NOTE_STORED + script)
        witness.attend(context)
        return Candidate(context.new_page(), pictures)

    return start


def test_without_webgl_the_call_goes_on(interviewer: Interviewer, old_browser: Callable[..., Candidate]) -> None:
    unwatched(interviewer, old_browser("--disable-3d-apis", "--disable-software-rasterizer"), "no WebGL")


def test_without_webassembly_simd_the_call_goes_on(interviewer: Interviewer, candidate: Candidate) -> None:
    def break_probe(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("253, 15, 253, 98", "253, 15, 253, 255"))

    candidate.page.context.route("**/watch/engine.js", break_probe)
    unwatched(interviewer, candidate, "WebAssembly with SIMD")


def test_without_module_workers_the_call_goes_on(
    interviewer: Interviewer, old_browser: Callable[..., Candidate]
) -> None:
    # Such a browser never reads the type.
    classic = """
    const Original = window.Worker;
    window.Worker = class extends Original { constructor(url, { name } = {}) { super(url, { name }); } };
    """
    unwatched(interviewer, old_browser(script=classic), "no module workers")


def unwatched(interviewer: Interviewer, candidate: Candidate, why: str) -> None:
    """The call works, and both are told that nothing is watched and why."""
    _, link = interviewer.create("Site reliability engineer", "Li Wei")
    candidate.page.goto(link)
    candidate.find("consent-accept").click()
    candidate.find("join-call").click()
    expect(candidate.find("monitor-status")).to_have_attribute("data-state", "failed", timeout=30_000)
    expect(candidate.page.locator("#monitor-note")).to_contain_text(why)
    expect(candidate.page.locator("#monitor-note")).to_contain_text("The call goes on")
    candidate.picture("not-watched")
    expect(interviewer.page.locator("#monitor")).to_contain_text("Monitoring does not run")
    interviewer.sees_the_other()
    interviewer.picture("not-watched")
    assert interviewer.counts() == {}
