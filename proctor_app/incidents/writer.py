"""The one writer of incidents in a process: it takes changes in order, writes them in groups, then answers.

While one group is being written the next one gathers, so the database sees one round trip for many observations
and nothing waits for a timer. Whoever asked is answered only after the write is durable. A change that fails
fails alone; the session's ledger is then forgotten and read again, so memory never runs ahead of the database.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from proctor_app.chain import service as chain
from proctor_app.documents import DUPLICATE_KEY, DURABLE
from proctor_app.errors import ProctorError, conflict
from proctor_app.incidents.models import Incident, Observation
from proctor_app.incidents.rules import IncidentRecord, Ledger
from proctor_app.metrics import CHANGES_REFUSED, CHANGES_WAITING

log = logging.getLogger(__name__)

GROUP = 500
QUEUED = 20_000


@dataclass(frozen=True)
class Decided:
    """What a change decided: incidents as they are now, and the observation (a document) that told so."""

    records: tuple[IncidentRecord, ...] = ()
    observation: dict[str, Any] | None = None


Change = Callable[[Ledger], Decided]


@dataclass(eq=False)
class Job:
    """A change on its way through the writer."""

    session_id: str
    change: Change
    done: threading.Event = field(default_factory=threading.Event)
    ledger: Ledger | None = None
    decided: Decided = field(default_factory=Decided)
    new_incidents: frozenset[str] = frozenset()
    is_repeat: bool = False
    error: Exception | None = None


class Writer:
    """Decides and stores changes to ledgers, one group at a time.

    `load` reads a session's ledger from the database. `announce` is told of each job after its write.
    """

    def __init__(self, load: Callable[[str], Ledger], announce: Callable[[Job, Ledger], None]) -> None:
        self._load = load
        self._announce = announce
        self._queue: queue.Queue[Job] = queue.Queue(QUEUED)
        CHANGES_WAITING.set_function(self._queue.qsize)
        self._ledgers: dict[str, Ledger] = {}
        # Sessions of the group that is being written, and those of them whose ledger is to be dropped after it.
        self._in_group: set[str] = set()
        self._stale: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, session_id: str, change: Change, timeout: float = 15.0) -> Decided:
        """Have `change` decided on the session's ledger and stored. Returns after the write is durable.

        Raises what the change raised, `busy` when the queue is full or the database does not answer in time
        (the change may still be stored: asking again is safe), `not_stored` when the write failed.
        """
        self._start()
        job = Job(session_id, change)
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            CHANGES_REFUSED.inc()
            log.error("%d changes wait to be written; more are refused until the database has caught up", QUEUED)
            raise busy() from None
        if not job.done.wait(timeout):
            raise busy()
        if job.error is not None:
            raise job.error
        return job.decided

    def ledger(self, session_id: str) -> Ledger:
        """The session's ledger as last written."""
        held = self._ledgers.get(session_id)
        return held if held is not None else self._load(session_id)

    def forget(self, session_id: str) -> None:
        """Drop the session's ledger from memory; the next change reads it again.

        Not before the group that is being written is stored: what was read then would lack its changes.
        """
        with self._lock:
            if session_id in self._in_group:
                self._stale.add(session_id)
            else:
                self._ledgers.pop(session_id, None)

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="incident-writer", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            jobs = [self._queue.get()]
            while len(jobs) < GROUP:
                try:
                    jobs.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            with self._lock:
                self._in_group = {job.session_id for job in jobs}
            try:
                self._write(jobs)
            except Exception as error:
                log.exception("A group of %d changes was not stored", len(jobs))
                self._fail(jobs, error)
            with self._lock:
                for session_id in self._stale:
                    self._ledgers.pop(session_id, None)
                self._stale, self._in_group = set(), set()

    def _write(self, jobs: list[Job]) -> None:
        decided = [job for job in jobs if self._decide(job)]
        _link(decided)
        refused = _store_observations([job for job in decided if job.decided.observation is not None])
        self._fail(refused, conflict("id_taken", "This observation id is in use. Make a new one."))
        stored = [job for job in decided if job not in refused]
        if refused:
            # What was refused is linked by now; an incident may be stored as it was before that.
            _link(stored)
        _store_incidents(stored)
        for job in stored:
            if job.decided.observation is not None:
                job.done.set()
        for job in stored:
            if job.ledger is not None and job.decided.records:
                self._tell(job, job.ledger)
            # Only now for what people do: a reviewer's next request finds what their verdict has set going.
            job.done.set()

    def _decide(self, job: Job) -> bool:
        try:
            ledger = self._ledgers.get(job.session_id)
            if ledger is None:
                ledger = self._ledgers[job.session_id] = self._load(job.session_id)
            job.ledger = ledger
            job.decided = job.change(ledger)
            job.new_incidents = frozenset(r.id for r in job.decided.records if r.id not in ledger.incidents)
            observation = job.decided.observation
            job.is_repeat = observation is not None and ledger.has_heard(observation["_id"])
            if observation is not None and observation.get("incident") is None:
                ledger.aside[observation["_id"]] = observation["ended_at"]
            for record in job.decided.records:
                ledger.put(record)
        except Exception as error:
            if not isinstance(error, (ProctorError, PyMongoError)):
                log.exception("A change could not be decided")
            job.error = error
            job.done.set()
            return False
        return True

    def _fail(self, jobs: list[Job], error: Exception) -> None:
        for job in jobs:
            self.forget(job.session_id)
            if not job.done.is_set():
                job.error = error if isinstance(error, ProctorError) else not_stored()
                job.done.set()

    def _tell(self, job: Job, ledger: Ledger) -> None:
        try:
            self._announce(job, ledger)
        except Exception:
            log.exception("A stored change could not be announced")


def _document(job: Job) -> dict[str, Any]:
    assert job.decided.observation is not None
    return job.decided.observation


def _id(job: Job) -> str:
    return _document(job)["_id"]


def _link(jobs: list[Job]) -> None:
    """Put what is about to be stored into the chain: each thing once, as its last change in this group leaves it."""
    observations = {_id(job): _document(job) for job in jobs if job.decided.observation is not None}
    links = [chain.document("observation", document) for document in observations.values()]
    documents = (incident_document(session_id, record) for session_id, record in _latest(jobs).values())
    chain.append([*links, *(chain.document("incident", document) for document in documents)])


def _latest(jobs: list[Job]) -> dict[str, tuple[str, IncidentRecord]]:
    """The incidents that the jobs change, by id: whose they are, and how they are after the last change."""
    return {record.id: (job.session_id, record) for job in jobs for record in job.decided.records}


def _store_observations(jobs: list[Job]) -> list[Job]:
    """Write the observations of `jobs`. Returns the jobs whose observation's id belongs to another session."""
    first: dict[str, Job] = {}
    for job in jobs:
        first.setdefault(_id(job), job)
    latest = {_id(job): job for job in jobs}
    if not latest:
        return []
    collection = Observation._get_collection().with_options(write_concern=DURABLE)
    # One whose opening is in this very group is not there yet.
    repeats = {key for key, job in first.items() if job.is_repeat}
    writes = [_update(job) if key in repeats else InsertOne(_document(job)) for key, job in latest.items()]
    try:
        collection.bulk_write(writes, ordered=False)
        return []
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        # Without any, it is written but would not outlive a power cut.
        if not failures or any(one["code"] != DUPLICATE_KEY for one in failures):
            raise
        taken = [latest[one["op"]["_id"]] for one in failures]
    # Stored by a process that died before it wrote the incident, or by another session.
    return [job for job in taken if not collection.bulk_write([_update(job)]).matched_count]


def _update(job: Job) -> UpdateOne:
    document = _document(job)
    return UpdateOne({"_id": document["_id"], "session": document["session"]}, {"$set": document})


def _store_incidents(jobs: list[Job]) -> None:
    """Write the incidents, each as its last change in this group left it."""
    latest = _latest(jobs)
    fresh = {key for job in jobs for key in job.new_incidents}
    if not latest:
        return
    writes: list[Any] = []
    for key, (session_id, record) in latest.items():
        document = incident_document(session_id, record)
        writes.append(
            InsertOne(document) if key in fresh else ReplaceOne({"_id": key, "session": session_id}, document)
        )
    collection = Incident._get_collection().with_options(write_concern=DURABLE)
    try:
        collection.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
            raise
        raise not_stored() from error


def incident_document(session_id: str, record: IncidentRecord) -> dict[str, Any]:
    """The stored form of an incident."""
    return {
        "_id": record.id,
        "session": session_id,
        "number": record.number,
        "kind": str(record.kind),
        "reason": record.reason,
        "source": str(record.source),
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "confidence": record.confidence,
        "detail": record.detail,
        "observations": list(record.observations),
        "late": record.late,
        "verdict": record.verdict,
        "verdict_note": record.verdict_note,
        "verdict_by": record.verdict_by,
        "verdict_at": record.verdict_at,
    }


def busy() -> ProctorError:
    """The writer has more than it can take; the page keeps the observation and sends it again."""
    return ProctorError("busy", "The server is busy. What you sent is kept and sent again.", http_status=503)


def not_stored() -> ProctorError:
    """The database refused or was away; nothing is acknowledged that is not stored."""
    return ProctorError("not_stored", "The database did not take this. It will be sent again.", http_status=503)
