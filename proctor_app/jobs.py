"""The job queue: slow work is named here, put in line by any process, and done by the job process.

A feature marks a function with `@jobs.job()` and puts calls in line with `jobs.enqueue(function, …)`. The line is an
SQLite file in DATA_DIR, or Redis when REDIS_URL is set. Arguments are plain values: ids, never documents.

What keeps failing about a session is written down until it works (`failed`, `worked`), for the session's page and for
`proctor jobs list`. How reports fare is written in the reports themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab
from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.errors import ProctorError

Function = TypeVar("Function", bound=Callable[..., Any])

NAME = "proctor"
FILE = "jobs.db"
# A job that failed is tried again after this long, then twice as long, and so on.
RETRY_SECONDS = 10
RETRY_FACTOR = 2
FAILURES = "job_failure"

_functions: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {}
_periodic: dict[str, tuple[Callable[[], Any], Callable[..., bool]]] = {}
_tasks: dict[str, Any] = {}


def job(retries: int = 0) -> Callable[[Function], Function]:
    """Mark a function as a job. After an exception it is tried again up to `retries` times."""

    def mark(function: Function) -> Function:
        options = {"retries": retries, "retry_delay": RETRY_SECONDS, "retry_backoff": RETRY_FACTOR}
        _functions[function.__name__] = (function, options)
        return function

    return mark


def every(**when: str) -> Callable[[Function], Function]:
    """Mark a function as one that the job process runs by the clock, such as `minute="*/5"`."""

    def mark(function: Function) -> Function:
        _periodic[function.__name__] = (function, crontab(**when))
        return function

    return mark


def init_app(app: Flask) -> None:
    """Connect this process to the line. Jobs run in the application's context, with no request."""
    config = app.config["PROCTOR"]
    if config.redis_url:
        queue: Huey = RedisHuey(NAME, url=config.redis_url, results=False)
    else:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey(NAME, filename=str(config.data_dir / FILE), results=False)
    app.extensions["jobs"] = queue
    for name, (function, options) in _functions.items():
        _tasks[name] = queue.task(name=name, **options)(_in_context(app, function))
    for name, (function, when) in _periodic.items():
        queue.periodic_task(when, name=name)(_in_context(app, function))


def _in_context(app: Flask, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*arguments: Any) -> None:
        with app.app_context():
            function(*arguments)

    return wrapped


def enqueue(function: Callable[..., Any], *arguments: str) -> None:
    """Put a call of a job in line. Returns at once; raises what the queue's storage raises when it is away."""
    _tasks[function.__name__](*arguments)


# ---------------------------------------------------------------- what keeps failing


@dataclass(frozen=True)
class Failure:
    """Something that is to be done about a session and has failed `tries` times; `reason` is a sentence for people."""

    job: str
    session: str
    reason: str
    tries: int
    first_at: datetime
    last_at: datetime


def failed(name: str, session_id: str, error: Exception) -> None:
    """Write down that `name` failed for the session. Raises what the database raises."""
    reason = error.message if isinstance(error, ProctorError) else f"{type(error).__name__}: see the log of the jobs."
    now = clock.now()
    get_db()[FAILURES].update_one(
        {"_id": f"{name} {session_id}"},
        {
            "$set": {"job": name, "session": session_id, "reason": reason, "last_at": now},
            "$inc": {"tries": 1},
            "$setOnInsert": {"first_at": now},
        },
        upsert=True,
    )


def worked(name: str, session_id: str) -> None:
    """It worked at last, or at once."""
    get_db()[FAILURES].delete_one({"_id": f"{name} {session_id}"})


def failures(session_id: str | None = None) -> list[Failure]:
    """What keeps failing, of one session or of all, longest first."""
    found = get_db()[FAILURES].find({"session": session_id} if session_id else {}, {"_id": 0}).sort("first_at")
    return [Failure(**one) for one in found]
