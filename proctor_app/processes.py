"""Child processes that never outlive the one that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """A running part of ours: its name for people, its process, and the file that holds what it printed."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def end_in_words(self) -> str:
        """How it ended: `exit code 1` or `signal SIGKILL`."""
        code = self.process.returncode
        return f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"

    def last_lines(self, count: int = 8) -> list[str]:
        """The end of what it printed."""
        return self.log.read_text("utf-8", errors="replace").splitlines()[-count:]

    def stop(self, patience_seconds: float) -> None:
        """Ask it to end, and end it when it has not after `patience_seconds`."""
        if self.is_running:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_seconds)
        if self.is_running:
            self.process.kill()
        self.process.wait()


def spawn(name: str, command: Sequence[str], log: Path, *, folder: Path, env: Mapping[str, str] | None = None) -> Child:
    """Start `command` in `folder`. What it printed in its last run is kept beside `log` as `….1`.

    It gets a session of its own, so that Ctrl-C reaches only its parent, which then stops the parts in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=env,
            start_new_session=True,
            preexec_fn=_end_with_parent(os.getpid()),
        )
    return Child(name, process, log)


def _end_with_parent(parent: int) -> Callable[[], None]:
    """What the new process does before it becomes the program: ask the kernel for SIGTERM when `parent` is gone."""

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask
