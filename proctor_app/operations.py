"""What whoever runs this installation asks it: is it alive, is it ready, how much does it do.

`/healthz`  the process answers; nothing else is looked at
`/readyz`   the database and the job queue answer; 503 with the reason when one does not
`/metrics`  Prometheus: figures of this web process, and those that the database knows
"""

import logging
import sqlite3
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response
from huey.exceptions import HueyException
from mongoengine.connection import get_db
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo import timeout
from pymongo.errors import PyMongoError
from redis import RedisError

from proctor_app import clock, metrics
from proctor_app.extensions import csrf, limiter, socketio
from proctor_app.reports.models import StoredReport
from proctor_app.sessions import presence

log = logging.getLogger(__name__)
blueprint = Blueprint("operations", __name__)
csrf.exempt(blueprint)
limiter.exempt(blueprint)

CHECK_SECONDS = 3.0
REPORT_STATUSES = ("waiting", "making", "ready", "failed")
QUEUE_AWAY = (HueyException, RedisError, OSError, sqlite3.Error)
QUEUE_OR_DATABASE_AWAY = (*QUEUE_AWAY, PyMongoError)


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
    try:
        count_reports()
    except QUEUE_OR_DATABASE_AWAY as error:
        log.warning("Figures of reports are missing: %s", str(error).partition(", Timeout:")[0])
    return Response(generate_latest(metrics.REGISTRY), content_type=CONTENT_TYPE_LATEST)


def count_reports() -> None:
    """Figures that only the database and the queue know. Raises what they raise when they are away."""
    metrics.JOBS_WAITING.set(current_app.extensions["jobs"].pending_count())
    with timeout(CHECK_SECONDS):
        groups = StoredReport.objects.aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
        counts = {group["_id"]: group["count"] for group in groups}
        lately = StoredReport.objects(made_at__gte=clock.now() - timedelta(hours=1)).only("begun_at", "made_at")
        seconds = [(one.made_at - one.begun_at).total_seconds() for one in lately if one.begun_at]
    for status in REPORT_STATUSES:
        metrics.REPORTS.labels(status).set(counts.get(status, 0))
    # Begun anew and not made yet, a report's times are of two makings.
    metrics.REPORT_SECONDS.set(max([0.0, *seconds]))


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
    except QUEUE_AWAY as error:
        log.warning("The job queue does not answer: %s", error)
        return False
    return True
