"""Camera files for Chromium's fake capture device: a camera that a test directs, and clips that follow a script.

Chromium reads the file anew for each frame and begins again at its end, so a `Camera` changes what is seen by
writing other frames over the ones in the file: no test has to wait for a place in a long clip.
"""

import json
import time
from pathlib import Path

from tests.browser import scenes

HEADER = f"YUV4MPEG2 W{scenes.WIDTH} H{scenes.HEIGHT} F{scenes.FPS}:1 Ip A1:1 C420\n".encode()
EVENTS = {"absent": "face_absent", "two_faces": "multiple_faces", "turned": "look_away", "covered": "camera_covered"}


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
            file.writelines(b"FRAME\n" + frame for frame in scenes.frames(scene))

    def show_for(self, scene: str, seconds: float) -> None:
        """Show `scene` for a moment, then the candidate again."""
        self.show(scene)
        time.sleep(seconds)
        self.show("present")

    @property
    def chromium_flags(self) -> list[str]:
        """What to start Chromium with to make this its only camera."""
        return [f"--use-file-for-fake-video-capture={self.path}"]


def write_clip(path: Path, script: list[tuple[str, float]]) -> None:
    """Write `script`, (scene, seconds) one after the other, as Y4M, and what it shows beside it as JSON.

    A second is about 2.6 MB.
    """
    shown, faces, events = 0, [], []
    with path.open("wb") as file:
        file.write(HEADER)
        for scene, seconds in script:
            start, count = shown / scenes.FPS, round(seconds * scenes.FPS)
            for index in range(shown, shown + count):
                file.write(b"FRAME\n" + scenes.frames(scene)[index % scenes.LOOP])
            shown += count
            span = {"start": start, "end": shown / scenes.FPS}
            faces.append({**span, "count": scenes.FACES[scene]})
            if scene in EVENTS:
                events.append({**span, "type": EVENTS[scene], "duration_s": seconds})
    size = [scenes.WIDTH, scenes.HEIGHT]
    truth = {"clip": path.name, "duration_s": shown / scenes.FPS, "fps": scenes.FPS, "size": size}
    path.with_suffix(".json").write_text(json.dumps({**truth, "faces": faces, "events": events}, indent=1))
