"""The job process: does what other processes put in line, and what the clock asks for.

What holds the processor for seconds (a report) does so here and never in the web process. There are a few threads, so
that an e-mail need not wait for a long report.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from flask import current_app
from huey.consumer import Consumer
from mongoengine.connection import get_db
from pymongo.errors import PyMongoError

from proctor_app import clock, create_app, jobs, records
from proctor_app.live import ending
from proctor_app.reports import service as reports
from proctor_app.sessions import service as sessions

if TYPE_CHECKING:
    from config import Config

log = logging.getLogger(__name__)

THREADS = 2
NICENESS = 10
# A job is begun within this time after it was put in line.
LONGEST_SLEEP_SECONDS = 0.5
# The web process waits some seconds for a candidate's goodbye. This long after the end it must have died meanwhile.
LEFT_BEHIND = timedelta(seconds=60)
# How long nobody may have worked here without a report getting lost.
LOOKED_BACK = timedelta(days=7)
PROBES = "job_probe"
PROBE_SECONDS = 5.0


def work(config: "Config") -> NoReturn:
    """Work until SIGTERM, which lets the job under way finish, or Ctrl-C."""
    # A report may take a processor for seconds; whoever is in a call comes first.
    os.nice(NICENESS)
    app = create_app(config)
    # Loaded before the first job, so that the first report of the day is as fast as the others.
    from proctor_app.reports import pdf, signing

    pdf.warm_up()
    signing.prepare(config)
    with app.app_context():
        reports.resume()
    Consumer(
        app.extensions["jobs"],
        workers=THREADS,
        initial_delay=LONGEST_SLEEP_SECONDS / 5,
        max_delay=LONGEST_SLEEP_SECONDS,
        graceful_signal="TERM",
    ).run()
    raise SystemExit(0)


@jobs.every(minute="*")
def catch_up() -> None:
    """Every minute: finish sessions whose web process died before their report, and ask for reports that got lost."""
    before = clock.now() - LEFT_BEHIND
    for session in sessions.unfinished(before):
        _try("finish", session.id, partial(ending.finalise, session))
    reports.ask_for_missing(sessions.finished(before - LOOKED_BACK, before))
    reports.ask_again(before)


@jobs.every(hour="3", minute="17")
def purge() -> None:
    """Every night: delete the interviews and the stills whose retention is over."""
    config = current_app.config["PROCTOR"]
    days, keep_days = config.retention_days, config.decision_retention_days
    for session_id in records.overdue(clock.now(), days):
        if _try("purge", session_id, partial(records.erase, session_id, keep_days=keep_days)):
            log.info("Deleted session %s, which was over for more than %d days", session_id, days)
    for session_id in records.purge_stills(clock.now()):
        log.info("Deleted stills of session %s; its report is made anew", session_id)


def _try(name: str, session_id: str, work: Callable[[], object]) -> bool:
    """Do something about one session. What fails is written down for people, and keeps no other session waiting."""
    try:
        work()
    except Exception as error:
        log.exception("Could not %s session %s; it is tried again", name, session_id)
        with suppress(PyMongoError):
            jobs.failed(name, session_id, error)
        return False
    jobs.worked(name, session_id)
    return True


@jobs.job()
def answer_probe(key: str) -> None:
    """Show that jobs are done."""
    get_db()[PROBES].replace_one({"_id": "last"}, {"key": key}, upsert=True)


def probe(config: "Config") -> float | None:
    """Seconds that a job took from being put in line to being done; None when nobody does jobs."""
    with create_app(config).app_context():
        probes = get_db()[PROBES]
        began, key = time.monotonic(), secrets.token_hex(8)
        jobs.enqueue(answer_probe, key)
        while time.monotonic() < began + PROBE_SECONDS:
            if probes.find_one({"key": key}):
                return time.monotonic() - began
            time.sleep(0.05)
        return None
