"""Footage of real people with ground truth, judged by the accuracy bench's rule. It lies beside the project, not in it.

`make bench-detection` plays all of it, the whole way to the database; this is the monitor alone, on three clips.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests.browser import watching
from tests.browser.conftest import Launch, Site, Witness

sys.path.insert(0, str(ROOT / "bench"))

import detection_labels as labels

CLIPS = ROOT.parent / "shared" / "media" / "clips"
NAMES = ("c02_face_leaves_15s", "c03_second_person_12s", "c06_camera_covered_12s")
JUDGE = ROOT / "bench" / "accuracy" / "faults.js"

pytestmark = [
    pytest.mark.skipif(not CLIPS.is_dir(), reason=f"no clips in {CLIPS}"),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is needed to decode the clips"),
    pytest.mark.timeout(300),
]


@pytest.mark.long
def test_real_people(site: Site, launch: Launch, witness: Witness, tmp_path: Path) -> None:
    pages = {}
    for name in NAMES:
        camera = tmp_path / f"{name}.y4m"
        decode = ["ffmpeg", "-v", "error", "-y", "-i", CLIPS / f"{name}.mp4", "-an", "-pix_fmt", "yuv420p", camera]
        subprocess.run(decode, check=True)
        context = launch(f"--use-file-for-fake-video-capture={camera}").new_context()
        witness.attend(context)
        pages[name] = context.new_page()
    for page in pages.values():
        watching.start(page, site.url + "/sign-in")
    results, seen = [], {}
    for name, page in pages.items():
        clip = labels.read(CLIPS / f"{name}.mp4")
        # A few seconds more than the last event has: what comes of it is told by then.
        until = max(event.end for event in clip.events) + 4
        seen[name] = watching.finish(page, until)
        found = [{"key": one["kind"], **one} for one in seen[name]["observations"]]
        results.append({"truth": clip.truth, "found": found, "watched": [0, until]})
    judged = subprocess.run(
        ["node", JUDGE], input=json.dumps(results), capture_output=True, text=True, check=True, timeout=30
    )
    assert judged.stdout == ""
    assert seen["c06_camera_covered_12s"]["could_not_tell"].get("covered", 0) > 8000
