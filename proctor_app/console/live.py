"""Keeps open consoles true: after each change, what changed is drawn once and sent to all of a session's consoles.

Programs get `incident` and `score` at once. Drawing HTML takes longer, and bursts happen; so changes are gathered per
session while one drawing is under way, and the next drawing shows them all. Without a console nothing is drawn.
"""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from proctor_app import clock
from proctor_app.console import partials
from proctor_app.console.view import View
from proctor_app.extensions import socketio
from proctor_app.incidents import service as incidents
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.service import Change
from proctor_app.reviews.rules import Score, integrity_score
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

log = logging.getLogger(__name__)

NAMESPACE = "/interviewer"
CONSOLE_ROOM = "{}:console"


@dataclass
class Pending:
    """What has changed in a session since the last drawing: parts by name, in order, and incidents by id."""

    parts: dict[str, None] = field(default_factory=dict)
    records: dict[str, IncidentRecord] = field(default_factory=dict)


_lock = threading.Lock()
_pending: dict[str, Pending] = {}
_drawing: set[str] = set()


def incidents_changed(change: Change) -> None:
    """Incidents of a session changed, or how well it is watched: tell programs and consoles."""
    session = _session(change.session_id)
    if session is None:
        return
    counts = change.counts if change.counts is not None else incidents.counts_for(session.id)
    score = integrity_score(counts, sessions.policy_of(session))
    for record in change.records:
        message = {**incidents.as_json(record), "observation_id": change.observation_id, "score": score.score}
        socketio.server.emit("incident", message, to=session.id, namespace=NAMESPACE)
    socketio.server.emit("score", _score_message(session, score), to=session.id, namespace=NAMESPACE)
    _redraw(session.id, partials.FIGURES, change.records)


def presence_changed(session_id: str) -> None:
    """Who is where, a knock, a note or the session's status changed."""
    _redraw(session_id, partials.PEOPLE, ())


def still_came(session_id: str, incident_id: str) -> None:
    """An incident has got its still: its row shows it."""
    _redraw(session_id, (), (incidents.get(session_id, incident_id),))


def _session(session_id: str) -> Session | None:
    """The session, from memory where somebody is connected to it."""
    room = presence.room(session_id)
    connected = room.candidate or next(iter(list(room.interviewers.values())), None)
    return connected.session if connected is not None else sessions.find(session_id)


def _score_message(session: Session, score: Score) -> dict[str, Any]:
    coverage = incidents.coverage_for(session, clock.now())
    return {
        "score": score.score,
        "raw": score.raw,
        "counts": score.counts,
        "coverage": coverage.percent,
        "insufficient_data": coverage.is_insufficient,
    }


def _redraw(session_id: str, parts: tuple[str, ...], records: tuple[IncidentRecord, ...]) -> None:
    # A copy: threads come and go meanwhile.
    if not any(one.is_console for one in list(presence.room(session_id).interviewers.values())):
        return
    with _lock:
        pending = _pending.setdefault(session_id, Pending())
        pending.parts.update(dict.fromkeys(parts))
        pending.records.update((record.id, record) for record in records)
        if session_id in _drawing:
            return
        _drawing.add(session_id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    socketio.start_background_task(_draw_all, app, session_id)


def _take(session_id: str) -> Pending | None:
    """What is to be drawn next; None ends the drawing."""
    with _lock:
        pending = _pending.pop(session_id, None)
        if pending is None:
            _drawing.discard(session_id)
        return pending


def _draw_all(app: Flask, session_id: str) -> None:
    """Draw until nothing has changed meanwhile. One at a time per session, so an older state never comes last."""
    with app.app_context():
        while (pending := _take(session_id)) is not None:
            try:
                _draw(session_id, pending)
            except Exception:
                # The consoles ask for everything again within seconds; the next change must still be drawn.
                log.exception("A console fragment could not be drawn")


def _draw(session_id: str, pending: Pending) -> None:
    session = sessions.find(session_id)
    if session is None:
        return
    view = View(session)
    html = partials.changed_rows(view, pending.records.values()) + partials.envelope(view, pending.parts)
    socketio.server.emit("fragment", html, to=CONSOLE_ROOM.format(session_id), namespace=NAMESPACE)
