"""Everything that is kept about one session, wherever it lies: exported, erased, purged when its time is over.

The one place that crosses all features' collections. A test walks the models, so that a new collection about a
session cannot be forgotten here.
"""

import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId
from flask import current_app
from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.errors import conflict, not_found
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

# Collections whose documents name their session in the field `session`.
ABOUT_A_SESSION = ("transition", "knock", "note", "observation", "incident", "watch_span", "review", "report")
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
        found[name] = list(db[name].find({"session": session_id}).sort("_id"))
    plain = _plain(found)
    assert isinstance(plain, dict)
    return plain


def write_zip(session_id: str, target: Path) -> None:
    """The export as a zip file: `session.json` with the documents, and the report where there is one."""
    documents = json.dumps(export(session_id), ensure_ascii=False, indent=2)
    partial = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", documents)
        for file in files_of(session_id):
            archive.write(file, file.name)
    partial.replace(target)


def erase(session_id: str) -> int:
    """Delete everything about the session, the session itself last, so that a repeat finishes what was cut short.

    Returns how many documents and files that were. Raises `not_found`, and `still_live` while the call is on.
    """
    session = sessions.get(session_id)
    if session.status == Status.LIVE:
        raise conflict("still_live", "This interview is going on. End it first.")
    count = 0
    for file in files_of(session_id):
        file.unlink(missing_ok=True)
        count += 1
    db = get_db()
    for name in ABOUT_A_SESSION:
        count += db[name].delete_many({"session": session_id}).deleted_count
    return count + db["session"].delete_one({"_id": session_id}).deleted_count


def files_of(session_id: str) -> list[Path]:
    """The files that the report of the session consists of."""
    return sorted((current_app.config["PROCTOR"].data_dir / "reports").glob(f"{session_id}*"))


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
