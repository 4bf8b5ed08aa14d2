"""A backup holds everything, proves it, and comes back whole: pictures, indexes and migrations with it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest
from bson import decode_all
from pymongo.database import Database

from config import ROOT
from proctor_app import backup, embedded, migrate
from tests.conftest import clean_environment, settings_for

SESSION = "lusab-babad-gutih-tugad"
PICTURE = bytes(range(256)) * 100
AT = datetime(2026, 11, 24, 10, 36, 52, 123000, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def quiet(*_: object) -> None:
    """A progress that nobody watches."""


@pytest.fixture(scope="module")
def client(database: int) -> Iterator[pymongo.MongoClient[Any]]:
    """A connection to the tests' server."""
    with pymongo.MongoClient(embedded.uri(database), tz_aware=True) as connected:
        yield connected
        for name in ("backup_source", "backup_target"):
            connected.drop_database(name)


@pytest.fixture(scope="module")
def full(database: int, client: pymongo.MongoClient[Any]) -> Database[Any]:
    """A migrated database with an interview, more rows than fit a batch, and a still."""
    db = client["backup_source"]
    migrate.upgrade(uri(database, db))
    db["session"].insert_one({"_id": SESSION, "owner": "1", "title": "後端 <b>", "created_at": AT, "status": "live"})
    db["incident"].insert_many([{"_id": f"i{n}", "session": SESSION, "number": n, "x": n / 3} for n in range(1200)])
    db["evidence_picture"].insert_one({"_id": "i0", "session": SESSION, "expires_at": LATER, "jpeg": PICTURE})
    db["job_probe"].insert_one({"_id": "last"})
    return db


@pytest.fixture(scope="module")
def whole(database: int, full: Database[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of `full`."""
    file = tmp_path_factory.mktemp("backup") / "all.zip"
    backup.write(uri(database, full), file, quiet)
    return file


@pytest.fixture
def target(client: pymongo.MongoClient[Any]) -> Database[Any]:
    """A database that holds something already, and nothing else."""
    db = client["backup_target"]
    for name in db.list_collection_names():
        if name != "session":
            db.drop_collection(name)
    db["session"].delete_many({})
    db["session"].insert_one({"_id": "there"})
    return db


def uri(database: int, db: Database[Any]) -> str:
    return embedded.uri(database, db.name)


def content(db: Database[Any]) -> dict[str, list[Any]]:
    return {name: list(db[name].find().sort("_id")) for name in backup.collections_of(db) if name != "job_probe"}


def indexes(db: Database[Any]) -> dict[str, Any]:
    return {name: db[name].index_information() for name in backup.collections_of(db) if name != "job_probe"}


def test_it_says_how_far_it_is_and_only_its_owner_can_read_it(
    database: int, full: Database[Any], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    made = backup.write(uri(database, full), tmp_path / "all.zip", lambda _, done, total: told.append((done, total)))
    assert made.is_of_one_moment and made.collections["incident"]["documents"] == 1200
    assert told[-1][0] == told[-1][1] == made.documents and len(told) > len(made.collections)
    assert (tmp_path / "all.zip").stat().st_mode & 0o777 == 0o600 and len(list(tmp_path.iterdir())) == 1


def test_all_of_it_comes_back_also_after_a_restore_that_was_cut_short(
    database: int, full: Database[Any], whole: Path, target: Database[Any]
) -> None:
    def die(collection: str, *_: object) -> None:
        if collection == "session":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.restore(uri(database, target), whole, die)
    assert content(target) == {"session": [{"_id": "there"}]}
    backup.restore(uri(database, target), whole, quiet)
    assert content(target) == content(full)
    assert indexes(target) == indexes(full)
    assert target["evidence_picture"].find_one()["jpeg"] == PICTURE
    assert not [name for name in target.list_collection_names() if name.startswith(backup.STAGING)]
    assert migrate.upgrade(uri(database, target)) == []


def test_mongodb_s_own_tools_can_read_it(whole: Path) -> None:
    with zipfile.ZipFile(whole) as archive:
        rows = decode_all(archive.read("collections/session.bson"))
    assert [row["_id"] for row in rows] == [SESSION]


def test_writes_that_come_meanwhile_are_not_in_it_by_half(database: int, full: Database[Any], tmp_path: Path) -> None:
    def write_more(collection: str, *_: object) -> None:
        if collection == "incident":
            full["session"].insert_one({"_id": f"new-{full['session'].count_documents({})}", "owner": "2"})

    made = backup.write(uri(database, full), tmp_path / "all.zip", write_more)
    assert full["session"].count_documents({}) > 1
    assert made.collections["session"]["documents"] == 1
    full["session"].delete_many({"owner": "2"})


@pytest.mark.parametrize("damage", ["changed", "dropped", "cut", "manifest", "newer", "future format"])
def test_a_file_that_is_not_as_it_was_written_is_refused_and_nothing_is_touched(
    database: int, whole: Path, target: Database[Any], tmp_path: Path, damage: str
) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(parts["manifest.json"])
    if damage == "changed":
        parts["collections/session.bson"] = parts["collections/session.bson"].replace(b"live", b"gone")
    elif damage == "dropped":
        del parts["collections/incident.bson"]
    elif damage == "newer":
        told["migrations"].append("20990101000000_tomorrow")
    elif damage == "future format":
        told["format_version"] = 99
    parts["manifest.json"] = json.dumps(told).encode() if damage != "manifest" else b"{}"
    with zipfile.ZipFile(bad, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    if damage == "cut":
        bad.write_bytes(whole.read_bytes()[:-100])
    words = {
        "changed": "changed or is damaged: collections/session.bson",
        "dropped": "collections/incident.bson is missing",
        "cut": "no zip file, or only a part of one",
        "manifest": "no backup of Proctor",
        "newer": "20990101000000_tomorrow",
        "future format": "newer format",
    }
    with pytest.raises(backup.BackupError, match=words[damage]):
        backup.restore(uri(database, target), bad, quiet)
    assert content(target) == {"session": [{"_id": "there"}]}


@pytest.mark.long
def test_the_commands_refuse_to_overwrite_say_what_and_do_it_when_told(
    database: int, full: Database[Any], target: Database[Any], tmp_path: Path
) -> None:
    def proctor(*arguments: str, db: Database[Any] = target) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "proctor_app.cli", *arguments]
        env = clean_environment() | settings_for(uri(database, db), tmp_path / "data")
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)

    newest = sorted(file.stem for file in migrate.FOLDER.glob("*.py"))[-1]
    row = full[migrate.COLLECTION].find_one_and_delete({"name": newest})
    file = str(tmp_path / "all.zip")
    made = proctor("backup", file, db=full)
    full[migrate.COLLECTION].insert_one(row)
    assert made.returncode == 0 and f"Written: {file}" in made.stdout, made.stderr
    refused = proctor("restore", file)
    assert refused.returncode == 1 and "not empty: 1 of session" in refused.stderr and "--replace" in refused.stderr
    assert content(target) == {"session": [{"_id": "there"}]}
    done = proctor("restore", "--replace", "--yes", file)
    assert done.returncode == 0 and "overwrites, for good: 1 of session" in done.stdout, done.stderr
    assert f"Migrations applied since: {newest}" in done.stdout, "it was made by an older version"
    assert target["incident"].count_documents({}) == 1200
    missing = proctor("restore", str(tmp_path / "none.zip"))
    assert missing.returncode == 1 and "There is no file" in missing.stderr and "Traceback" not in missing.stderr
