"""The embedded database: SecantusDB, a program that speaks MongoDB's protocol, as a process of its own.

It is GPL-2.0, so it is run and never imported. Commits are synced to the disk before they are answered.
"""

import shutil
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from proctor_app.processes import Child, spawn

PROGRAM = "secantusd-py"
START_SECONDS = 30.0
LOCKED_SECONDS = 20.0


class DatabaseError(Exception):
    """The database cannot be used. The text is one line: what is wrong and what to do."""


class DatabaseLocked(DatabaseError):
    """Another process has the files open."""


def program() -> str:
    """The path of the database's program, beside this Python or on PATH. Raises `DatabaseError`."""
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None:
        raise DatabaseError(
            "The embedded database is not installed (its package exists for Python 3.11 to 3.13). "
            "Run `make setup` with one of these, or set MONGODB_URI to a MongoDB server."
        )
    return found


def command(storage: Path, port: int) -> list[str]:
    """The command line that serves `storage` on a loopback port."""
    options = ["--sync-on-commit", "--host", "127.0.0.1", "--port", str(port), "--log-level", "WARNING"]
    return [program(), *options, "--storage-path", str(storage)]


def uri(port: int, name: str = "proctor") -> str:
    """Where database `name` is reached. Direct: the server names itself a replica set that has only itself."""
    return f"mongodb://127.0.0.1:{port}/{name}?directConnection=true"


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def start(storage: Path, log: Path, *, patience_seconds: float = LOCKED_SECONDS) -> tuple[Child, int]:
    """Start it on `storage`, wait until it answers, and return the process and its port.

    Raises `DatabaseError`; where another process has the files open, after `patience_seconds`.
    """
    storage.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience_seconds
    while True:
        port = free_port()
        # The working folder matters: the program reads a settings file from wherever it is started.
        child = spawn("database", command(storage, port), log, folder=storage)
        try:
            wait_until_answering(child, port)
            return child, port
        except DatabaseLocked:
            # A database whose supervisor was killed a moment ago is still writing its last pages.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        except BaseException:
            child.stop(0)
            raise


def wait_until_answering(child: Child, port: int) -> None:
    """Return when the server answers a ping. Raises `DatabaseError` when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not _listens(port):
        if not child.is_running:
            lines = child.last_lines(50)
            if any("already being managed by another process" in line for line in lines):
                raise DatabaseLocked(
                    "The embedded database's files are in use by another process. Stop that one first."
                )
            shown = f" Its last words: {lines[-1]}" if lines else ""
            raise DatabaseError(f"The embedded database ended at its start ({child.end_in_words()}).{shown}")
        if time.monotonic() > deadline:
            raise DatabaseError(f"The embedded database did not answer within {START_SECONDS:.0f} s: see {child.log}.")
        time.sleep(0.02)
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri(port), serverSelectionTimeoutMS=5000)
    try:
        with client:
            client.admin.command("ping")
    except PyMongoError as error:
        raise DatabaseError(f"The embedded database does not answer: {error}") from error


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return False
    return True
