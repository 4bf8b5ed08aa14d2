#!/usr/bin/env python3
"""Runs the Python tests in two runs at once. Ends with 1 where one of them failed.

Browser tests wait for much of their time: for a condition to last, for a page to load. They run one by one, because in
some it matters how often the candidate is looked at; the tests without a browser run on three processes in the time
that they leave.
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
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
LEAST = 19  # the lowest priority


def start_humbly(arguments: list[str], said: IO[str]) -> subprocess.Popen[bytes]:
    """Start pytest so that it gets the processor only when nobody else wants it."""
    command = ["nice", f"-n{LEAST}", *PYTEST, *arguments]
    running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
    # Linux may weigh whole sessions against each other; each browser is one, so that nice alone would do nothing.
    # Where it does not, there is no such file, and nice is enough.
    with suppress(OSError):
        Path(f"/proc/{running.pid}/autogroup").write_text(str(LEAST))
    return running


def main() -> int:
    """Both; what the quieter one prints comes when both are done."""
    os.chdir(ROOT)
    began = time.monotonic()
    print("Beside these run the tests without a browser; what they say comes last.", flush=True)
    with TemporaryFile("w+") as said:
        others = start_humbly([f"--ignore={BROWSER}", "-q", "-n3", "--dist=loadfile"], said)
        try:
            browsers = subprocess.run([*PYTEST, BROWSER], check=False).returncode
            print(f"The browsers' tests took {time.monotonic() - began:.0f} s.", flush=True)
            others.wait()
        finally:
            others.terminate()
        said.seek(0)
        print(said.read(), end="", flush=True)
    return int(bool(browsers or others.returncode))


if __name__ == "__main__":
    sys.exit(main())
