"""A camera file for Chromium's fake capture device: what it sees, a test directs.

Chromium reads the file anew for each frame and begins again at its end, so a `Camera` changes what is seen by
writing other frames over the ones in the file: no test has to wait for a place in a long clip. No two frames are the
same bit for bit, as those of a camera never are: a file that repeats itself is a recording, and is told as one.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.browser import scenes

HEADER = f"YUV4MPEG2 W{scenes.WIDTH} H{scenes.HEIGHT} F{scenes.FPS}:1 Ip A1:1 C420\n".encode()
# A minute must pass before one that is 30 s long can have been seen twice.
LENGTH = 30 * scenes.FPS
FLICKER = 500  # pixels of a frame whose lowest bit differs


class Camera:
    """A camera whose picture is the scene shown last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(HEADER)
        self.show("present")

    def show(self, scene: str) -> None:
        """From the next frame on the camera sees `scene` (a name in `scenes.FACES`)."""
        with self.path.open("r+b") as file:
            file.seek(len(HEADER))
            file.writelines(b"FRAME\n" + frame for frame in _alive(scene))

    def show_for(self, scene: str, seconds: float) -> None:
        """Show `scene` for a moment, then the candidate again."""
        self.show(scene)
        time.sleep(seconds)
        self.show("present")

    @property
    def chromium_flags(self) -> list[str]:
        """What to start Chromium with to make this its only camera."""
        return [f"--use-file-for-fake-video-capture={self.path}"]


def _alive(scene: str) -> Iterator[bytes]:
    """LENGTH frames of `scene`, each different from all others and from those of another call."""
    random, loop = np.random.default_rng(), scenes.frames(scene)
    for index in range(LENGTH):
        frame = np.frombuffer(loop[index % len(loop)], np.uint8).copy()
        frame[random.integers(0, scenes.WIDTH * scenes.HEIGHT, FLICKER)] ^= 1
        yield frame.tobytes()
