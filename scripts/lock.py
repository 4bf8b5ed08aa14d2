"""Resolves pyproject.toml into the two lock files, for every Python version and platform at once.

python3 scripts/lock.py             keep the versions that are locked where they still fit
python3 scripts/lock.py --upgrade   take the newest that fit
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from progress import SetupError, run, say

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".setup" / "uv"


def main(extra: list[str]) -> None:
    """The file for the tests comes first; the one for running takes its versions from it. Raises `SetupError`."""
    os.chdir(ROOT)
    if not (UV / "bin" / "uv").exists():
        run([sys.executable, "-m", "venv", str(UV)], "an environment for uv")
        run([str(UV / "bin" / "pip"), "install", "--progress-bar", "off", "uv"], "uv")
    compile_lock = [
        str(UV / "bin" / "uv"), "pip", "compile", "--universal", "--python-version", "3.11", "--no-annotate",
        "--custom-compile-command", "make lock", "pyproject.toml", "--extra", "embedded",
    ]  # fmt: skip
    run([*compile_lock, "--extra", "dev", "-o", "requirements-dev.lock", *extra], "requirements-dev.lock")
    run([*compile_lock, "-c", "requirements-dev.lock", "-o", "requirements.lock", *extra], "requirements.lock")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        say(str(error))
        sys.exit(1)
