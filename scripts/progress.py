"""Runs slow commands so that a person sees that they are alive, and what went wrong when they fail."""

from __future__ import annotations

import collections
import subprocess
import sys
import threading
import time

LINES_ON_FAILURE = 15
SECONDS_BETWEEN_LINES = 10.0


class SetupError(Exception):
    """Set-up cannot go on. The text says why and what to do."""


def say(text: str) -> None:
    """A line for people, at once."""
    print(text, flush=True)


def run(command: list[str], title: str, counted: str = "", total: int = 0, env: dict[str, str] | None = None) -> None:
    """Run `command`, showing elapsed time and, of lines that start with `counted`, how many came (of `total`).

    Raises `SetupError` with the command's last lines when it fails.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
        )
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be run: {error.strerror}") from error
    meter = _Meter(title, total)
    last: collections.deque[str] = collections.deque(maxlen=LINES_ON_FAILURE)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            last.append(line.rstrip())
            if counted and line.startswith(counted):
                meter.count += 1
        code = process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        meter.end()
    if code:
        shown = "\n".join(f"    {line}" for line in last)
        raise SetupError(f"{title} failed (code {code}):\n{shown}\n  The command was: {' '.join(command)}")


class _Meter:
    """Prints `title … 12 of 87, 34 s`: over itself on a terminal, now and then elsewhere."""

    def __init__(self, title: str, total: int) -> None:
        self.count = 0
        self._title, self._total = title, total
        self._began = time.monotonic()
        self._live = sys.stdout.isatty()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._print, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        say(("\r\033[K" if self._live else "") + f"  {self._title}: {time.monotonic() - self._began:.0f} s")

    def _print(self) -> None:
        while not self._ended.wait(0.5 if self._live else SECONDS_BETWEEN_LINES):
            of = f" of {self._total}" if self._total else ""
            counted = f"{min(self.count, self._total or self.count)}{of}, " if self.count else ""
            line = f"  {self._title} … {counted}{time.monotonic() - self._began:.0f} s"
            print(f"\r\033[K{line}" if self._live else line, end="" if self._live else "\n", flush=True)
