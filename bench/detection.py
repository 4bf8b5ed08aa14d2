#!/usr/bin/env python3
"""How often the detectors are right: labelled clips through a real browser's camera, the whole way to the database.

    make bench-detection                              # the project's clips and, where present, the footage beside it
    .venv/bin/python bench/detection.py --clips DIR   # an organisation's own labelled clips (docs/accuracy.md)

One clip after the other, in real time. Each result is kept in var/bench as soon as it is there, so a run that was
stopped goes on where it was; a clip is played again when it, its labels or the detectors have changed.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import detection_cost
import detection_labels as labels
import detection_scenes as drawn
import detection_stage as stage
from detection_labels import Clip
from installation import ROOT, installation

from proctor_app.policies.kinds import DETECTORS
from proctor_app.reports.accuracy import detectors_version

RESULTS = ROOT / "var" / "bench" / "detection.json"
FOOTAGE = Path(os.environ.get("MEDIA_DIR") or ROOT.parent / "shared" / "media") / "clips"
CONDITIONS = ROOT / "bench" / "footage.json"
WRITER = ROOT / "bench" / "accuracy" / "write.js"
OVERHEAD_SECONDS = 15


def main() -> int:
    """Play what has to be played, print the tables; 1 when a clip failed, 2 when there is something to mend first."""
    options = parse()
    if not shutil.which("ffmpeg"):
        return _refuse(["ffmpeg is needed to decode clips: install it (apt-get install ffmpeg)."])
    try:
        clips = choose(options)
    except labels.LabelError as error:
        return _refuse(error.problems)
    if options.list:
        for clip in clips:
            print(f"{clip.name}  {clip.duration:.0f} s  {clip.shows}")
        return 0
    results = load(options.results)
    version = detectors_version()
    waiting = [clip for clip in clips if options.again or results["clips"].get(clip.name, {}).get("key") != key(clip)]
    done = len(clips) - len(waiting)
    print(f"Detectors {version}. {len(clips)} clips, {done} of them measured already; {_length(waiting)}.", flush=True)
    is_cost_due = options.cost and results.get("cost", {}).get("detectors") != version
    if not options.report and (waiting or is_cost_due):
        measure(options, waiting, results, version)
    results["chosen"] = [clip.name for clip in clips]
    results["kinds"] = list(DETECTORS)
    results["detectors"] = version
    store(options.results, results)
    failed = [clip.name for clip in clips if "error" in results["clips"].get(clip.name, {"error": "not played"})]
    is_whole = not (options.clips or options.only or failed) and FOOTAGE.is_dir()
    write(options.results, is_whole and options.docs)
    if options.docs and not is_whole:
        print("docs/accuracy.md was left as it is: that page is for all of the project's clips.", file=sys.stderr)
    if failed:
        print(f"Not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    """The command line."""
    text = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="bench/detection.py", description=text)
    parser.add_argument("--clips", type=Path, action="append", metavar="DIR", help="only the labelled clips in DIR")
    parser.add_argument("--only", action="append", metavar="NAME", help="only clips whose name holds NAME")
    parser.add_argument("--again", action="store_true", help="play also what has been measured with these detectors")
    parser.add_argument("--list", action="store_true", help="check and list the clips, play none")
    parser.add_argument("--report", action="store_true", help="play nothing: only the tables of what was measured")
    parser.add_argument("--no-cost", dest="cost", action="store_false", help="do not measure the cost of a frame")
    parser.add_argument("--results", type=Path, metavar="FILE", help=f"default: {RESULTS.relative_to(ROOT)}")
    parser.add_argument("--no-docs", dest="docs", action="store_false", help="leave docs/accuracy.md as it is")
    options = parser.parse_args()
    if options.results is None:
        # What others measured with their own people stays beside the project's figures, never in them.
        own = hashlib.sha256("\n".join(str(folder.resolve()) for folder in options.clips or ()).encode()).hexdigest()[
            :8
        ]
        options.results = RESULTS.with_name(f"detection-{own}.json") if options.clips else RESULTS
    return options


def choose(options: argparse.Namespace) -> list[Clip]:
    """The clips to measure, all of them checked. Raises `LabelError`."""
    problems: list[str] = []
    found: list[Clip] = []
    folders = options.clips or ([FOOTAGE] if FOOTAGE.is_dir() else [])
    if not folders:
        print(
            f"No footage of real people in {FOOTAGE} (MEDIA_DIR): only the project's own drawn clips.", file=sys.stderr
        )
    for folder in folders:
        try:
            found += labels.find(folder)
        except labels.LabelError as error:
            problems += error.problems
    problems += [problem for clip in found if (problem := stage.check(clip))]
    clips = [known(clip) for clip in found] + ([] if options.clips else drawn.clips())
    names = [clip.name for clip in clips]
    problems += [
        f"{name}: more than one clip has this name" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    wanted = [clip for clip in clips if not options.only or any(part in clip.name for part in options.only)]
    if not problems and not wanted:
        problems = [f"no clip's name holds {' or '.join(options.only)}; there are {', '.join(names)}"]
    if problems:
        raise labels.LabelError(problems)
    return wanted


def known(clip: Clip) -> Clip:
    """The clip with what is known about the footage that lies beside the project, where its labels do not say."""
    about = json.loads(CONDITIONS.read_text("utf-8")).get(clip.name, {})
    rate = clip.video.stat().st_size * 8 / 1000 / max(clip.duration, 1)
    measured = {"source": "filmed", "compression": "under 150 kb/s" if rate < 150 else "150 kb/s or more"}
    return Clip(**{**clip.__dict__, "conditions": {**measured, **about, **clip.conditions}})


def measure(options: argparse.Namespace, waiting: list[Clip], results: dict[str, Any], version: str) -> None:
    """Play each clip and keep its result at once; one that fails is kept as failed, and the others go on."""
    with installation() as place, stage.theatre() as playwright, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = stage.quiet(folder)
        for number, clip in enumerate(waiting, 1):
            began = time.monotonic()
            entry: dict[str, Any] = {"key": key(clip), "truth": clip.truth, "detectors": version}
            try:
                camera = prepare(clip, folder)
                entry |= stage.play(playwright, place, clip, camera, clip.audio or quiet)
            except stage.StageError as error:
                entry |= {"error": str(error), "key": None}
            (folder / f"{clip.name}.y4m").unlink(missing_ok=True)
            results["clips"][clip.name] = entry
            store(options.results, results)
            took = f"[{number}/{len(waiting)}] {clip.name} ({time.monotonic() - began:.0f} s)"
            print(f"{took}: {_said(entry)}", flush=True)
        if options.cost and results.get("cost", {}).get("detectors") != version:
            film = folder / "cost.y4m"
            drawn.draw(detection_cost.CLIP, film)
            try:
                results["cost"] = {"detectors": version} | detection_cost.measure(playwright, place, film)
            except stage.StageError as error:
                results["cost"] = {"error": str(error)}
            store(options.results, results)


def prepare(clip: Clip, folder: Path) -> stage.Camera:
    """The clip as a camera file in `folder`. Raises `StageError`."""
    path = folder / f"{clip.name}.y4m"
    if clip.name in drawn.scripts():
        drawn.draw(clip.name, path)
        return stage.Camera(path, drawn.scenes.FPS)
    return stage.decode(clip, folder)


def key(clip: Clip) -> str:
    """A hash over everything that a result depends on, but for the machine."""
    # A drawn clip has no file: what draws it stands for it.
    drawing = (Path(part.__file__) for part in (drawn, drawn.photos, drawn.scenes))
    content = b"".join(path.read_bytes() for path in ([clip.video] if clip.video.is_file() else drawing))
    about = json.dumps(asdict(clip) | {"video": "", "audio": ""}, sort_keys=True).encode()
    sound = clip.audio.read_bytes() if clip.audio else b""
    return hashlib.sha256(detectors_version().encode() + about + content + sound).hexdigest()[:16]


def load(path: Path) -> dict[str, Any]:
    """What was measured so far. A file that is not ours is not written over."""
    if not path.is_file():
        return {"clips": {}}
    try:
        kept = json.loads(path.read_text("utf-8"))
        kept["clips"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sys.exit(f"bench-detection: {path} holds no results of this bench; name another file with --results.")
    return dict(kept)


def store(path: Path, results: dict[str, Any]) -> None:
    """Keep the results: whole, or as they were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(results, indent=1, ensure_ascii=False), "utf-8")
    beside.replace(path)


def write(results: Path, docs: bool) -> None:
    """The tables, to the screen and, with `docs`, into docs/accuracy.md and what reports quote."""
    subprocess.run(["node", WRITER, results, *(["--docs"] if docs else [])], check=True)


def _said(entry: dict[str, Any]) -> str:
    spans = (f"{one['key']} {one['start']:g}–{one['end'] or '…'}" for one in entry.get("found", ()))
    return entry.get("error") or ", ".join(spans) or "nothing"


def _length(waiting: list[Clip]) -> str:
    seconds = sum(clip.duration + OVERHEAD_SECONDS for clip in waiting)
    return f"about {seconds / 60:.0f} minutes" if waiting else "nothing to play"


def _refuse(problems: list[str]) -> int:
    for problem in problems:
        print(f"bench-detection: {problem}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
