"""What only time brings about, seen to every few seconds: watch logs are saved, a candidate counts as gone."""

import logging

from flask import Flask

from proctor_app import clock
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.sessions import presence

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0


def start(app: Flask) -> None:
    """Run the ticks in the background of the web process."""
    socketio.start_background_task(_run, app)


def _run(app: Flask) -> None:
    while True:
        socketio.sleep(TICK_SECONDS)
        try:
            with app.app_context():
                tick()
        except Exception:
            log.exception("A tick failed; the next one tries again")


def tick() -> None:
    """One round."""
    incidents.save_watch_logs()
    for session_id in presence.lately_gone(clock.now()):
        presence.announce(session_id)
