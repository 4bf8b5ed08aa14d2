"""Record what the real monitor reads on a scripted clip: the trace that tests/js/traces.test.js replays.

    python -m tests.browser.record_trace http://127.0.0.1:5000

The product must run at that address. To be done again when readings change their shape or the model changes.
"""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from config import ROOT
from scripts.setup import MODEL_SHA256
from scripts.setup import browser as find_chromium
from tests.browser import scenes, watching
from tests.browser.camera import write_clip
from tests.browser.conftest import FLAGS

TRACE = ROOT / "tests" / "js" / "traces" / "scripted_scenes.json"
COLUMNS = (
    *("at", "faces", "yaw", "pitch", "roll", "face_width", "cut_off"),
    *("face_luma", "luma", "contrast", "sharpness"),
)
# One after the other: what must count, and moments too short to.
SCRIPT = [
    *(("present", 8), ("absent", 0.6), ("present", 3), ("turned", 0.8), ("present", 3), ("turned", 8)),
    *(("present", 4), ("absent", 14), ("present", 4), ("two_faces", 1), ("present", 3)),
    *(("two_faces", 6), ("present", 4), ("covered", 12), ("present", 5)),
]
SHORTEST_SECONDS = 2  # whatever in the script is shorter must not count


def main(url: str) -> None:
    """Play the clip to a browser once, and keep its readings beside what they should lead to."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        clip = Path(folder) / "clip.y4m"
        write_clip(clip, SCRIPT)
        truth = json.loads(clip.with_suffix(".json").read_text())
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        page = chromium.new_page()
        watching.start(page, url + "/sign-in")
        seen = watching.finish(page, truth["duration_s"] - 1)
        chromium.close()
    # The clip had begun when the model was ready: the trace begins with the first reading.
    first = seen["readings"][0]["at"]
    events = [
        {
            "type": event["type"],
            "start": round(event["start"] - first / 1000, 2),
            "end": round(event["end"] - first / 1000, 2),
            "should_flag": event["duration_s"] >= SHORTEST_SECONDS,
        }
        for event in truth["events"]
    ]
    head = {
        "shows": "what must count, and moments too short to: " + ", ".join(f"{scene} {s:g} s" for scene, s in SCRIPT),
        "footage": "the project's own scenes, of scikit-image's portrait (public domain)",
        "model": f"face_landmarker.task sha256 {MODEL_SHA256}",
        "package": "@mediapipe/tasks-vision 0.10.35",
        "settings": f"VIDEO mode, CPU, 4 faces, {scenes.WIDTH}x{scenes.HEIGHT}, played to the monitor as it runs",
        "tolerance_seconds": 0.5,
        "events": events,
        "columns": COLUMNS,
    }
    readings = ({**reading, "at": reading["at"] - first} for reading in seen["readings"])
    rows = (json.dumps([rounded(reading[column]) for column in COLUMNS]) for reading in readings)
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    TRACE.write_text(text + ',\n "readings": [\n' + ",\n".join(rows) + "\n]\n}\n", "utf-8")
    print(f"{len(seen['readings'])} readings in {TRACE.relative_to(ROOT)}; seen live: {seen['observations']}")


def rounded(value: float | bool | None) -> float | None:
    """As short as a reading is exact."""
    return round(float(value), 3) if isinstance(value, float) else None if value is None else int(value)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
