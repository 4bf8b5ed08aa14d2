"""A voice beside the candidate: heard in a real call, on sound files in the place of microphones."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import voices
from tests.browser.camera import Camera
from tests.browser.conftest import Launch, Site, Witness
from tests.browser.people import Candidate, Interviewer, enter_call
from tests.waiting import wait_until

# Long enough that the file does not begin again while the test runs.
SECONDS = 120
# The speech watch alone, on a page of the product. One reading stands for the camera's.
START = """async () => {
  const { createSpeechWatch } = await import('/static/js/watch/speech/watch.js');
  const { now } = await import('/static/js/watch/clock.js');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const track = stream.getAudioTracks()[0];
  const sounds = [];
  const watch = createSpeechWatch({
    now,
    newId: () => crypto.randomUUID(),
    onObservation() {},
    onInput: (input) => 'voice' in input && sounds.push(input),
  });
  const sources = { microphone: () => track, remote: () => null };
  watch.start(sources, { thresholds: {}, detectors: [] });
  watch.sawReading({ at: now(), faces: 0, cut_off: false, yaw: null, pitch: null, face_width: null, mouth: null });
  const policy = (detectors) => watch.setPolicy({ thresholds: {}, detectors });
  const tasks = [];
  window.listening = { track, sounds, tasks, policy, status: watch.status };
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
}"""


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """The file that the candidate's microphone hears."""
    return tmp_path / "microphone.wav"


@pytest.fixture
def candidate(launch: Launch, camera: Camera, microphone: Path, witness: Witness, pictures: Path) -> Candidate:
    """The candidate, with lips that do not move, and a microphone that hears what the file holds."""
    flags = (*camera.chromium_flags, f"--use-file-for-fake-audio-capture={microphone}")
    context = launch(*flags).new_context(viewport={"width": 1100, "height": 800})
    witness.attend(context)
    return Candidate(context.new_page(), pictures)


@pytest.mark.long
def test_a_voice_while_the_lips_are_still(interviewer: Interviewer, candidate: Candidate, microphone: Path) -> None:
    # How still lips look in this picture is learned while nobody talks.
    voices.write(microphone, voices.with_pauses(voices.voice(SECONDS), talk=8, pause=3))
    enter_call(interviewer, candidate)
    strip = candidate.find("monitor-status")
    expect(strip).to_have_attribute("data-speech", "listening", timeout=20_000)

    # Chromium's own microphone beeps each second. What the interviewer's side sounds like may come from the candidate's
    # loudspeaker: as long as it does, no voice is anybody else's.
    candidate.page.wait_for_timeout(8_000)
    expect(interviewer.incidents("second_voice")).to_have_count(0)

    interviewer.page.locator("#toggle-microphone").click()
    heard = interviewer.incidents("second_voice")
    expect(heard).to_have_attribute("data-state", "open", timeout=15_000)
    candidate.expect_noticed("second_voice", "open")
    interviewer.picture("1-open")
    candidate.picture("1-open-candidate")

    # Nobody listens to a microphone that is switched off.
    candidate.page.get_by_role("button", name="Mute", exact=True).click()
    expect(strip).to_have_attribute("data-speech", "no_microphone")
    expect(heard).to_have_attribute("data-state", "closed", timeout=10_000)
    interviewer.picture("2-closed")
    expect(heard).to_have_count(1)
    interviewer.expect_score(100)


@pytest.mark.long
def test_typing_is_no_voice(interviewer: Interviewer, candidate: Candidate, microphone: Path) -> None:
    voices.write(microphone, voices.keys(SECONDS))
    enter_call(interviewer, candidate)
    interviewer.page.locator("#toggle-microphone").click()
    expect(candidate.find("monitor-status")).to_have_attribute("data-speech", "listening", timeout=20_000)
    candidate.page.wait_for_timeout(10_000)
    expect(interviewer.find("incident")).to_have_count(0)


def test_listening_follows_policy_and_microphone(site: Site, candidate: Candidate, microphone: Path) -> None:
    voices.write(microphone, voices.voice(SECONDS))
    page = candidate.page
    loaded: list[str] = []
    page.context.on("request", lambda request: loaded.append(request.url))
    page.goto(site.url + "/sign-in")
    page.evaluate(START)
    page.wait_for_timeout(1_500)
    assert page.evaluate("listening.status()") == "off"
    assert not [url for url in loaded if "onnx" in url]

    page.evaluate("listening.policy(['second_voice'])")
    waits_for(page, "listening.status() === 'listening'")
    assert [url for url in loaded if "silero_vad" in url]
    waits_for(page, "listening.sounds.some(({ voice }) => voice > 0.9)")
    page.evaluate("listening.track.enabled = false")
    waits_for(page, "listening.status() === 'no_microphone'")
    page.evaluate("listening.track.enabled = true")
    waits_for(page, "listening.status() === 'listening'")

    page.evaluate("listening.policy([])")
    assert page.evaluate("listening.status()") == "off"
    count = page.evaluate("listening.sounds.length")
    page.wait_for_timeout(1_000)
    assert page.evaluate("listening.sounds.length") == count
    assert page.evaluate("listening.tasks") == [], "tasks of more than 50 ms on the page"


def waits_for(page: Page, expression: str) -> None:
    """Until it is true. (Playwright's own way to wait is a script that the content policy refuses.)"""
    wait_until(lambda: page.evaluate(expression), expression, timeout=20)


def test_another_model_is_not_used(site: Site, candidate: Candidate, microphone: Path) -> None:
    voices.write(microphone, voices.keys(5))
    page = candidate.page
    page.route("**/silero_vad_v6.onnx", lambda route: route.fulfill(body=b"another model"))
    page.goto(site.url + "/sign-in")
    page.evaluate(START)
    page.evaluate("listening.policy(['second_voice'])")
    waits_for(page, "listening.status() === 'failed'")
