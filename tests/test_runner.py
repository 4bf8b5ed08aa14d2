"""`proctor run`: everything up with one command, everything down with one signal, and clear words when it cannot."""

import contextlib
import os
import re
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proctor_app import embedded
from tests.conftest import Program
from tests.waiting import wait_until

PARTS = {"database": embedded.PROGRAM, "jobs": "jobs", "web": "wsgi.py"}
Run = Callable[..., Program]


@pytest.fixture
def run(start_program: Any, tmp_path: Path) -> Run:
    """`run(**settings)` starts `proctor run` on a data folder of the test's own."""

    def start(**settings: str) -> Program:
        port = settings.get("PORT") or str(embedded.free_port())
        env = {"PORT": port, "DATA_DIR": str(tmp_path / "data"), "LOG_LEVEL": "WARNING"} | settings
        return start_program(
            "run", sys.executable, "-m", "proctor_app.cli", "run", env=env, url=f"http://127.0.0.1:{port}"
        )

    return start


@pytest.fixture
def running(run: Run) -> Program:
    """A run that serves."""
    return serving(run())


def test_prints_a_link_that_signs_in_once(running: Program) -> None:
    link = re.search(r"^Sign in: (http://127\.0\.0\.1:\d+/\S+)$", running.log(), re.MULTILINE)
    assert link, running.log()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert "create-session" in opener.open(link[1]).read().decode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(link[1])
    assert 400 <= refused.value.code < 500


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(running: Program, number: signal.Signals) -> None:
    children = children_of(running)
    assert len(children) == len(PARTS)
    running.process.send_signal(number)
    assert running.process.wait(30) == 0, running.log()
    assert running.log().rstrip().endswith("Stopped.")
    assert not any(alive(pid) for pid in children)
    assert not listens(running)


@pytest.mark.parametrize("part", PARTS)
def test_when_one_part_dies_all_stop_and_it_is_named(running: Program, part: str) -> None:
    children = children_of(running)
    victim = next(pid for pid, command in children.items() if PARTS[part] in command)
    os.kill(victim, signal.SIGKILL)
    assert running.process.wait(40) == 1
    assert f"The {part} process ended by itself (signal SIGKILL)" in running.log()
    assert not any(alive(pid) for pid in children)


def test_no_part_outlives_a_killed_run_and_the_next_one_starts(running: Program, run: Run) -> None:
    children = children_of(running)
    running.process.kill()
    running.process.wait(10)
    again = serving(run())
    assert not any(alive(pid) for pid in children)
    assert again.stop() == 0


def test_the_second_start_is_quick(running: Program, run: Run) -> None:
    assert running.stop() == 0
    began = time.monotonic()
    serving(run())
    # Five seconds is what a person gets; a machine that runs tests may be busy with others.
    assert time.monotonic() - began < 10


def test_a_taken_port_is_named_and_nothing_is_started(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run(PORT=str(port))
        assert refused.process.wait(30) == 1
    assert one_line(refused) == (
        f"proctor: PORT: {port} on 127.0.0.1 is taken by another program. Stop it, or choose another: PORT={port + 1}"
    )


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = run(DATA_DIR=str(tmp_path / "file" / "data"))
    assert refused.process.wait(30) == 1
    assert one_line(refused).startswith(f"proctor: DATA_DIR: {tmp_path / 'file' / 'data'} is not writable")


def test_a_database_in_use_by_another_run_is_named(running: Program, run: Run) -> None:
    refused = run()
    assert refused.process.wait(30) == 1
    assert f"locked by another run (process {running.process.pid}, {running.url})" in one_line(refused)
    assert running.process.poll() is None


def test_a_wrong_setting_is_named(run: Run) -> None:
    refused = run(RETENTION_DAYS="soon")
    assert refused.process.wait(30) == 1
    assert one_line(refused) == "proctor: RETENTION_DAYS: is 'soon'; it must be a whole number from 1 to 36500."


def test_a_database_server_of_ones_own_is_used(run: Run, mongodb_uri: str) -> None:
    found = serving(run(MONGODB_URI=mongodb_uri))
    assert not any(embedded.PROGRAM in command for command in children_of(found).values())
    assert found.stop() == 0


def test_a_database_server_that_is_away_is_named(run: Run) -> None:
    refused = run(MONGODB_URI=f"mongodb://127.0.0.1:{embedded.free_port()}/proctor")
    assert refused.process.wait(40) == 1
    assert "MONGODB_URI: the database does not answer" in refused.log()


def serving(program: Program) -> Program:
    """The same run, once it has printed its link. What it printed must come from a server that answers."""

    def link_printed() -> bool:
        assert program.process.poll() is None, program.log()
        return "\nSign in: " in program.log()

    wait_until(link_printed, "the sign-in link", timeout=60)
    with urllib.request.urlopen(program.url + "/readyz", timeout=5) as answer:
        assert answer.status == 200
    return program


def one_line(program: Program) -> str:
    """What a run that could not start said: one line, and no stack trace."""
    lines = program.log().strip().splitlines()
    assert len(lines) == 1, program.log()
    return lines[0]


def children_of(program: Program) -> dict[int, str]:
    """Command lines of the processes that the run started, by id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == program.process.pid:
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def listens(program: Program) -> bool:
    port = int(program.url.rpartition(":")[2])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
