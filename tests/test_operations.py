"""What operators ask: alive, ready, and how much is going on."""

import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import Client

from config import Config
from proctor_app import clock, create_app, embedded
from proctor_app.reports.models import StoredReport
from tests.conftest import Program
from tests.waiting import wait_until


def test_alive_and_ready(client: Any) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "ok", "database": True, "queue": True})


def test_it_lives_but_is_not_ready_without_its_database(config: Config) -> None:
    nowhere = replace(config, mongodb_uri=f"mongodb://127.0.0.1:{embedded.free_port()}/x?serverSelectionTimeoutMS=200")
    client = create_app(nowhere).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "no answer from the database", "database": False, "queue": True}
    assert "proctor_connected_sockets" in client.get("/metrics").text


def test_it_is_not_ready_without_its_queue(client: Any, config: Config) -> None:
    for file in config.data_dir.glob("jobs.db*"):
        file.unlink()
    Path(config.data_dir / "jobs.db").mkdir()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["queue"]) == (503, False)
    assert str(config.data_dir) not in answer.text


def test_reports_are_counted(client: Any, app: Any) -> None:
    now = clock.now()
    with app.app_context():
        for key, status, seconds in (
            ("a", "ready", 2.5),
            ("b", "ready", 1),
            ("c", "failed", None),
            ("d", "waiting", None),
        ):
            begun_at, made_at = (now - timedelta(seconds=seconds), now) if seconds else (None, None)
            StoredReport(id=key, status=status, begun_at=begun_at, made_at=made_at).save()
        old = now - timedelta(hours=2)
        StoredReport(id="e", status="ready", begun_at=old - timedelta(minutes=9), made_at=old).save()
    figures = client.get("/metrics").text
    for status, count in (("ready", 3), ("failed", 1), ("waiting", 1), ("making", 0)):
        assert f'proctor_reports{{status="{status}"}} {count}.0' in figures
    assert "proctor_report_seconds 2.5" in figures
    assert "proctor_jobs_waiting 0.0" in figures


def test_sockets_are_counted(start_server: Callable[..., Program]) -> None:
    server = start_server()
    opened = [Client(server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket") for _ in range(3)]

    def figures() -> str:
        with urllib.request.urlopen(server.url + "/metrics") as answer:
            return str(answer.read().decode())

    assert "proctor_connected_sockets 3.0" in figures()
    for one in opened:
        one.close()
    wait_until(lambda: "proctor_connected_sockets 0.0" in figures(), "the sockets to be gone")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_none_of_it_is_limited_or_for_people_only(settings: dict[str, str], request: Any, path: str) -> None:
    settings["RATE_LIMITS"] = "on"
    client = request.getfixturevalue("client")
    assert {client.get(path).status_code for _ in range(50)} == {200}
