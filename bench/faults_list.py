"""The faults: what each does to a running place, and to its candidates."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults_place import Place, new_version, wait
from people import Candidate

from proctor_app import embedded, migrate

free_port = embedded.free_port
DAY_MS = 86_400_000
DISK = "96m"
OFFLINE_SECONDS = 60.0


class CannotMake(Exception):
    """This machine does not let us make the fault; the text says why."""


@contextmanager
def on_disk() -> Iterator[Path]:
    """A folder for the installation, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="proctor-faults-") as name:
        yield Path(name)


@contextmanager
def on_a_small_disk() -> Iterator[Path]:
    """A file system of its own that can be filled without harm to the machine's. Needs root."""
    if os.geteuid():
        raise CannotMake("a full disk needs a file system of its own, which only root may make")
    with on_disk() as folder:
        small = folder / "small"
        small.mkdir()
        try:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", small], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotMake(f"a small file system could not be made ({error})") from None
        try:
            yield small
        finally:
            subprocess.run(["umount", "-l", small], check=False)


@dataclass(frozen=True)
class Fault:
    """A fault: its name in the table, what it does, where, and how far off a time may be afterwards (ms)."""

    title: str
    make: Callable[[Place, list[Candidate]], None]
    storage: Callable[[], AbstractContextManager[Path]] = on_disk
    tolerance_ms: float = 1500.0


def kill_web(place: Place, _people: list[Candidate]) -> None:
    """The web process dies, and its supervisor starts it again."""
    place.kill("web")
    place.start("web")


def kill_database(place: Place, _people: list[Candidate]) -> None:
    """The database dies in the middle of writes."""
    place.kill("database")
    place.start("database")


def kill_jobs(place: Place, people: list[Candidate]) -> None:
    """The job process dies in the middle of a report; the interview's report must come once all the same."""
    ended = people[0]
    ended.stop_seeing()
    wait(lambda: not ended.waiting, 10)
    place.ask("POST", f"/sessions/{ended.session}/end")
    if not wait(lambda: place.report(ended.session).get("status") == "making", 20):
        raise CannotMake("the report was made before it could be interrupted")
    place.kill("jobs")
    place.start("jobs")
    ended.close()


def restart(place: Place, _people: list[Candidate]) -> None:
    """SIGTERM, and a new web process."""
    place.stop("web")
    place.start("web")


def upgrade(place: Place, _people: list[Candidate]) -> None:
    """A new version with a migration that changes every observation while candidates wait."""
    place.stop("web")
    place.stop("jobs")
    folder, migrate.FOLDER = migrate.FOLDER, new_version(place.folder)
    try:
        migrate.upgrade(place.uri)
    finally:
        migrate.FOLDER = folder
    place.start("jobs")
    place.start("web")


def second_tab(place: Place, people: list[Candidate]) -> None:
    """The candidate opens a second tab: it takes over, with what the first had not delivered (IndexedDB is shared)."""
    first = people[0]
    second = Candidate(place.url, first.session, first.token)
    second.share(first)
    people.append(second.start())
    wait(lambda: not first.is_running, 10)
    time.sleep(1)


def wrong_clock(_place: Place, people: list[Candidate]) -> None:
    """One clock is set a day ahead, one a day back, one to and fro, and each page is loaded anew after it.

    A page's own clock starts from the wall clock when it is loaded and then runs by itself (static/js/watch/clock.js),
    so that within one page's life no clock jumps.
    """
    for one, clock_ms in zip(people, (DAY_MS, -DAY_MS, 3_600_000), strict=False):
        _reload(one, clock_ms)
    time.sleep(2)
    _reload(people[-1], -3_600_000)
    time.sleep(2)


def _reload(one: Candidate, clock_ms: float) -> None:
    one.stop_seeing()
    wait(lambda: not one.waiting, 10)
    one.clock_ms = clock_ms
    one.reconnect()
    one.see_again()


def offline(_place: Place, people: list[Candidate]) -> None:
    """The candidates' network is gone for a minute; they go on seeing."""
    for one in people:
        one.every_seconds = 0.5
        one.go_offline()
    time.sleep(OFFLINE_SECONDS)
    for one in people:
        one.go_online()


def full_disk(place: Place, _people: list[Candidate]) -> None:
    """The database's disk fills up; later somebody makes room, and the supervisor starts what ended."""
    ballast = place.folder / "ballast"
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
            file.flush()
    time.sleep(6)
    ballast.unlink()
    if not place.running["database"].is_running:
        place.start("database")


def flap(place: Place, people: list[Candidate]) -> None:
    """The web process dies three times in a row, once right after its start, while one candidate's network flaps."""
    stop = threading.Event()

    def blink() -> None:
        while not stop.is_set():
            people[0].reconnect()
            stop.wait(0.4)

    thread = threading.Thread(target=blink, daemon=True)
    thread.start()
    for _ in range(3):
        place.kill("web")
        place.start("web")
    stop.set()
    thread.join()


FAULTS = {
    "kill-web": Fault("web process killed (kill -9)", kill_web),
    "kill-database": Fault("database killed (kill -9)", kill_database),
    "kill-jobs": Fault("job process killed in the middle of a report", kill_jobs),
    "restart": Fault("graceful restart (SIGTERM)", restart),
    "upgrade": Fault("restart with a migration", upgrade),
    "flap": Fault("web process killed three times, network flapping", flap),
    "second-tab": Fault("second tab of one candidate", second_tab),
    "clocks": Fault("clocks off by a day, and set to and fro", wrong_clock),
    "offline": Fault("candidates offline for 60 s", offline),
    "full-disk": Fault("disk of the database full for 6 s", full_disk, on_a_small_disk),
}
