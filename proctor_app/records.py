"""Everything that is kept about one session, wherever it lies: exported, erased, purged when its time is over.

The one place that crosses all features' collections. A test walks the models, so that a new collection about a
session cannot be forgotten here.
"""

import hashlib
import inspect
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.audit import service as audit
from proctor_app.audit.kinds import SYSTEM, Action
from proctor_app.chain import service as chain
from proctor_app.chain import verify
from proctor_app.decisions import service as decisions
from proctor_app.errors import conflict, not_found
from proctor_app.evidence import service as stills
from proctor_app.evidence.kinds import Door
from proctor_app.reports import service as reports
from proctor_app.sessions import presence
from proctor_app.sessions import service as sessions
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session

# Collections whose documents name their session in the field `session`.
ABOUT_A_SESSION = (
    *("transition", "knock", "note", "observation", "incident", "watch_span", "review"),
    *("evidence", "evidence_picture", "evidence_view"),
    *("phase_mark", "accommodation", "job_failure", "chain"),
)
# What their exports are sorted by, where the ids are random.
ORDER = {"incident": "number", "observation": "seq", "knock": "created_at"}
# Bytes, which stand in the export as files of their own.
PICTURES = "evidence_picture"
# What an interviewer is told of only that it is there, also in the export that they may ask for.
CONFIDENTIAL = "accommodation"
# The report has the session's id for its own.
REPORT = "report"
FILES = {"pdf": "report.pdf", "json": "report.json", "csv": "incidents.csv"}
# Worth nothing to the person whom the data is about, and to a thief worth much.
# Somebody may be at work on a live interview meanwhile; this often it is read again until it held still.
READ_AGAIN = 5
SECRETS = ("invite_hash", "program_hash", "code_hash")


def export(session_id: str, *, confidential: bool = False) -> dict[str, Any]:
    """All stored documents about the session, by collection, with instants as ISO 8601. Raises `not_found`.

    `confidential` is for the operator, who answers the candidate: what their accommodation is, is in it then.
    """
    if sessions.find(session_id) is None:
        raise not_found("interview")
    chain.mend(session_id)
    for _ in range(READ_AGAIN):
        found = _stored(session_id)
        if chain.head_of(session_id).entries == len(found["chain"]):
            break
    if not confidential:
        found[CONFIDENTIAL] = [{"applies": True} for _ in found[CONFIDENTIAL]]
    plain = _plain(found)
    assert isinstance(plain, dict)
    return plain


def _stored(session_id: str) -> dict[str, Any]:
    db = get_db()
    found: dict[str, Any] = {"exported_at": clock.now(), "chain": chain.entries_of(session_id)}
    found["session"] = _named(db["session"].find_one({"_id": session_id}) or {})
    for name in ABOUT_A_SESSION:
        if name not in (PICTURES, "chain"):
            documents = db[name].find({"session": session_id}).sort(ORDER.get(name, "_id"))
            found[name] = [_named(document) for document in documents]
    return found


def _named(document: dict[str, Any]) -> dict[str, Any]:
    return {"id" if key == "_id" else key: value for key, value in document.items()}


def write_zip(session_id: str, target: Path, by: str) -> None:
    """The operator's export as a file, for `by`. What stood there before stays until the new one is whole."""
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(zipped(session_id, by, confidential=True))
    partial.replace(target)


def zipped(session_id: str, by: str, *, confidential: bool = False) -> bytes:
    """The export as a zip file, which checks itself: docs/verify.md says what is in it."""
    content = export(session_id, confidential=confidential)
    audit.record(Action.EXPORTED, by, session_id)
    stills.saw(session_id, by, Door.EXPORT)
    report = get_db()[REPORT].find_one({"_id": session_id}) or {}
    entries = content.pop("chain")
    files = {"session.json": _json(content), "chain.json": _json(entries)}
    files |= {name: bytes(report[field]) for field, name in FILES.items() if report.get(field)}
    files |= {f"stills/{incident_id}.jpg": jpeg for incident_id, jpeg in stills.pictures_of(session_id).items()}
    files["verify.py"] = inspect.getsource(verify).encode()
    files["MANIFEST.json"] = _json(_manifest(session_id, entries, files))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def _manifest(session_id: str, entries: list[dict[str, Any]], files: dict[str, bytes]) -> dict[str, Any]:
    """What an export consists of, to be held against what is there."""
    return {
        "format": "proctor export 1",
        "check_with": "python3 verify.py",
        "session": session_id,
        "chain": {"entries": len(entries), "head": entries[-1]["hash"] if entries else verify.NOTHING},
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def erase(session_id: str, by: str = SYSTEM, *, keep_days: int = 0) -> int:
    """Delete everything about the session, the session itself last, so that a repeat finishes what was cut short.

    Returns how many documents that were. That `by` did it is written down. Raises `not_found`, and
    `still_live` while the call is on.
    """
    session = sessions.find(session_id)
    if session is None:
        return _forget_decision(session_id, by)
    if session.status == Status.LIVE:
        raise conflict("still_live", "This interview is going on. End it first.")
    audit.record(Action.ERASED, by, session_id)
    if keep_days:
        decisions.keep(session, keep_days, clock.now())
    db = get_db()
    count = sum(db[name].delete_many({"session": session_id}).deleted_count for name in ABOUT_A_SESSION)
    count += db[REPORT].delete_one({"_id": session_id}).deleted_count
    count += db["session"].delete_one({"_id": session_id}).deleted_count
    # Whoever is still connected is let go.
    presence.announce(session_id)
    return count


def _forget_decision(session_id: str, by: str) -> int:
    """Delete the record that an interview left when it was erased before. Raises `not_found` where there is none."""
    count = decisions.forget(session_id)
    if not count:
        raise not_found("interview")
    audit.record(Action.ERASED, by, session_id)
    return count


def overdue(now: datetime, retention_days: int) -> list[str]:
    """Ids of the sessions whose time is over: ended, or created and never held, more than that many days ago."""
    before = now - timedelta(days=retention_days)
    ended = Session.objects(status=Status.ENDED, ended_at__lt=before)
    unused = Session.objects(status=Status.SCHEDULED, created_at__lt=before, scheduled_for__not__gte=before)
    return [session.id for found in (ended, unused) for session in found.only("id")]


def purge_stills(now: datetime) -> list[str]:
    """Delete the stills whose time is over, and have the reports that show them made anew. Returns their sessions."""
    found = stills.overdue(now)
    for session_id in found:
        # Asked for first: whoever dies in between comes here again. The report shows none whose time is over.
        if reports.status_for(session_id) is not None:
            reports.request_report(session_id)
        stills.purge(session_id, now)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in SECRETS}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    # As the chain writes it down, so that whoever has the export can compute every digest again.
    return value if value is None or isinstance(value, (str, int, float)) else verify.text(value)
