"""Use cases of the hash chain: link what is about to be stored, say how far the chain is, mend it after a crash.

An entry is written *before* the thing that it stands for. Whoever dies in between leaves an entry without its thing,
which the next who looks after the session says so in an entry of its own (`undone`). The other way round, a thing that
does not match its entry would have to be believed, and so would be whatever somebody wrote into the database.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine.connection import get_db
from pymongo.errors import BulkWriteError

from proctor_app import clock
from proctor_app.chain import verify
from proctor_app.chain.models import ChainEntry
from proctor_app.documents import DUPLICATE_KEY, DURABLE, Document

log = logging.getLogger(__name__)

# Sessions whose end of the chain memory holds; more than one web process ever serves at a time.
HELD = 10_000
# Another process may write to the same session; more often than this in a row something is wrong.
TRIES = 20
# A crash leaves over no more than the last group of changes; this many entries hold the largest one.
TAIL = 1000
# What is younger may be about to be stored by another process; a write takes ten seconds at most.
SETTLED = timedelta(seconds=30)


@dataclass(frozen=True)
class Link:
    """That a thing of a session is about to be stored: `what` kind, which one, and the digest of its content."""

    session_id: str
    what: str
    id: str
    digest: str
    late: bool = False


@dataclass(frozen=True)
class Head:
    """How far a session's chain is: so many entries, and the hash of the last one, which stands for all of them."""

    entries: int = 0
    hash: str = verify.NOTHING

    @property
    def short(self) -> str:
        """Enough to compare by eye."""
        return self.hash[:12]


EMPTY = Head()
_heads: dict[str, Head] = {}
_lock = threading.Lock()


def document(what: str, content: Mapping[str, Any], late: bool = False) -> Link:
    """The link of a document as it is stored, with its `_id` and `session`."""
    return Link(content["session"], what, str(content["_id"]), verify.digest(content), late)


def still(evidence: Mapping[str, Any]) -> Link:
    """The link of what is known of a still, with its `_id` and `session`."""
    content = verify.still_as_it_came(evidence)
    return Link(content["session"], verify.EVIDENCE, str(content["id"]), verify.digest(content))


def part(session_id: str, name: str, value: Any) -> Link:
    """The link of one part of the session's own document, all of whose fields are in `value`."""
    return Link(session_id, verify.SESSION, name, verify.digest(verify.part_of_session(value, name)))


def append(links: Sequence[Link]) -> list[dict[str, Any]]:
    """Write links, in order. Returns their entries once they are durable. Raises what pymongo raises.

    The first time that this process writes to a session, it mends what another one may have left over.
    """
    begun = {one.session_id for one in links if _begins(one)}
    for session_id in {one.session_id for one in links} - begun - _heads.keys():
        mend(session_id)
    written: list[dict[str, Any]] = []
    with _lock:
        for _ in range(TRIES):
            rest = _entries(links[len(written) :])
            written += _insert(rest)
            if len(written) == len(links):
                return written
    raise RuntimeError("The chain could not be written: other processes were always faster")


def _begins(one: Link) -> bool:
    return one.late or (one.what, one.id) == (verify.SESSION, "created")


def _entries(links: Sequence[Link]) -> list[dict[str, Any]]:
    now, made = clock.now(), []
    heads: dict[str, Head] = {}
    for one in links:
        before = heads.get(one.session_id) or _held_head(one.session_id)
        entry: dict[str, Any] = {
            "session": one.session_id,
            "n": before.entries + 1,
            "at": now,
            "what": one.what,
            "id": one.id,
            "digest": one.digest,
            "late": one.late,
            "prev": before.hash,
        }
        entry["hash"] = verify.link(entry)
        heads[one.session_id] = Head(before.entries + 1, entry["hash"])
        made.append(entry)
    return made


def _insert(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write entries in order up to the first whose place another process has taken. Returns those written."""
    done = len(entries)
    try:
        if entries:
            # Copies: the database's own ids are no part of an entry.
            _collection().insert_many([dict(entry) for entry in entries], ordered=True)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if not failures or failures[0]["code"] != DUPLICATE_KEY:
            _heads.clear()
            raise
        done = failures[0]["index"]
    except Exception:
        _heads.clear()
        raise
    for entry in entries[:done]:
        _heads[entry["session"]] = Head(entry["n"], entry["hash"])
    if done < len(entries):
        _heads.pop(entries[done]["session"], None)
    return entries[:done]


def _held_head(session_id: str) -> Head:
    held = _heads.get(session_id)
    if held is None:
        if len(_heads) >= HELD:
            _heads.clear()
        held = _heads[session_id] = head_of(session_id)
    return held


def _collection() -> Any:
    return ChainEntry._get_collection().with_options(write_concern=DURABLE)


# ---------------------------------------------------------------- for those who store


def save(new: Document, what: str) -> None:
    """Link a new document of a session, then store it."""
    if new.pk is None:
        new.pk = ObjectId()
    append([document(what, new.to_mongo())])
    new.save(force_insert=True)


def begin(session: Mapping[str, Any]) -> None:
    """Link the document of a session that has just been made: the first entries of its chain."""
    settled = [name for name in verify.PARTS if verify.part_of_session(session, name)]
    append([part(session["_id"], name, session) for name in settled])


@contextmanager
def attempt(*links: Link) -> Iterator[Callable[[], None]]:
    """Link what is tried; the block calls what it is given where somebody else was faster, so that nothing is stored.

    with chain.attempt(link) as undo:
        if not session.modify(…):
            undo()
    """
    entries = append(links)
    yield lambda: _undo(entries)


def _undo(entries: Iterable[Mapping[str, Any]]) -> None:
    append([Link(one["session"], verify.UNDONE, str(one["n"]), one["digest"], late=True) for one in entries])


# ---------------------------------------------------------------- for those who show


def head_of(session_id: str) -> Head:
    """How far the chain of the session is in the database."""
    last = _collection().find_one({"session": session_id}, {"n": 1, "hash": 1}, sort=[("n", -1)])
    return Head(last["n"], last["hash"]) if last else EMPTY


def entries_of(session_id: str) -> list[dict[str, Any]]:
    """The whole chain of the session, first to last."""
    return list(_collection().find({"session": session_id}, {"_id": 0}).sort("n", 1))


def linked_late(session_id: str) -> int:
    """How many entries were made afterwards."""
    return int(_collection().count_documents({"session": session_id, "late": True}))


# ---------------------------------------------------------------- after a crash


def mend(session_id: str) -> None:
    """Say of entries whose thing was never stored that it was not; link everything where there is no chain yet.

    A thing that is stored otherwise than its entry and the one before it say is left alone: `verify` tells.
    """
    tail = list(_collection().find({"session": session_id}, {"_id": 0}).sort("n", -1).limit(TAIL))
    if not tail:
        append(list(_unlinked(session_id)))
        return
    _heads.setdefault(session_id, Head(tail[0]["n"], tail[0]["hash"]))
    before = clock.now() - SETTLED
    undone = {entry["id"] for entry in tail if entry["what"] == verify.UNDONE}
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in tail:
        if entry["what"] not in (verify.UNDONE, verify.REPORT) and str(entry["n"]) not in undone:
            last.setdefault((entry["what"], entry["id"]), entry)
    stored = _stored(session_id, last)
    left_over = [entry for key, entry in last.items() if entry["digest"] != stored.get(key) and entry["at"] < before]
    found = [entry for entry in left_over if _is_as_before(entry, stored.get((entry["what"], entry["id"])))]
    if found:
        log.warning("Session %s: %d changes were linked and never stored", session_id, len(found))
        _undo(sorted(found, key=lambda entry: entry["n"]))


def _is_as_before(entry: Mapping[str, Any], stored: str | None) -> bool:
    """Whether what is stored is what the entry before this one of the same thing says: nothing, or an earlier state."""
    of_it = {"session": entry["session"], "what": entry["what"], "id": entry["id"], "n": {"$lt": entry["n"]}}
    earlier = _collection().find_one(of_it, {"digest": 1}, sort=[("n", -1)])
    return stored == (earlier["digest"] if earlier else None)


def _stored(session_id: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Digests of what is stored of the things, by kind and id."""
    wanted: dict[str, list[str]] = {}
    for what, key in keys:
        wanted.setdefault(what, []).append(key)
    found: dict[tuple[str, str], str] = {}
    if verify.SESSION in wanted:
        found |= {(one.what, one.id): one.digest for one in _parts(session_id)}
    for what in (*verify.LINKED, verify.EVIDENCE):
        if what in wanted:
            ids = [*wanted[what], *(ObjectId(key) for key in wanted[what] if ObjectId.is_valid(key))]
            of_them = {"_id": {"$in": ids}, "session": session_id}
            found |= {(what, str(one["_id"])): _digest(what, one) for one in get_db()[what].find(of_them)}
    return found


def _digest(what: str, content: Mapping[str, Any]) -> str:
    return verify.digest(verify.still_as_it_came(content) if what == verify.EVIDENCE else content)


def _parts(session_id: str) -> Iterator[Link]:
    stored = get_db()[verify.SESSION].find_one({"_id": session_id}) or {}
    for name in verify.PARTS:
        if verify.part_of_session(stored, name):
            yield part(session_id, name, stored)


def _unlinked(session_id: str) -> Iterator[Link]:
    """Everything of a session from before there was a chain, in the order of its times."""
    for one in _parts(session_id):
        yield Link(one.session_id, one.what, one.id, one.digest, late=True)
    found: list[tuple[datetime, Link]] = []
    for what in (*verify.LINKED, verify.EVIDENCE):
        for one in get_db()[what].find({"session": session_id}):
            at = one.get("at") or one.get("written_at") or one.get("received_at") or one["started_at"]
            found.append((at, Link(session_id, what, str(one["_id"]), _digest(what, one), late=True)))
    yield from (one for _, one in sorted(found, key=lambda pair: pair[0]))
