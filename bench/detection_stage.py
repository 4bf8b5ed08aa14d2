"""Plays a clip to the product as it runs: the candidate's own page in a real Chromium whose camera is the clip.

What is read is what everybody else would read: the incidents and the coverage through the API, from the database.
Nothing of the product is replaced. The bench only listens: to the camera track's own count of frames, which says at
what moment of the clip a given time was, and to the heartbeats on the page's socket, which say what a frame cost.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request
import wave
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from detection_labels import Clip
from installation import Installation
from playwright.sync_api import Browser, Page, Playwright, WebSocket, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from scripts.setup import browser as find_chromium

POLICY = "strict"  # looks for everything; thresholds are those of classic
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
)
SAMPLE_EVERY_MS = 500
# Two of a kind are told apart, and an end is told, two seconds after it; then it must reach the database.
AFTER_SECONDS = 4.0
JOIN_SECONDS = 40.0
SLOWEST = 2.0  # a camera file on a busy machine takes longer than it should, but not that much
QUIET_SECONDS = 10
ANSWER_SECONDS = 30
# Runs before the page's own scripts: `benchCamera` are [time, frames so far] of the camera that was opened last.
LISTEN = """
window.benchCamera = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  const [track] = stream.getVideoTracks();
  if (track?.stats) {
    const samples = [];
    window.benchCamera = samples;
    const timer = setInterval(() => {
      if (track.readyState === 'ended') return clearInterval(timer);
      samples.push([Date.now(), track.stats.totalFrames]);
    }, %d);
  }
  return stream;
};
"""


class StageError(Exception):
    """A clip that could not be played to its end, in one sentence."""


@dataclass
class Camera:
    """A file for Chromium's fake camera, and how many frames a second it has."""

    path: Path
    fps: float


@dataclass
class Heard:
    """The heartbeats of one page."""

    beats: list[dict[str, Any]] = field(default_factory=list)

    def attend(self, socket: WebSocket) -> None:
        """Listen to a socket of the page."""
        socket.on("framesent", self._take)

    def _take(self, payload: str | bytes) -> None:
        found = re.match(r'42/candidate,\d*(\["heartbeat",.*\])$', payload) if isinstance(payload, str) else None
        if found:
            self.beats.append(json.loads(found[1])[1])


@contextmanager
def theatre() -> Iterator[Playwright]:
    """The browsers' driver. Its own Node.js lacks a library on a bare Debian: the one of set-up is used."""
    node = shutil.which("node")
    if node:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)
    with sync_playwright() as playwright:
        yield playwright


def decode(clip: Clip, folder: Path) -> Camera:
    """The clip as Y4M, at its own rate. Raises `StageError` naming the file that cannot be read."""
    if clip.video.suffix == ".y4m":
        return Camera(clip.video, _rate(clip.video))
    path = folder / f"{clip.name}.y4m"
    command = ["ffmpeg", "-v", "error", "-y", "-i", clip.video, "-an", "-pix_fmt", "yuv420p", path]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode or path.stat().st_size < 1000:
        raise StageError(f"{clip.video}: cannot be read: {(result.stderr.strip().splitlines() or ['no frames'])[-1]}")
    return Camera(path, _rate(path))


def check(clip: Clip) -> str | None:
    """What is wrong with the clip's file, in one line that names it; None when its picture can be read."""
    command = ["ffmpeg", "-v", "error", "-i", clip.video, "-frames:v", "1", "-f", "null", "-"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        return None
    return f"{clip.video}: cannot be read: {(result.stderr.strip().splitlines() or ['no picture in it'])[-1]}"


def quiet(folder: Path) -> Path:
    """A sound file for a clip without sound: a room in which nobody speaks. Chromium's own fake microphone beeps."""
    path = folder / "quiet.wav"
    noise = np.random.default_rng(3).normal(0, 20, 16_000 * QUIET_SECONDS).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise.tobytes())
    return path


def play(playwright: Playwright, place: Installation, clip: Clip, camera: Camera, sound: Path) -> dict[str, Any]:
    """Play the clip once and return what came of it, with times in seconds of the clip. Raises `StageError`."""
    chromium = find_chromium()
    if not chromium:
        raise StageError("No Chromium was found: install it, or set CHROMIUM to its path.")
    files = (f"--use-file-for-fake-video-capture={camera.path}", f"--use-file-for-fake-audio-capture={sound}")
    browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *files])
    try:
        return _play(browser, place, clip, camera)
    except (PlaywrightError, AssertionError) as error:
        raise StageError(f"{clip.name}: {str(error).strip().splitlines()[0]}") from None
    finally:
        browser.close()


def _play(browser: Browser, place: Installation, clip: Clip, camera: Camera) -> dict[str, Any]:
    page = browser.new_context(viewport={"width": 1100, "height": 800}).new_page()
    page.add_init_script(LISTEN % SAMPLE_EVERY_MS)
    heard = Heard()
    page.on("websocket", heard.attend)
    made = ask(place, "/sessions", {"title": "bench", "candidate": {"name": "Asha"}, "policy": POLICY})
    session = made["id"]
    join(page, made["join_url"])
    watched_from = _position(page, camera.fps)
    processes, cpu_before, clock_before = tree(str(camera.path)), 0.0, time.monotonic()
    cpu_before = cpu_seconds(processes)
    latest = clock_before + SLOWEST * clip.duration + JOIN_SECONDS
    while (now := _position(page, camera.fps)) < clip.duration:
        if time.monotonic() > latest:
            raise StageError(f"{clip.name}: the camera stands still at {now:.0f} s; is this machine very busy?")
        page.wait_for_timeout(min(1000.0, (clip.duration - now) * 1000 + 20))
    cpu = (cpu_seconds(tree(str(camera.path))) - cpu_before) / (time.monotonic() - clock_before)
    page.wait_for_timeout(AFTER_SECONDS * 1000)
    samples = page.evaluate("window.benchCamera")
    ask(place, f"/sessions/{session}/end", {})
    state = ask(place, f"/sessions/{session}")
    incidents = ask(place, f"/sessions/{session}/incidents")["incidents"]
    at = _clip_clock(samples, camera.fps)
    found = [_found(one, at) for one in incidents]
    watching = [one for one in heard.beats if one["state"] == "watching"]
    return {
        "found": [one for one in found if one["start"] < clip.duration],
        "watched": [round(watched_from, 2), clip.duration],
        "load": {
            "coverage": state["coverage"],
            "fps": _middle([one["fps"] for one in watching]),
            "frame_ms": _middle([one["frame_ms"] for one in watching]),
            "cpu_percent": round(100 * cpu),
        },
        # How the watchers beside the face model went, by heartbeats: one that could not run explains what it missed.
        "watchers": {name: Counter(str(one.get(name)) for one in heard.beats) for name in ("speech", "objects")},
        "could_not_tell": sorted({one["reason"] for one in heard.beats if one["state"] == "could_not_tell"}),
    }


def join(page: Page, url: str) -> None:
    """From the link into the call, as a candidate does: agree, pass the checks, join, be watched."""
    page.goto(url)
    page.get_by_test_id("consent-accept").click()
    button = page.get_by_test_id("join-call")
    expect(button).to_be_enabled(timeout=JOIN_SECONDS * 1000)
    button.click()
    status = page.get_by_test_id("monitor-status")
    expect(status).to_have_attribute("data-state", re.compile("watching|failed"), timeout=JOIN_SECONDS * 1000)
    if status.get_attribute("data-state") == "failed":
        raise StageError(f"Monitoring does not run here: {page.locator('#monitor-note').inner_text().strip()}")


def ask(place: Installation, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request to the API: GET, or POST with a body. Raises `StageError` with the answer when it is refused."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{place.url}/api/v1{path}", data, {"Authorization": f"Bearer {place.token}"})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise StageError(f"{path} was refused: {error.read().decode(errors='replace')[:300]}") from None
    except OSError as error:
        raise StageError(f"The server does not answer: {error}") from None


def _position(page: Page, fps: float) -> float:
    """How far the camera is in the clip, seconds."""
    samples = page.evaluate("window.benchCamera")
    if not samples:
        page.wait_for_timeout(2 * SAMPLE_EVERY_MS)
        samples = page.evaluate("window.benchCamera")
    if not samples:
        raise StageError("This browser does not count its camera's frames: a newer Chromium is needed.")
    return _clip_clock(samples, fps)(page.evaluate("Date.now()"))


def _clip_clock(samples: list[list[float]], fps: float) -> Any:
    """From milliseconds since the epoch to seconds of the clip: on a busy machine a camera file plays slower."""
    times = np.array([at for at, _ in samples], float)
    shown = np.array([(frames - 0.5) / fps for _, frames in samples], float)

    def at(ms: float) -> float:
        if ms <= times[0]:
            return float(shown[0] - (times[0] - ms) / 1000)
        if ms >= times[-1]:
            return float(shown[-1] + (ms - times[-1]) / 1000)
        return float(np.interp(ms, times, shown))

    return at


def _found(incident: dict[str, Any], at: Any) -> dict[str, Any]:
    def when(name: str) -> float | None:
        iso = incident[name]
        return None if iso is None else round(at(datetime.fromisoformat(iso).timestamp() * 1000), 2)

    return {
        "key": incident["reason"] or incident["kind"],
        "start": when("started_at"),
        "end": when("ended_at"),
        "confidence": incident["confidence"],
        "detail": incident["detail"],
    }


def tree(mark: str) -> list[int]:
    """The processes of the browser whose command line holds `mark`: that one and all that it started."""
    parents: dict[int, int] = {}
    roots = []
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if mark in (entry / "cmdline").read_text(errors="replace") and "--type=" not in (
                entry / "cmdline"
            ).read_text(errors="replace"):
                roots.append(int(entry.name))
        except (OSError, IndexError, ValueError):
            continue
    found = set(roots)
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def cpu_seconds(processes: list[int]) -> float:
    """What these processes have used so far; 0 on a system without /proc."""
    ticks = 0
    for pid in processes:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        except (OSError, IndexError, ValueError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _middle(values: list[float]) -> float:
    return round(statistics.median(values), 1) if values else 0.0


def _rate(path: Path) -> float:
    """Frames a second by a Y4M file's header."""
    with path.open("rb") as file:
        header = file.readline(200).decode(errors="replace")
    found = re.search(r" F(\d+):(\d+)", header)
    if not header.startswith("YUV4MPEG2") or not found:
        raise StageError(f"{path}: is not a Y4M file")
    return int(found[1]) / int(found[2])
