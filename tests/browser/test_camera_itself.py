"""The camera itself: covered, standing still, played again, and what only looks like one of these."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser import scenes, watching
from tests.browser.camera import HEADER, LENGTH, Camera
from tests.browser.conftest import Launch, Site, Witness
from tests.waiting import wait_until

# A camera file that was just written is seen a frame or two later, and looked at five times a second.
ONSET_SECONDS = 0.7
# A repetition is known by its first frame that is looked at in both rounds.
LOOP_ONSET_SECONDS = 3.0
pytestmark = pytest.mark.timeout(150)
Span = tuple[float, float]  # when a change of the camera began and was done, in the page's seconds


class Recording(Camera):
    """A camera that can also be stopped, played again, or put into the dark."""

    def freeze(self) -> None:
        """The same frame from now on."""
        self._write([scenes.frames("present")[0]] * LENGTH)

    def repeat(self, seconds: float) -> None:
        """The same few seconds again and again."""
        living = scenes.frames("present")
        random = np.random.default_rng(3)
        count = round(seconds * scenes.FPS)
        loop = [_noisy(living[index % len(living)], random) for index in range(count)]
        self._write([loop[index % count] for index in range(LENGTH // count * count)])

    def switch_off_the_light(self) -> None:
        """The empty room at a twentieth of its light, with the noise of a sensor that amplifies what is left."""
        room = np.frombuffer(scenes.frames("absent")[0], np.uint8)
        random = np.random.default_rng(5)
        pixels = scenes.WIDTH * scenes.HEIGHT
        noise = random.normal(0, scenes.NOISE, 2 * pixels)
        frames = []
        for start in random.integers(0, pixels, LENGTH):
            dark = 16 + (room[:pixels] - 16.0) / 20 + noise[start : start + pixels]
            frames.append(dark.clip(16, 235).astype(np.uint8).tobytes() + b"\x80" * (pixels // 2))
        self._write(frames)

    def _write(self, frames: list[bytes]) -> None:
        with self.path.open("r+b") as file:
            file.seek(len(HEADER))
            file.writelines(b"FRAME\n" + frame for frame in frames)
            file.truncate()


def _noisy(frame: bytes, random: np.random.Generator) -> bytes:
    pixels = np.frombuffer(frame, np.uint8).copy()
    pixels[random.integers(0, scenes.WIDTH * scenes.HEIGHT, 500)] ^= 1
    return pixels.tobytes()


@pytest.fixture
def camera(tmp_path: Path) -> Any:
    """A camera that can stand still."""
    present = Recording(tmp_path / "camera.y4m")
    yield present
    present.path.unlink()


@pytest.fixture
def watched(site: Site, launch: Launch, camera: Recording, witness: Witness) -> Page:
    """A page on which the monitor alone watches the camera."""
    context = launch(*camera.chromium_flags).new_context()
    witness.attend(context)
    page = context.new_page()
    watching.start(page, site.url + "/sign-in")
    wait_until(lambda: page.evaluate("window.watching.readings() > 5"), "the first readings", timeout=30)
    return page


def during(page: Page, seconds: float, change: Callable[[], None]) -> Span:
    """Let the camera change, and the time go by. Returns when that was: writing 80 MB takes a while."""
    began = page.evaluate("window.watching.elapsed()")
    change()
    done = page.evaluate("window.watching.elapsed()")
    time.sleep(seconds)
    return began, done


def assert_at(moment: float, span: Span) -> None:
    """`moment` lies in the time of the change, or as little after as it takes to see it."""
    began, done = span
    assert began <= moment <= done + ONSET_SECONDS, f"{moment} is not in {span}"


@pytest.mark.long
def test_what_the_camera_does(watched: Page, camera: Recording) -> None:
    covered = during(watched, 6, lambda: camera.show("covered"))
    seen_again = during(watched, 3, lambda: camera.show("present"))
    during(watched, 0.9, lambda: camera.show("covered"))
    during(watched, 3, lambda: camera.show("present"))
    during(watched, 6, camera.switch_off_the_light)
    during(watched, 3, lambda: camera.show("present"))
    stopped = during(watched, 14, camera.freeze)
    alive = during(watched, 4, lambda: camera.show("present"))
    played_again = during(watched, 22, lambda: camera.repeat(6))
    seen = watching.finish(watched, 0)

    told = [(one["kind"], one["detail"].get("picture")) for one in seen["observations"]]
    rate = f"{len(seen['readings'])} readings, not seen: {seen['could_not_tell']}"
    # In the dark nobody is absent, and nobody covered anything.
    wanted = [("camera_blocked", None), ("camera_frozen", "still"), ("camera_frozen", "repeats")]
    assert told == wanted, f"{seen['observations']} in {rate}"
    blocked, still, loop = seen["observations"]
    assert_at(blocked["start"], covered)
    assert_at(blocked["end"], seen_again)
    assert_at(still["start"], stopped)
    assert_at(still["end"], alive)
    assert abs(loop["detail"]["round_seconds"] - 6) <= 0.4
    assert played_again[0] + 6 <= loop["start"] <= played_again[1] + 6 + LOOP_ONSET_SECONDS
    assert seen["could_not_tell"]["too_dark"] > 4000


def test_a_person_who_sits_still_is_no_still_picture(watched: Page, camera: Recording) -> None:
    during(watched, 14, lambda: camera.show("present"))
    assert watching.finish(watched, 0)["observations"] == []


def test_a_worker_that_ends_is_started_again(watched: Page, witness: Witness) -> None:
    # It ends with a frame in its hands.
    witness.expected.append("VideoFrame was garbage collected")
    [worker] = watched.workers
    worker.evaluate("self.close()")
    before = watched.evaluate("window.watching.readings()")
    wait_until(lambda: watched.evaluate("window.watching.readings()") > before + 5, "readings again", timeout=40)
    seen = watching.finish(watched, 0)
    assert seen["observations"] == []
    assert set(seen["could_not_tell"]) >= {"worker_behind"}
