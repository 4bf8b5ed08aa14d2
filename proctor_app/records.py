"""Everything that is kept about one session, wherever it lies: exported, erased, purged when its time is over.

The one place that crosses all features' collections. A test walks the models, so that a new collection about a
session cannot be forgotten here.
"""

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId
from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.errors import conflict, not_found
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

# Collections whose documents name their session in the field `session`.
ABOUT_A_SESSION = ("transition", "knock", "note", "observation", "incident", "watch_span", "review")
# What their exports are sorted by, where the ids are random.
ORDER = {"incident": "number", "observation": "seq", "knock": "created_at"}
# The report has the session's id for its own.
REPORT = "report"
FILES = {"pdf": "report.pdf", "json": "report.json", "csv": "incidents.csv"}
# Worth nothing to the person whom the data is about, and to a thief worth much.
SECRETS = ("invite_hash",)


def export(session_id: str) -> dict[str, Any]:
    """All stored documents about the session, by collection, with instants as ISO 8601. Raises `not_found`."""
    db = get_db()
    session = db["session"].find_one({"_id": session_id})
    if session is None:
        raise not_found("interview")
    found: dict[str, Any] = {"exported_at": clock.now(), "session": session}
    for name in ABOUT_A_SESSION:
        found[name] = list(db[name].find({"session": session_id}).sort(ORDER.get(name, "_id")))
    plain = _plain(found)
    assert isinstance(plain, dict)
    return plain


def write_zip(session_id: str, target: Path) -> None:
    """The export as a file. What stood there before stays until the new one is whole."""
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(zipped(session_id))
    partial.replace(target)


def zipped(session_id: str) -> bytes:
    """The export as a zip file: `session.json` with the documents, and the report's files where there are some."""
    documents = json.dumps(export(session_id), ensure_ascii=False, indent=2)
    report = get_db()[REPORT].find_one({"_id": session_id}) or {}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", documents)
        for field, name in FILES.items():
            if report.get(field):
                archive.writestr(name, report[field])
    return content.getvalue()


def erase(session_id: str) -> int:
    """Delete everything about the session, the session itself last, so that a repeat finishes what was cut short.

    Returns how many documents that were. Raises `not_found`, and `still_live` while the call is on.
    """
    session = sessions.get(session_id)
    if session.status == Status.LIVE:
        raise conflict("still_live", "This interview is going on. End it first.")
    db = get_db()
    count = sum(db[name].delete_many({"session": session_id}).deleted_count for name in ABOUT_A_SESSION)
    count += db[REPORT].delete_one({"_id": session_id}).deleted_count
    return count + db["session"].delete_one({"_id": session_id}).deleted_count


def overdue(now: datetime, retention_days: int) -> list[str]:
    """Ids of the sessions whose time is over: ended, or created and never held, more than that many days ago."""
    before = now - timedelta(days=retention_days)
    ended = Session.objects(status=Status.ENDED, ended_at__lt=before)
    unused = Session.objects(status=Status.SCHEDULED, created_at__lt=before, scheduled_for__not__gte=before)
    return [session.id for found in (ended, unused) for session in found.only("id")]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {"id" if key == "_id" else key: _plain(inner) for key, inner in value.items() if key not in SECRETS}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, ObjectId) else value
