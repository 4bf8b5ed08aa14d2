"""The job process: makes reports, sends e-mail, and does what only the clock asks for."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from mongoengine.errors import MongoEngineException
from pymongo.errors import PyMongoError

from proctor_app import clock, create_app, jobs
from proctor_app.errors import ProctorError
from proctor_app.live import ending
from proctor_app.reports import service as reports
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

if TYPE_CHECKING:
    from config import Config

log = logging.getLogger(__name__)

# One thread renders while another sends: an e-mail does not wait behind a long report.
THREADS = 2
# The queue is asked this often at least, so that a report starts at once.
POLL_SECONDS = 0.25
# The web process waits for the candidate's goodbye for some seconds; this long after the end it must have died.
LEFT_BEHIND = timedelta(seconds=60)


def work(config: "Config") -> None:
    """Do jobs until SIGTERM, which lets the running ones finish."""
    app = create_app(config)
    # Loaded before the first job, so that the first report of the day is as fast as the others.
    from proctor_app.reports import pdf

    pdf.warm_up()
    with app.app_context():
        reports.resume()
        finish_left_behind()
    log.info("Waiting for jobs")
    consumer(app).run()


def consumer(app: Flask):  # type: ignore[no-untyped-def]
    """Huey's own loop on our queue."""
    return app.extensions["jobs"].create_consumer(
        workers=THREADS,
        worker_type="thread",
        initial_delay=POLL_SECONDS,
        max_delay=POLL_SECONDS,
        backoff=1.0,
        scheduler_interval=1,
        check_worker_health=True,
    )


@jobs.every(minute="*")
def finish_left_behind() -> None:
    """Finish sessions whose web process died between their end and their report."""
    before = clock.now() - LEFT_BEHIND
    for session in Session.objects(status=Status.ENDED, finalised_at=None, ended_at__lt=before):
        try:
            ending.finalise(session)
        except (ProctorError, MongoEngineException, PyMongoError):
            log.exception("Session %s could not be finished; it is tried again in a minute", session.id)


def heartbeat_file(data_dir: Path) -> Path:
    """The file whose time of change says that the job process is alive."""
    return data_dir / "jobs.alive"
