"""An installation of its own for a bench: database and web process in a temporary folder, gone afterwards."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import Config  # noqa: E402
from proctor_app import create_app, embedded, migrate  # noqa: E402
from proctor_app.accounts import service as accounts  # noqa: E402

CONSENT = {"version": "bench", "accepted_at": "2026-01-01T00:00:00Z"}


@dataclass
class Installation:
    """What runs: the application for work in this process, the address and a token for work over the wire."""

    app: Any
    url: str
    token: str

    def create_session(self) -> dict[str, Any]:
        """A session to which the candidate has agreed, made through the API."""
        body = {"title": "bench", "candidate": {"name": "Asha"}, "consent": CONSENT}
        request = urllib.request.Request(
            f"{self.url}/api/v1/sessions", json.dumps(body).encode(), {"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request) as answer:
            made: dict[str, Any] = json.load(answer)
            return made


@contextmanager
def installation() -> Iterator[Installation]:
    """Serve on free ports until the block ends."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as name:
        folder = Path(name)
        database, port = embedded.start(folder / "db", folder / "database.log")
        env = {
            "MONGODB_URI": embedded.uri(port),
            "DATA_DIR": str(folder),
            "PORT": str(embedded.free_port()),
            "SECRET_KEY": secrets.token_hex(),
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
        }
        migrate.upgrade(env["MONGODB_URI"])
        app = create_app(Config.from_env(env | {"SOCKETIO_ASYNC_MODE": "threading"}, dotenv=False))
        web = subprocess.Popen([sys.executable, "wsgi.py"], cwd=ROOT, env=os.environ | env)
        try:
            url = f"http://127.0.0.1:{env['PORT']}"
            wait_until_ready(url)
            with app.app_context():
                yield Installation(app, url, accounts.add_token(accounts.local_interviewer(), "bench"))
        finally:
            web.terminate()
            web.wait(20)
            database.stop(20)


def wait_until_ready(url: str) -> None:
    """Return when the web process answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/readyz").close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The web process did not become ready.")


def percentiles(seconds: list[float]) -> str:
    """`p50 / p99` in milliseconds."""
    ordered = sorted(seconds)
    return " / ".join(f"{ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000:.1f}" for part in (0.5, 0.99))
