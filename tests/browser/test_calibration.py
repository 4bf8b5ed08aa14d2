"""The calibration in the check before the call: somebody who does not look at the dots, and who skips it."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Launch, Witness
from tests.browser.people import Candidate, Interviewer

pytestmark = pytest.mark.timeout(180)

# A camera that sees somebody who looks straight ahead, whatever the page shows.
STARING_CAMERA = """({ width, height, src }) => {
  if (!navigator.mediaDevices) return;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const image = Object.assign(new Image(), { src });
  setInterval(() => context.drawImage(image, 0, 0), 66);
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real({ ...wanted, video: false, audio: true });
    return new MediaStream([...(wanted.audio ? stream.getTracks() : []), ...canvas.captureStream(15).getVideoTracks()]);
  };
}"""


@pytest.fixture
def checking(launch: Launch, interviewer: Interviewer, witness: Witness, pictures: Path) -> Candidate:
    """A candidate at the check, who does not look at the dots."""
    _, link = interviewer.create("Data engineer", "Noor Haddad")
    context = launch().new_context(viewport={"width": 1280, "height": 720})
    witness.attend(context)
    sees = {"width": scenes.WIDTH, "height": scenes.HEIGHT, "src": as_url(scenes.picture("present"))}
    context.add_init_script(f"({STARING_CAMERA})({json.dumps(sees)})")
    candidate = Candidate(context.new_page(), pictures)
    candidate.page.goto(link)
    candidate.find("consent-accept").click()
    expect(candidate.find("check-camera")).to_have_attribute("data-state", "ready", timeout=20_000)
    return candidate


def as_url(picture: Image.Image) -> str:
    """The picture as a data URL."""
    file = io.BytesIO()
    picture.save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def kept(page: Page) -> dict[str, Any] | None:
    """What the tab keeps of the calibration."""
    found = page.evaluate(
        "() => Object.entries(sessionStorage).find(([key]) => key.startsWith('proctor.calibration.'))?.[1] ?? 'null'"
    )
    return json.loads(found) and json.loads(found)["calibration"]


def test_does_not_follow_them(checking: Candidate) -> None:
    checking.find("calibrate").click()
    card = checking.find("calibration")
    expect(card).to_have_attribute("data-state", "attention", timeout=40_000)
    expect(card).to_contain_text("did not seem to follow the dots")
    assert kept(checking.page) is None


def test_is_stopped_and_skipped(checking: Candidate) -> None:
    checking.find("calibrate").click()
    dialog = checking.page.locator("#calibration-dialog")
    expect(dialog).to_have_attribute("data-target", "centre", timeout=20_000)
    checking.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(checking.find("calibration")).to_have_attribute("data-state", "optional")
    assert kept(checking.page) is None
    checking.join()
    checking.expect_watched()
