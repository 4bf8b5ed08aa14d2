"""A small export made by hand, with every kind of thing in it, and ways to tamper with it. Needs no database."""

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from proctor_app.chain import verify

SESSION = "lusab-babad-gutih-tugad"
WEIGHTS = {"focus_loss": 2, "absence": 3, "multiple_faces": 5}
STILL = b"a picture"


def instant(second: int) -> str:
    return f"2026-11-24T10:{second // 60:02}:{second % 60:02}.125Z"


def made() -> dict[str, Any]:
    """The parsed files of the export: `session`, `chain` and `report`."""
    about = {"session": SESSION}
    observation = about | {"id": "o1", "incident": "o1", "seq": 1, "kind": "absence", "started_at": instant(40)}
    incident = about | {
        "id": "o1", "number": 1, "kind": "absence", "reason": None, "source": "candidate", "started_at": instant(40),
        "ended_at": instant(52), "confidence": 0.93, "detail": {"faces": 0}, "observations": ["o1"], "late": False,
        "verdict": "confirmed", "verdict_note": None, "verdict_by": "olga", "verdict_at": instant(300),
    }  # fmt: skip
    other = incident | {
        "id": "o2", "number": 2, "kind": "focus_loss", "reason": "looking_away", "observations": ["o2"],
        "verdict": None, "verdict_by": None, "verdict_at": None,
    }  # fmt: skip
    content = {
        "session": {
            "id": SESSION, "title": "Backend", "owner": "olga", "candidate_name": "Ashā", "created_at": instant(1),
            "policy": {"weights": WEIGHTS, "caps": {}}, "started_at": instant(10), "ended_at": instant(200),
            "consent": {"decision": "accepted", "version": "a1", "decided_at": instant(5)},
            "finalised_at": instant(201), "opened_at": instant(2),
        },
        "transition": [about | {"id": "t1", "action": "start", "by": "candidate", "at": instant(10)}],
        "phase_mark": [about | {"id": "p1", "phase": "question", "by": "olga", "at": instant(20)}],
        "observation": [observation, observation | {"id": "o2", "incident": "o2", "seq": 2, "kind": "focus_loss"}],
        "incident": [incident, other],
        "note": [about | {"id": "n1", "author": "olga", "text": "Good ✓", "written_at": instant(60)}],
        "review": [about | {"id": "r1", "incident": "o1", "verdict": "confirmed", "by": "olga", "at": instant(300)}],
        "evidence": [
            about | {
                "id": "o1", "observation": "o1", "style": "face", "taken_at": instant(41), "received_at": instant(42),
                "width": 320, "height": 240, "sha256": hashlib.sha256(STILL).hexdigest(), "expires_at": instant(900),
            }
        ],
    }  # fmt: skip
    chain: list[dict[str, Any]] = []
    for (what, key), digest in verify.things(content):
        put(chain, what, key, digest)
    counts = {"focus_loss": 1, "absence": 1, "multiple_faces": 0}
    rows = [
        {name: one[name] for name in ("id", "kind", "reason", "verdict", "source", "late")}
        | {"points": WEIGHTS[one["kind"]]}
        for one in content["incident"]  # type: ignore[attr-defined]
    ]
    report = {
        "session": SESSION, "revision": 1, "insufficient_data": False, "score": 95, "raw": 95, "counts": counts,
        "incidents": rows, "policy": {"weights": WEIGHTS, "caps": {}},
        "chain": {"entries": len(chain), "head": chain[-1]["hash"], "linked_late": 0},
    }  # fmt: skip
    put(chain, "report", "1", hashlib.sha256(packed(report)).hexdigest())
    # Nothing is shared between two places, as in files.
    parsed: dict[str, Any] = json.loads(json.dumps({"session": content, "chain": chain, "report": report}))
    return parsed


def put(chain: list[dict[str, Any]], what: str, key: str, digest: str, late: bool = False) -> None:
    """Add an entry to a chain, as the service does."""
    entry = {
        "session": SESSION, "n": len(chain) + 1, "at": instant(600 + len(chain)), "what": what, "id": key,
        "digest": digest, "late": late, "prev": chain[-1]["hash"] if chain else verify.NOTHING,
    }  # fmt: skip
    chain.append(entry | {"hash": verify.link(entry)})


def packed(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def files_of(export: dict[str, Any], said: dict[str, Any] | None = None) -> dict[str, bytes]:
    """The files, with a MANIFEST that fits them, as a forger would make it: but it tells of the chain in `said`."""
    chain = (said or export)["chain"]
    files = {f"{name}.json": packed(export[name]) for name in ("session", "chain", "report")}
    files["stills/o1.jpg"] = STILL
    manifest = {
        "chain": {"entries": len(chain), "head": chain[-1]["hash"]},
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return files | {"MANIFEST.json": packed(manifest)}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all plain values."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        yield path
    else:
        for key, inner in pairs:
            yield from leaves(inner, (*path, key))


def with_changed(export: dict[str, Any], path: tuple[Any, ...], *, drop: bool = False) -> dict[str, Any]:
    """A copy in which one value is another, or is not there."""
    copied = copy.deepcopy(export)
    place = copied
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    if drop:
        del place[path[-1]]
    elif isinstance(old, bool):
        place[path[-1]] = not old
    elif isinstance(old, (int, float)):
        place[path[-1]] = old + 1
    else:
        place[path[-1]] = (old or "") + "0"
    return copied
