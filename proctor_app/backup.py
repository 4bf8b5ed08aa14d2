"""A whole installation in one file, and back: every collection as BSON in a zip, with a manifest that proves it.

    manifest.json             format, time, migrations, and for each collection: documents, SHA-256, indexes
    collections/<name>.bson   the documents as the database gave them, one after the other, as `mongodump` writes them

All is read at one moment: what is written while a backup runs is either in it in full or not at all. Restoring first
checks the whole file, then loads beside what is there, and only then puts the new collections in the old ones' places.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import pymongo
from bson import CodecOptions, decode_file_iter, json_util
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import ConfigurationError, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from proctor_app import clock, migrate

FORMAT, FORMAT_VERSION = "proctor-backup", 1
MANIFEST = "manifest.json"
# Nothing that anybody would miss: `proctor doctor` writes it to see whether jobs are done.
LEFT_OUT = ("job_probe",)
# Collections on their way in. A restore that was cut short leaves some; the next one drops them.
STAGING = "restoring."
BATCH_DOCUMENTS, BATCH_BYTES = 500, 8 * 1024 * 1024
# A server that keeps no history answers so: one that stands alone (20), or without that read concern (72, 123, 263).
NO_SNAPSHOT_CODES = (20, 72, 123, 246, 263)
RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
DURABLE = WriteConcern(w="majority", j=True)

Progress = Callable[[str, int, int], None]


class BackupError(Exception):
    """A backup that cannot be made, read or restored. The text says what is wrong and what to do."""


@dataclass(frozen=True)
class Backup:
    """What the manifest says. `collections` is name to {documents, sha256, indexes}."""

    made_at: str
    made_by: str
    migrations: list[str]
    is_of_one_moment: bool
    collections: dict[str, dict[str, Any]]

    @property
    def documents(self) -> int:
        """How many documents there are in all."""
        return sum(one["documents"] for one in self.collections.values())


# ---------------------------------------------------------------- out


def write(mongodb_uri: str, target: Path, progress: Progress) -> Backup:
    """Back up the database into `target`, which appears when it is whole, readable by its owner only.

    `progress` is told (collection, documents so far, documents in all). Raises `BackupError`.
    """
    partial = target.with_name(target.name + ".partial")
    try:
        with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with opened(mongodb_uri) as db, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                made = _write_collections(db, archive, progress)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise BackupError(f"{target} could not be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return made


def _write_collections(db: Database[Any], archive: zipfile.ZipFile, progress: Progress) -> Backup:
    names = [name for name in sorted(collections_of(db)) if name not in LEFT_OUT]
    total = sum(db[name].estimated_document_count() for name in names)
    collections: dict[str, dict[str, Any]] = {}
    with _one_moment(db) as session:
        done = 0
        for name in names:
            digest, count = hashlib.sha256(), 0
            with archive.open(_entry(name), "w", force_zip64=True) as entry:
                for document in db.get_collection(name, RAW).find({}, session=session):
                    entry.write(document.raw)
                    digest.update(document.raw)
                    count += 1
                    done += 1
                    if not count % BATCH_DOCUMENTS:
                        progress(name, done, max(total, done))
            progress(name, done, max(total, done))
            collections[name] = {"documents": count, "sha256": digest.hexdigest(), "indexes": _indexes(db, name)}
    made = Backup(
        clock.now().isoformat(), f"proctor {version('proctor')}", _applied(db), session is not None, collections
    )
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, **vars(made)}
    archive.writestr(MANIFEST, json_util.dumps(content, indent=2))
    return made


@contextmanager
def _one_moment(db: Database[Any]) -> Iterator[ClientSession | None]:
    """A session whose reads all see the database as it was at the first; None where the server cannot do that.

    MongoDB has snapshot sessions, which may last for minutes, while its transactions end after one. The embedded
    database takes such a session and reads the present all the same; its transactions hold, for as long as needed.
    """
    is_embedded = "secantusVersion" in db.client.server_info()
    with db.client.start_session(snapshot=not is_embedded) as session:
        transaction: Any = nullcontext()
        if is_embedded:
            transaction = session.start_transaction(read_concern=ReadConcern("snapshot"))
        with transaction:
            try:
                db["migration"].find_one({}, session=session)
            except (OperationFailure, ConfigurationError) as error:
                if isinstance(error, OperationFailure) and error.code not in NO_SNAPSHOT_CODES:
                    raise
                session = None  # type: ignore[assignment]
            yield session


def _indexes(db: Database[Any], name: str) -> list[dict[str, Any]]:
    found = db[name].index_information().items()
    return [
        {"name": index_name, **{key: value for key, value in index.items() if key not in ("v", "ns")}}
        for index_name, index in found
        if index_name != "_id_"
    ]


def _applied(db: Database[Any]) -> list[str]:
    return sorted(one["name"] for one in db[migrate.COLLECTION].find({"applied": {"$ne": None}}, {"name": 1}))


# ---------------------------------------------------------------- in


def read(source: Path) -> Backup:
    """What is in the file `source`, after every document of it was checked. Raises `BackupError`."""
    with _archive(source) as archive:
        backup = _manifest(archive, source)
        for name, told in backup.collections.items():
            _check(archive, source, name, told)
    unknown = set(backup.migrations) - {file.stem for file in migrate.FOLDER.glob("*.py")}
    if unknown:
        raise BackupError(
            f"{source} was made by a newer version of Proctor ({backup.made_by}): this one does not know "
            f"{', '.join(sorted(unknown))}. Install that version, then restore."
        )
    return backup


def in_the_way(mongodb_uri: str) -> dict[str, int]:
    """What restoring would overwrite: collections that hold something, with how many documents that is."""
    with opened(mongodb_uri) as db:
        return {
            name: count
            for name in sorted(collections_of(db))
            if name not in (migrate.COLLECTION, *LEFT_OUT) and (count := db[name].count_documents({}))
        }


def restore(mongodb_uri: str, source: Path, progress: Progress) -> Backup:
    """Put what `source` holds in the place of all that the database holds. Migrations are the caller's to run.

    Until everything is loaded and counted, what was there stays as it was. Raises `BackupError`.
    """
    backup = read(source)
    with opened(mongodb_uri) as db, _archive(source) as archive:
        _drop_staging(db)
        done = 0
        for name, told in backup.collections.items():
            for batch in _batches(archive, name):
                db.get_collection(STAGING + name, RAW, write_concern=DURABLE).insert_many(batch)
                done += len(batch)
                progress(name, done, backup.documents)
            if not told["documents"]:
                db.create_collection(STAGING + name)
            stored = db[STAGING + name].count_documents({})
            if stored != told["documents"]:
                raise BackupError(f"{name}: {stored} of {told['documents']} documents arrived. Nothing was replaced.")
        _create_indexes(db, backup, STAGING, expiring=False)
        for name in backup.collections:
            db[STAGING + name].rename(name, dropTarget=True)
        for name in set(collections_of(db)) - set(backup.collections):
            db.drop_collection(name)
        # By these the database deletes what has expired: only now, when all is counted and in its place.
        _create_indexes(db, backup, "", expiring=True)
    return backup


def _create_indexes(db: Database[Any], backup: Backup, prefix: str, *, expiring: bool) -> None:
    for name, told in backup.collections.items():
        for index in told["indexes"]:
            if ("expireAfterSeconds" in index) == expiring:
                options = {key: value for key, value in index.items() if key != "key"}
                db[prefix + name].create_index([tuple(field) for field in index["key"]], **options)


def _drop_staging(db: Database[Any]) -> None:
    for name in db.list_collection_names():
        if name.startswith(STAGING):
            db.drop_collection(name)


def _batches(archive: zipfile.ZipFile, name: str) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    with archive.open(_entry(name)) as entry:
        for document in decode_file_iter(entry, RAW):
            batch.append(document)
            size += len(document.raw)
            if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _manifest(archive: zipfile.ZipFile, source: Path) -> Backup:
    try:
        told = json_util.loads(archive.read(MANIFEST))
        if told["format"] != FORMAT:
            raise KeyError(FORMAT)
        if told["format_version"] > FORMAT_VERSION:
            raise BackupError(f"{source} is of a newer format. Restore it with {told['made_by']} or later.")
        return Backup(**{name: told[name] for name in Backup.__dataclass_fields__})
    except (KeyError, TypeError, ValueError):
        raise BackupError(f"{source} is no backup of Proctor: its {MANIFEST} is missing or cannot be read.") from None


def _check(archive: zipfile.ZipFile, source: Path, name: str, told: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    try:
        with archive.open(_entry(name)) as entry:
            hashed: Any = _Hashed(entry, digest)
            count = sum(1 for _ in decode_file_iter(hashed, RAW))
    except (KeyError, zipfile.BadZipFile, InvalidBSON, OSError, EOFError):
        raise BackupError(f"{source} is damaged: {_entry(name)} is missing or cannot be read.") from None
    except Exception as error:
        # zlib's own error is no subclass of anything.
        raise BackupError(f"{source} is damaged: {_entry(name)} cannot be unpacked ({error}).") from None
    if (count, digest.hexdigest()) != (told["documents"], told["sha256"]):
        raise BackupError(f"{source} was changed or is damaged: {_entry(name)} is not what {MANIFEST} says.")


class _Hashed:
    """A file to read from that hashes what passes."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file, self._digest = file, digest

    def read(self, size: int = -1) -> bytes:
        """As a file's."""
        content = self._file.read(size)
        self._digest.update(content)
        return content


@contextmanager
def _archive(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except FileNotFoundError:
        raise BackupError(f"There is no file {source}.") from None
    except zipfile.BadZipFile:
        raise BackupError(f"{source} is no zip file, or only a part of one.") from None
    except OSError as error:
        raise BackupError(f"{source} cannot be read: {error.strerror or error}.") from error


# ---------------------------------------------------------------- both


@contextmanager
def opened(mongodb_uri: str) -> Iterator[Database[Any]]:
    """The database. What it refuses while it is used is raised as `PyMongoError`."""
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri, serverSelectionTimeoutMS=5000)
    with client:
        yield client[migrate.database_name(mongodb_uri)]


def collections_of(db: Database[Any]) -> list[str]:
    """Names of the collections that hold this installation's data."""
    names = db.list_collection_names(filter={"type": "collection"})
    return [name for name in names if not name.startswith(("system.", STAGING))]


def _entry(name: str) -> str:
    return f"collections/{name}.bson"
