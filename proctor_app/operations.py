"""What whoever runs this installation asks it: is it alive, is it ready, how much does it do.

`/healthz`  the process answers; nothing else is looked at
`/readyz`   the database and the job queue answer; 503 with the reason when one does not
`/metrics`  Prometheus: figures of this web process, and those that the database knows
"""

import logging
import sqlite3
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response
from huey.exceptions import HueyException
from mongoengine.connection import get_db
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo import timeout
from pymongo.errors import PyMongoError
from redis import RedisError

from proctor_app import metrics
from proctor_app.extensions import csrf, limiter, socketio
from proctor_app.sessions import presence

log = logging.getLogger(__name__)
blueprint = Blueprint("operations", __name__)
csrf.exempt(blueprint)
limiter.exempt(blueprint)

CHECK_SECONDS = 3.0


@blueprint.get("/healthz")
def healthz() -> Response:
    """Alive."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Ready to take part in interviews. Says which part is not, and nothing about where it is."""
    parts = {"database": database_answers(), "queue": queue_answers()}
    missing = [name for name, works in parts.items() if not works]
    body: dict[str, Any] = {"status": f"no answer from the {' and the '.join(missing)}" if missing else "ok", **parts}
    return make_response(jsonify(body), 503 if missing else 200)


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """The figures, as Prometheus reads them."""
    metrics.CONNECTED_SOCKETS.set(len(socketio.server.eio.sockets))
    metrics.LIVE_SESSIONS.set(presence.live_sessions())
    metrics.REQUESTS_UNDER_WAY.set(current_app.extensions["door"].requests)
    return Response(generate_latest(metrics.REGISTRY), content_type=CONTENT_TYPE_LATEST)


def database_answers() -> bool:
    """Whether the database answers a ping within seconds."""
    try:
        with timeout(CHECK_SECONDS):
            get_db().command("ping")
    except PyMongoError as error:
        log.warning("The database does not answer: %s", str(error).partition(", Timeout:")[0])
        return False
    return True


def queue_answers() -> bool:
    """Whether jobs can be put into the queue."""
    try:
        current_app.extensions["jobs"].pending_count()
    except (HueyException, RedisError, OSError, sqlite3.Error) as error:
        log.warning("The job queue does not answer: %s", error)
        return False
    return True
