"""The audit log: `record` adds to it, and nothing changes or deletes what is there.

Each entry's hash covers the entry before it, so that one that is changed, dropped or slipped in shows (`first_broken`).
An entry is written before what it tells of is handed out: what cannot be written down is not shown.
"""

import hashlib
import json
import threading
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from proctor_app import clock
from proctor_app.audit.kinds import Action
from proctor_app.audit.models import AuditEntry

BEGINNING = "0" * 64
# A page that is reloaded, and a program that asks every second, are one visit.
ONE_VISIT = timedelta(minutes=10)
# Web and jobs may add at once; whoever comes second takes the next number.
MOST_TRIES = 100

_lock = threading.Lock()


def record(action: Action, by: str, about: str | None = None, **details: str | int) -> None:
    """Write down that `by` did `action`. All values are ids, keys and counts: never a name, an address or a text."""
    with _lock:
        if action == Action.VIEWED and _visited(by, about):
            return
        for _ in range(MOST_TRIES):
            if _add({"at": clock.now(), "by": by, "action": str(action), "about": about, "details": details}):
                return
    raise RuntimeError("The audit log took no entry: too many are written at once.")


def _add(fields: dict[str, Any]) -> bool:
    last = _rows().find_one({}, {"hash": 1}, sort=[("_id", -1)]) or {"_id": 0, "hash": BEGINNING}
    row = {"_id": last["_id"] + 1, **fields, "before": last["hash"]}
    try:
        _rows().insert_one({**row, "hash": _hash(row)})
    except DuplicateKeyError:
        return False
    return True


def _visited(by: str, about: str | None) -> bool:
    since = clock.now() - ONE_VISIT
    query = {"by": by, "about": about, "action": str(Action.VIEWED), "at": {"$gt": since}}
    return _rows().find_one(query, {"_id": 1}) is not None


def entries(
    *,
    action: str | None = None,
    by: str | None = None,
    about: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> Any:
    """Entries that fit, latest first (a queryset, to be sliced). `before` is a number: those older than that one."""
    wanted = {"action": action, "by": by, "about": about, "at__gte": since, "at__lt": until, "id__lt": before}
    found = AuditEntry.objects(**{name: value for name, value in wanted.items() if value is not None})
    return found.order_by("-id")


def actors() -> list[str]:
    """Everybody who did something."""
    return sorted(AuditEntry.objects.distinct("by"))


def as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry for programs, with what its hash is made of."""
    return {
        "number": entry.id,
        "at": clock.to_iso(entry.at),
        "by": entry.by,
        "action": entry.action,
        "about": entry.about,
        "details": dict(entry.details),
        "before": entry.before,
        "hash": entry.hash,
    }


def first_broken() -> int | None:
    """The number of the first entry that was changed, or that follows one that is missing; None when all are whole.

    That the latest ones were cut off cannot be seen from the log alone: compare with an export from before.
    """
    before = BEGINNING
    for number, row in enumerate(_rows().find({}).sort("_id", 1), 1):
        if row["_id"] != number or row["before"] != before or row["hash"] != _hash(row):
            return number
        before = row["hash"]
    return None


def _hash(row: dict[str, Any]) -> str:
    told = {
        "number": row["_id"],
        "at": clock.to_iso(row["at"]),
        **{name: row[name] for name in ("by", "action", "about", "details", "before")},
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows() -> Any:
    return AuditEntry._get_collection()
