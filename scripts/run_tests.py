#!/usr/bin/env python3
"""Runs every Python test: those with browsers, and beside them, at a lower priority, all others.

Browser tests mostly wait: for a condition to last, for a page to load. The others use that time and leave the
processor to the browsers whenever these want it. Ends with the status of whichever failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "tests/browser"
NICENESS = 10


def pytest(*arguments: str) -> list[str]:
    """The command line of one pytest."""
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]


def main() -> int:
    """Both runs; the output of the quieter one comes when both are done."""
    os.chdir(ROOT)
    print("Beside these, all tests without a browser are run; what they say comes last.", flush=True)
    with TemporaryFile("w+") as said:
        quiet = ["nice", f"-n{NICENESS}", *pytest(f"--ignore={BROWSER}", "-q")]
        others = subprocess.Popen(quiet, stdout=said, stderr=subprocess.STDOUT)
        try:
            browsers = subprocess.run(pytest(BROWSER), check=False).returncode
            others.wait()
        finally:
            others.terminate()
        said.seek(0)
        print(said.read(), end="")
    return browsers or others.returncode


if __name__ == "__main__":
    sys.exit(main())
