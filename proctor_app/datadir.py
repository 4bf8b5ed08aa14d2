"""The data folder: writable, used by one run at a time, with the secret key and the address of what runs.

lock         held by whoever may start the embedded database; holds {pid, mongodb_uri, url} as JSON
secret-key   signs cookies and links where SECRET_KEY is unset; readable by its owner only
db/  log/    the embedded database and what the processes print
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from config import SECRET_KEY_FILE

LOCK_FILE = "lock"


class DataDirError(Exception):
    """The data folder cannot be used. The text is one line: what is wrong and what to do."""


@dataclass(frozen=True)
class Running:
    """The run that holds a data folder. `url` is empty for a command that only needs the database."""

    pid: int
    mongodb_uri: str = ""
    url: str = ""


class Lock:
    """A held data folder; what others read about the holder is written here."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle = handle
        self.tell(Running(os.getpid()))

    def tell(self, running: Running) -> None:
        """Let other commands of this machine find what runs."""
        self._handle.seek(0)
        self._handle.truncate()
        self._handle.write(json.dumps(asdict(running)))
        self._handle.flush()


def prepare(data_dir: Path) -> None:
    """Make the folder where it is missing. Raises `DataDirError` when nothing can be written there."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataDirError(
            f"DATA_DIR: {data_dir} is not writable ({error.strerror}). "
            f"Make it yours (sudo chown -R $USER {data_dir}) or set DATA_DIR to another folder."
        ) from error


@contextmanager
def lock(data_dir: Path) -> Iterator[Lock]:
    """Hold the folder. Raises `DataDirError` when another run holds it. The kernel frees it with the process."""
    with (data_dir / LOCK_FILE).open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(handle)
            who = f"process {holder.pid}" + (f", {holder.url}" if holder.url else "")
            raise DataDirError(
                f"The database in {data_dir} is locked by another run ({who}). Stop that one, or set DATA_DIR."
            ) from None
        yield Lock(handle)
        handle.truncate(0)


def find_running(data_dir: Path) -> Running | None:
    """The run that holds the folder now, or None."""
    try:
        with (data_dir / LOCK_FILE).open("r+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(handle)
    except OSError:
        pass
    return None


def ensure_secret_key(data_dir: Path) -> str:
    """The key kept in the folder; made when missing."""
    path = data_dir / SECRET_KEY_FILE
    if not path.exists():
        partial = path.with_suffix(".partial")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_hex())
        partial.replace(path)
    return path.read_text("ascii").strip()


def _read(handle: IO[str]) -> Running:
    handle.seek(0)
    try:
        return Running(**json.loads(handle.read()))
    except (ValueError, TypeError):
        return Running(0)
