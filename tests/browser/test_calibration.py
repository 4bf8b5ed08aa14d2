"""The calibration in the check before the call: somebody who looks at each dot, who does not, and who skips it."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from scipy import ndimage

from tests.browser import scenes
from tests.browser.conftest import Launch, Witness
from tests.browser.people import Candidate, Interviewer

pytestmark = pytest.mark.timeout(180)

# The middles of the eyes in the scene's picture and half of their size, in pixels; how far the irises are moved.
EYES, HALF_EYE, GLANCE = ((206, 136), (261, 137)), (13, 9), 3.5
# A camera that sees somebody who looks at the dot, wherever the page shows it, or straight ahead.
FOLLOWING_CAMERA = """({ width, height, ...pictures }) => {
  if (!navigator.mediaDevices) return;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const images = {};
  for (const [side, png] of Object.entries(pictures)) {
    // The page's content policy lets no data URL be shown.
    const bytes = Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0));
    createImageBitmap(new Blob([bytes])).then((image) => (images[side] = image));
  }
  setInterval(() => {
    const target = document.getElementById('calibration-dialog')?.dataset.target ?? 'centre';
    const image = images[window.stares ? 'centre' : target.split('_').pop()];
    if (image) context.drawImage(image, 0, 0);
  }, 66);
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real({ ...wanted, video: false, audio: true });
    const [track] = canvas.captureStream(15).getVideoTracks();
    track.getSettings = () => ({ deviceId: 'this canvas', width, height });
    return new MediaStream([...(wanted.audio ? stream.getTracks() : []), track]);
  };
}"""


@pytest.fixture
def checking(launch: Launch, interviewer: Interviewer, witness: Witness, pictures: Path) -> Candidate:
    """A candidate at the check, whose camera shows them looking at the dots."""
    _, link = interviewer.create("Data engineer", "Noor Haddad")
    context = launch().new_context(viewport={"width": 1280, "height": 720})
    witness.attend(context)
    shown = {"centre": looking(0), "right": looking(-GLANCE), "left": looking(GLANCE)}
    sees = {"width": scenes.WIDTH, "height": scenes.HEIGHT} | {side: as_png(each) for side, each in shown.items()}
    context.add_init_script(f"({FOLLOWING_CAMERA})({json.dumps(sees)})")
    candidate = Candidate(context.new_page(), pictures)
    candidate.page.goto(link)
    candidate.find("consent-accept").click()
    expect(candidate.find("check-camera")).to_have_attribute("data-state", "ready", timeout=20_000)
    return candidate


def looking(pixels: float) -> Image.Image:
    """A person whose irises are this far to the picture's right: the inside of both eyes moves, their corners stay."""
    picture = np.asarray(scenes.picture("present"), np.float32)
    rows, columns = np.indices(picture.shape[:2], np.float32)
    moved = columns.copy()
    for x, y in EYES:
        inside = 1 - ((columns - x) / HALF_EYE[0]) ** 2 - ((rows - y) / HALF_EYE[1]) ** 2
        moved -= pixels * inside.clip(0, 1)
    planes = np.moveaxis(picture, -1, 0)
    drawn = [ndimage.map_coordinates(plane, (rows, moved), order=1, mode="nearest") for plane in planes]
    return Image.fromarray(np.stack(drawn, -1).astype(np.uint8))


def as_png(picture: Image.Image) -> str:
    """The picture as a PNG in Base64."""
    file = io.BytesIO()
    picture.save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def kept(page: Page) -> dict[str, Any] | None:
    """What the tab keeps of the calibration."""
    found = page.evaluate(
        "() => Object.entries(sessionStorage).find(([key]) => key.startsWith('proctor.calibration.'))?.[1] ?? 'null'"
    )
    return json.loads(found) and json.loads(found)["calibration"]


def test_follows_the_dots(checking: Candidate, interviewer: Interviewer) -> None:
    card = checking.find("calibration")
    expect(card).to_have_attribute("data-state", "optional")
    card.get_by_label("On my right").check()
    # The preview is out of sight here, where browsers would pause it.
    start = checking.find("calibrate")
    start.focus()
    checking.page.keyboard.press("Enter")
    dialog = checking.page.locator("#calibration-dialog")
    for target in ("centre", "top_left", "top_right", "bottom_right", "bottom_left"):
        expect(dialog).to_have_attribute("data-target", target, timeout=20_000)
    expect(card).to_have_attribute("data-state", "ready", timeout=20_000)
    expect(card).to_contain_text("Looks to your right, at your notes, are not noted.")
    expect(start).to_be_focused()
    calibration = kept(checking.page)
    assert calibration and calibration["notes_side"] == "right" and calibration["gaze"]
    assert calibration["reach"]["left"] >= 5 and calibration["reach"]["right"] >= 5
    # A reload keeps it, and so does the call.
    checking.page.reload()
    expect(card).to_have_attribute("data-state", "ready", timeout=20_000)
    expect(card.get_by_label("On my right")).to_be_checked()
    checking.picture("card")
    checking.join()
    checking.expect_watched()
    expect(interviewer.page.get_by_text("notes on their right, as they said")).to_be_visible()
    interviewer.picture("console")


@pytest.mark.long
def test_does_not_follow_them(checking: Candidate) -> None:
    checking.page.evaluate("window.stares = true")
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
