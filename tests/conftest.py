"""What every test may stand on: a real database, the application on it, real servers, a real mail server.

Nothing here is a stand-in: the database is the embedded one in a process of its own, `start_server` runs
`wsgi.py` as an operator would, and mail goes over SMTP.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiosmtpd.controller import Controller

from config import ROOT, Config
from proctor_app import create_app, embedded, migrate
from tests.waiting import wait_until

SECRET_KEY = "a key for the tests, and for nothing else"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of one real database for the whole run."""
    folder = tmp_path_factory.mktemp("database")
    child, port = embedded.start(folder / "db", folder / "log")
    yield port
    child.stop(20)


@pytest.fixture(scope="session")
def migrated(database: int) -> str:
    """The URI of the database that the tests of one run share, with its collections and indexes made."""
    uri = embedded.uri(database, "proctor_test")
    migrate.upgrade(uri)
    return uri


@pytest.fixture
def mongodb_uri(migrated: str) -> Iterator[str]:
    """The shared database, empty before the test."""
    with pymongo.MongoClient(migrated) as client:
        store = client.get_default_database()
        for name in store.list_collection_names():
            if name != migrate.COLLECTION:
                store[name].delete_many({})
    yield migrated


@pytest.fixture
def settings(mongodb_uri: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the application under test. A test may change it before it asks for `app`."""
    return settings_for(mongodb_uri, tmp_path / "data")


def settings_for(mongodb_uri: str, data_dir: Path) -> dict[str, str]:
    """The environment of a process under test."""
    return {
        "MONGODB_URI": mongodb_uri,
        "DATA_DIR": str(data_dir),
        "FACE_MODEL_PATH": str(ROOT / "var" / "models" / "face_landmarker.task"),
        "SECRET_KEY": SECRET_KEY,
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "WARNING",
        "TIMEZONE": "UTC",
    }


@pytest.fixture
def config(settings: dict[str, str]) -> Config:
    """The settings, checked."""
    made = Config.from_env(settings, dotenv=False)
    made.data_dir.mkdir(parents=True, exist_ok=True)
    return made


@pytest.fixture
def app(config: Config) -> Any:
    """The application on an empty, migrated database. No socket is served: `start_server` does that."""
    return create_app(replace(config, async_mode="threading"))


@pytest.fixture
def client(app: Any) -> Any:
    """A browser's stand-in for plain HTTP: nobody is signed in. Its forms need no CSRF token."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@dataclass
class Program:
    """A process of ours, started as an operator would start it."""

    process: subprocess.Popen[bytes]
    log_path: Path
    url: str = ""

    def log(self) -> str:
        """What it printed so far."""
        return self.log_path.read_text(errors="replace")

    def stop(self, timeout: float = 20) -> int:
        """Ask it to end, and return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout)


Start = Callable[..., Program]


@pytest.fixture
def start_program(tmp_path: Path) -> Iterator[Start]:
    """`start_program(name, *command, env={...})` runs a command; what still runs after the test is ended."""
    with program_starter(tmp_path) as start:
        yield start


@contextmanager
def program_starter(folder: Path) -> Iterator[Start]:
    """As `start_program`, for as long as the caller wants; logs go to `folder`."""
    started: list[Program] = []

    def start(name: str, *command: str, env: dict[str, str], url: str = "") -> Program:
        log_path = folder / f"{name}-{len(started)}.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                command, env=clean_environment() | env, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
            )
        program = Program(process, log_path, url)
        started.append(program)
        return program

    try:
        yield start
    finally:
        _end(started)


def _end(started: list[Program]) -> None:
    for program in reversed(started):
        if program.process.poll() is None:
            program.process.terminate()
    for program in started:
        try:
            program.process.wait(20)
        except subprocess.TimeoutExpired:
            program.process.kill()
            program.process.wait()


@pytest.fixture
def start_server(start_program: Start, settings: dict[str, str]) -> Start:
    """`start_server(SOCKETIO_ASYNC_MODE="threading")` starts the web process; returns when it is ready."""
    return lambda **changed: serve(start_program, settings | changed)


def serve(start: Start, settings: dict[str, str]) -> Program:
    """Start the web process on a free port, or on PORT; returns when it is ready."""
    port = settings.get("PORT") or str(embedded.free_port())
    env = settings | {"PORT": port, "HOST": "127.0.0.1"}
    program = start("web", sys.executable, "wsgi.py", env=env, url=f"http://127.0.0.1:{port}")
    wait_until(lambda: _ready(program), "the web process to be ready", timeout=30)
    return program


@pytest.fixture(scope="session", params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def server(
    request: pytest.FixtureRequest, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """The web process. A test that asks for it runs in each asynchronous mode, in the second one with the long tests.

    One process of each mode serves all tests: what it holds in memory belongs to sessions of tests that are over.
    """
    folder = tmp_path_factory.mktemp(f"server-{request.param}")
    with program_starter(folder) as start:
        yield serve(start, settings_for(migrated, folder / "data") | {"SOCKETIO_ASYNC_MODE": request.param})


@pytest.fixture
def jobs_worker(start_program: Start, settings: dict[str, str]) -> Program:
    """The job process, on the same settings as `app` and `server`."""
    return start_program("jobs", sys.executable, "-m", "proctor_app.cli", "jobs", env=settings)


@dataclass
class Mailbox:
    """A mail server that accepts everything and keeps it."""

    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def wait_for(self, count: int = 1, timeout: float = 30) -> list[EmailMessage]:
        """The messages, once there are at least `count`."""
        wait_until(lambda: len(self.messages) >= count, f"{count} e-mail(s)", timeout=timeout)
        return self.messages


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A real SMTP server on a free port: set SMTP_URL to its `url`."""
    mailbox = Mailbox()
    port = embedded.free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    yield mailbox
    controller.stop()


def clean_environment() -> dict[str, str]:
    """This environment with every setting empty, so that neither it nor a developer's `.env` reaches a test.

    One is kept: `SOCKETIO_ASYNC_MODE=threading make test` runs the whole suite, browser and all, in that mode.
    """
    settings = [line.partition("=")[0] for line in (ROOT / ".env.example").read_text("utf-8").splitlines()]
    kept = {"SOCKETIO_ASYNC_MODE": os.environ.get("SOCKETIO_ASYNC_MODE", "")}
    return os.environ | {name: "" for name in settings if name and not name.startswith("#")} | kept


def _ready(program: Program) -> bool:
    if program.process.poll() is not None:
        raise AssertionError(f"the web process ended with {program.process.returncode}:\n{program.log()}")
    try:
        with urllib.request.urlopen(program.url + "/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
