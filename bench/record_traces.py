#!/usr/bin/env python3
"""Records what the product's own vision worker reads in each clip: the traces that replay in seconds under Node.

    .venv/bin/python bench/record_traces.py [--only NAME]

Every fifth of a second of a clip is given to the worker, frame by frame, so a trace is the same however slow the
machine. To be done again when the model, its package, or what a reading holds changes. Numbers only: no picture.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import detection
import detection_stage as stage
from detection_frames import READ, Film
from detection_labels import Clip, LabelError
from installation import ROOT, Installation, installation
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright

from scripts.setup import MODEL_SHA256
from scripts.setup import browser as find_chromium

FOLDER = ROOT / "tests" / "js" / "traces"
EVERY_SECONDS = 0.2
PACKAGE = "@mediapipe/tasks-vision"


def main() -> int:
    """Record every clip, one file each; 1 when one could not be."""
    parser = argparse.ArgumentParser(prog="bench/record_traces.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="only clips whose name holds NAME")
    options = parser.parse_args()
    try:
        clips = detection.choose(argparse.Namespace(clips=None, only=options.only))
    except LabelError as error:
        print(error, file=sys.stderr)
        return 2
    failed = 0
    with installation() as place, stage.theatre() as playwright, tempfile.TemporaryDirectory() as name:
        # What is heard leaves no trace in the picture.
        for clip in (clip for clip in clips if not clip.audio):
            began = time.monotonic()
            try:
                camera = detection.prepare(clip, Path(name))
                count = record(playwright, place, clip, camera.path)
            except (stage.StageError, PlaywrightError) as error:
                print(f"{clip.name}: {error}", file=sys.stderr)
                failed = 1
                continue
            finally:
                (Path(name) / f"{clip.name}.y4m").unlink(missing_ok=True)
            print(f"{clip.name}: {count} readings in {time.monotonic() - began:.0f} s", flush=True)
    return failed


def record(playwright: Playwright, place: Installation, clip: Clip, path: Path) -> int:
    """Write the trace of one clip. Returns how many readings it has."""
    film = Film.open(path)
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(stage.FLAGS))
    try:
        page = browser.new_page()
        film.serve(page)
        page.goto(f"{place.url}/sign-in")
        readings = page.evaluate(READ, film.for_page | {"numbers": film.every(EVERY_SECONDS)})
    finally:
        browser.close()
    write(FOLDER / f"{clip.name}.json", clip, readings, f"{film.width}x{film.height}")
    return len(readings)


def write(path: Path, clip: Clip, readings: list[dict[str, Any]], size: str) -> None:
    """One row a reading, one column a property."""
    columns = list(readings[0])
    head = {
        "truth": clip.truth,
        "from": {
            "model": f"face_landmarker.task sha256 {MODEL_SHA256}",
            "package": f"{PACKAGE} {installed(PACKAGE)}",
            "settings": f"VIDEO mode, CPU, 4 faces, {size}, one reading each {EVERY_SECONDS:g} s",
        },
        "columns": columns,
    }
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    rows = (json.dumps([short(reading[column]) for column in columns], separators=(",", ":")) for reading in readings)
    path.write_text(text + ',\n "readings": [\n' + ",\n".join(rows) + "\n]\n}\n", "utf-8")


def short(value: Any) -> Any:
    """As short as it is exact: numbers with three digits, true and false as 1 and 0, a box as its four numbers."""
    if isinstance(value, dict):
        return [short(value[name]) for name in ("x", "y", "width", "height")]
    if isinstance(value, bool):
        return int(value)
    return round(value, 3) if isinstance(value, float) else value


def installed(package: str) -> str:
    """The version of a browser package that is installed."""
    return str(json.loads((ROOT / "node_modules" / package / "package.json").read_text("utf-8"))["version"])


if __name__ == "__main__":
    sys.exit(main())
