"""How a session ends: everybody is told, the candidate's page sends what is left, then the report is asked for.

    end ──► `ended` to both pages ──► candidate's page: close, flush, `goodbye` ──► finalise ──► report job
                                      (or the wait is over, or nobody is there)

Observations that arrive even later, from a candidate who was offline, are taken too: the report is made anew.
"""

import logging
import threading
from datetime import datetime

from flask import Flask, current_app
from mongoengine.errors import MongoEngineException
from pymongo.errors import PyMongoError

from proctor_app import clock
from proctor_app.errors import ProctorError
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents import supervision
from proctor_app.incidents.service import Change
from proctor_app.reports import service as reports
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

# A page on a slow line needs a few seconds to send what is left; an interviewer should not wait for longer.
GOODBYE_SECONDS = 8.0
# While the database is away; after that the job process finishes what is left.
FINALISE_TRIES = 10
FINALISE_RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)

_goodbyes: dict[str, threading.Event] = {}


def end(session: Session, by: str, at: datetime | None = None) -> None:
    """End the session for everybody, now or as of `at`. Raises `already_ended`. The report follows by itself."""
    now = clock.now()
    at = at or now
    sessions.end(session, by, at)
    incidents.session_changed(session.id)
    presence.session_changed(session)
    candidate = presence.room(session.id).candidate
    # Only a page that watches has anything left to send; a program that plays the candidate is not waited for.
    waits = candidate is not None and candidate.has_heartbeat
    if waits:
        _goodbyes[session.id] = threading.Event()
    message = {"ended_at": clock.to_ms(at), "now": clock.to_ms(now)}
    for namespace in ("/candidate", "/interviewer"):
        socketio.server.emit("ended", message, to=session.id, namespace=namespace)
    presence.announce(session.id)
    if waits:
        socketio.start_background_task(_finalise_after_goodbye, current_app._get_current_object(), session.id)  # type: ignore[attr-defined]
    else:
        finalise(session)


def goodbye(session_id: str) -> None:
    """The candidate's page has sent everything."""
    waiting = _goodbyes.get(session_id)
    if waiting is not None:
        waiting.set()


def _finalise_after_goodbye(app: Flask, session_id: str) -> None:
    _goodbyes[session_id].wait(GOODBYE_SECONDS)
    _goodbyes.pop(session_id, None)
    with app.app_context():
        for _ in range(FINALISE_TRIES):
            try:
                return finalise(sessions.get(session_id))
            except (ProctorError, PyMongoError, MongoEngineException):
                log.exception("Session %s could not be finished yet", session_id)
                incidents.session_changed(session_id)
                socketio.sleep(FINALISE_RETRY_SECONDS)


def finalise(session: Session) -> None:
    """Close what is open and ask for the report, once."""
    supervision.settle(session)
    incidents.save_watch_logs()
    incidents.close_open(session.id, _last_moment(session))
    if sessions.finalise(session, clock.now()):
        incidents.session_changed(session.id)
        reports.request_report(session.id)
    presence.announce(session.id)


def _last_moment(session: Session) -> datetime:
    """When an incident that nobody closed was last known to go on: the candidate's last word, or the end."""
    assert session.ended_at is not None
    return min(session.ended_at, incidents.last_word_at(session) or session.ended_at)


def on_change(change: Change) -> None:
    """A late observation or a review after the end makes the report out of date: ask for it anew."""
    if change.records and change.is_final:
        reports.request_report(change.session_id)


def on_still(session_id: str, _incident_id: str) -> None:
    """So does a still that arrives late."""
    if sessions.get(session_id).finalised_at is not None:
        reports.request_report(session_id)
