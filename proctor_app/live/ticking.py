"""What only time brings about: watch logs are saved, a candidate counts as gone, a monitor has said nothing."""

import logging
import time
from collections.abc import Callable

from flask import Flask

from proctor_app import clock
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.live import abandoned, connecting
from proctor_app.sessions import presence
from proctor_app.webserver import close_stuck

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
LISTEN_SECONDS = 1.0


def start(app: Flask) -> None:
    """Run the ticks in the background of the web process."""
    socketio.start_background_task(_run, app, TICK_SECONDS, tick)
    socketio.start_background_task(_run, app, LISTEN_SECONDS, lambda: supervision.tick(clock.now()))
    socketio.start_background_task(_run, app, LISTEN_SECONDS, lambda: close_stuck(socketio, time.monotonic()))
    socketio.start_background_task(_run, app, abandoned.LOOK_SECONDS, abandoned.look)


def _run(app: Flask, seconds: float, work: Callable[[], None]) -> None:
    while True:
        socketio.sleep(seconds)
        try:
            with app.app_context():
                work()
        except Exception:
            log.exception("A tick failed; the next one tries again")


def tick() -> None:
    """One round."""
    incidents.save_watch_logs()
    connecting.look_for_signed_out()
    for session_id in presence.lately_gone(clock.now()):
        presence.announce(session_id)
