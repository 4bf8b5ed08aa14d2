#!/usr/bin/env python3
"""Runs every Python test, in three runs at once. Ends with 1 where any of them failed.

Browser tests mostly wait: for a condition to last, for a page to load. Those in which it matters how often the
candidate is looked at (`watched`) run one by one; the other browser tests beside them; and all tests without a browser,
on two processes, in the time that both leave.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "tests/browser"
LEAST = 19  # the lowest priority


def start(arguments: list[str], said: IO[str] | None = None) -> subprocess.Popen[bytes]:
    """Start pytest; what it prints goes into `said`, or straight to the terminal."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.Popen(command, stdout=said, stderr=said and subprocess.STDOUT)


def start_humbly(arguments: list[str], said: IO[str]) -> subprocess.Popen[bytes]:
    """Start pytest so that it gets the processor only when nobody else wants it."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    running = subprocess.Popen(
        ["nice", f"-n{LEAST}", *command], stdout=said, stderr=subprocess.STDOUT, start_new_session=True
    )
    # Linux may weigh whole sessions against each other; each browser is one, so that nice alone would do nothing.
    # Where it does not, there is no such file, and nice is enough.
    with suppress(OSError):
        Path(f"/proc/{running.pid}/autogroup").write_text(str(LEAST))
    return running


def main() -> int:
    """All three; what the quieter ones print comes when they are done."""
    os.chdir(ROOT)
    began = time.monotonic()
    print(
        "Beside these run the other browser tests, and those without a browser; what they say comes last.", flush=True
    )
    with TemporaryFile("w+") as of_others, TemporaryFile("w+") as of_units:
        runs = (
            ("browser tests that watch", start([BROWSER, "-m", "watched"]), None),
            ("other browser tests", start([BROWSER, "-m", "not watched"], of_others), of_others),
            (
                "tests without a browser",
                start_humbly([f"--ignore={BROWSER}", "-q", "-n2", "--dist=loadfile"], of_units),
                of_units,
            ),
        )
        try:
            for name, running, said in runs:
                running.wait()
                print(f"\n{name}: {time.monotonic() - began:.0f} s after the start", flush=True)
                if said:
                    said.seek(0)
                    print(said.read(), end="", flush=True)
        finally:
            for _, running, _ in runs:
                running.terminate()
    return int(any(running.returncode for _, running, _ in runs))


if __name__ == "__main__":
    sys.exit(main())
