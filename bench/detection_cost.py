"""What the whole pipeline costs for a frame, against the bare call of the model on the same frames.

Both run in the same page, each in a worker of its own, frame by frame in turn, so that whatever else the machine does
meets both. *Bare* is a worker that does nothing but FaceLandmarker.detectForVideo, with the same model and options.
"""

import statistics
from pathlib import Path
from typing import Any

from detection_frames import Film
from detection_stage import FLAGS, StageError
from installation import ROOT, Installation
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright

from scripts.setup import browser as find_chromium

CLIP = "own_3_honest"
FRAMES = 240
WARM_UP = 20
GOAL = 1.15
BARE = ROOT / "bench" / "page" / "bare-worker.js"
MEASURE = (ROOT / "bench" / "page" / "cost.js").read_text("utf-8")


def measure(playwright: Playwright, place: Installation, path: Path) -> dict[str, Any]:
    """Milliseconds a frame, medians, and their ratio. Raises `StageError` when a worker does not run here."""
    film = Film.open(path)
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
    try:
        page = browser.new_page()
        film.serve(page)
        page.route(
            "**/static/js/bench-bare-worker.js",
            lambda route: route.fulfill(content_type="text/javascript", body=BARE.read_text("utf-8")),
        )
        page.goto(f"{place.url}/sign-in")
        count = min(FRAMES, film.frames)
        pairs = page.evaluate(MEASURE, film.for_page | {"count": count})[WARM_UP:]
    except PlaywrightError as error:
        raise StageError(f"The cost of a frame could not be measured: {str(error).splitlines()[0]}") from None
    finally:
        browser.close()
    middle = {name: statistics.median(pair[name] for pair in pairs) for name in ("bare", "whole", "canvas")}
    return {
        "frames": len(pairs),
        "bare_ms": round(middle["bare"], 1),
        "bare_on_canvas_ms": round(middle["canvas"], 1),
        "whole_ms": round(middle["whole"], 1),
        # Pair by pair, so that a busy moment does not fall on one side.
        "ratio": round(statistics.median(pair["whole"] / pair["bare"] for pair in pairs), 3),
        "ratio_to_canvas": round(statistics.median(pair["whole"] / pair["canvas"] for pair in pairs), 3),
        "goal": GOAL,
    }
