"""Interviews that nobody ended: everybody closed their laptop, and nothing has been heard since.

They would stay live for good, with no report, and be kept for longer than promised. The system ends them as of the
last moment of which anything was heard, so that neither their length nor their coverage tells of the silence after it.
"""

import logging
from datetime import datetime, timedelta

from flask import current_app

from proctor_app import clock
from proctor_app.audit import service as audit
from proctor_app.audit.kinds import SYSTEM, Action
from proctor_app.errors import ProctorError
from proctor_app.incidents import service as incidents
from proctor_app.live import ending
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0


def look() -> None:
    """End every interview at which nobody has been for ABANDONED_AFTER_HOURS. Those that fail keep none waiting."""
    before = clock.now() - timedelta(hours=current_app.config["PROCTOR"].abandoned_after_hours)
    for session in sessions.live_since(before):
        heard_at = last_heard(session)
        if heard_at >= before or not presence.is_empty(session.id):
            continue
        try:
            ending.end(session, SYSTEM, heard_at)
            audit.record(Action.ENDED, SYSTEM, session.id, what="nobody was there")
            log.info("Ended session %s, at which nobody was any more", session.id)
        except ProctorError as error:
            log.info("Session %s was not ended: %s", session.id, error.code)
        except Exception:
            log.exception("Session %s could not be ended; it is tried again in a minute", session.id)


def last_heard(session: Session) -> datetime:
    """The last moment of which anything is stored, the start at the least."""
    records = incidents.list_for(session.id)
    moments = [record.ended_at or record.started_at for record in records]
    moments += [one.at for one in sessions.transitions_of(session.id)]
    moments += [note.written_at for note in sessions.notes_for(session.id)]
    return max([session.started_at, *moments, *filter(None, [incidents.last_word_at(session)])])
