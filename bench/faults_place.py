"""An installation whose processes can be killed and started again: database, web and jobs, each on its own port.

A supervisor (systemd, Docker, `make run` under one) would start again at once what ended; here the bench does.
"""

import json
import os
import secrets
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
from installation import CONSENT, ROOT, wait_until_ready

from config import Config
from proctor_app import create_app, embedded, migrate
from proctor_app.accounts import service as accounts
from proctor_app.processes import Child, spawn


@dataclass
class Place:
    """What runs, and a token for work over the wire."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)
    token: str = ""
    running: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database_port, self.port = embedded.free_port(), embedded.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.uri = embedded.uri(self.database_port)
        self.env = {
            "MONGODB_URI": self.uri,
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SECRET_KEY": secrets.token_hex(),
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
            **self.extra,
        }

    def up(self) -> "Place":
        """Start everything, with an account whose reports are mailed."""
        self.start("database")
        migrate.upgrade(self.uri)
        config = Config.from_env(self.env | {"SOCKETIO_ASYNC_MODE": "threading"}, dotenv=False)
        with create_app(config).app_context():
            owner = accounts.create_interviewer("owner@example.org", "Olga Owner")
            self.token = accounts.add_token(owner, "bench")
        self.start("web")
        self.start("jobs")
        return self

    def start(self, name: str) -> None:
        """Start a process and wait until it answers."""
        commands = {
            "database": embedded.command(self.folder / "db", self.database_port),
            "web": [sys.executable, "wsgi.py"],
            "jobs": [sys.executable, "-m", "proctor_app.cli", "jobs"],
        }
        folder = ROOT
        if name == "database":
            folder = self.folder / "db"
            folder.mkdir(exist_ok=True)
        child = spawn(name, commands[name], self.folder / f"{name}.log", folder=folder, env=os.environ | self.env)
        self.running[name] = child
        if name == "database":
            embedded.wait_until_answering(child, self.database_port)
        elif name == "web":
            wait_until_ready(self.url)

    def kill(self, name: str) -> None:
        """`kill -9`, as power cuts and out-of-memory killers do it."""
        self.running[name].process.send_signal(signal.SIGKILL)
        self.running[name].process.wait()

    def stop(self, name: str) -> None:
        """SIGTERM, and wait."""
        self.running[name].stop(20)

    def down(self) -> None:
        """End everything."""
        for name in ("web", "jobs", "database"):
            if name in self.running:
                self.running[name].stop(20)

    # ------------------------------------------------------------ over the wire

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the API; JSON comes back parsed, anything else as bytes."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", data, {"Authorization": f"Bearer {self.token}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=90) as answer:
            content = answer.read()
            return json.loads(content) if "json" in answer.headers["Content-Type"] else content

    def create_session(self) -> dict[str, Any]:
        """A session to which the candidate has agreed."""
        made = self.ask("POST", "/sessions", {"title": "faults", "candidate": {"name": "Asha"}, "consent": CONSENT})
        assert isinstance(made, dict)
        return made

    def rows(self, collection: str, session: str) -> list[dict[str, Any]]:
        """What the database holds about a session, asked past the application."""
        with pymongo.MongoClient[dict[str, Any]](self.uri, tz_aware=True, serverSelectionTimeoutMS=20000) as client:
            return list(client.get_default_database()[collection].find({"session": session}))

    def report(self, session: str) -> dict[str, Any]:
        """The session's report as it is stored."""
        with pymongo.MongoClient[dict[str, Any]](self.uri, serverSelectionTimeoutMS=20000) as client:
            return client.get_default_database()["report"].find_one({"_id": session}) or {}


def wait(condition: Callable[[], object], seconds: float) -> bool:
    """Whether `condition` came true within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def new_version(folder: Path) -> Path:
    """The migrations of a version to come: ours, and one more that changes every observation."""
    migrations = folder / "migrations"
    shutil.copytree(ROOT / "migrations", migrations, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(file.stem for file in migrations.glob("*.py"))
    (migrations / "20990101000000_next.py").write_text(
        '"""A version to come."""\n\n'
        f'name = "20990101000000_next"\ndependencies = ["{newest}"]\n\n\n'
        "def upgrade(db):\n"
        '    db["observation"].update_many({}, {"$set": {"detail.migrated": True}})\n'
        '    db["observation"].create_index([("session", 1), ("received_at", 1)])\n\n\n'
        "def downgrade(db):\n    pass\n"
    )
    return migrations
