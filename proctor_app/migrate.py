"""Applies the files in `migrations/`, in their order, each once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
from pymongo.uri_parser import parse_uri
from pymongo_migrate.mongo_migrate import MongoMigrate

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
COLLECTION = "migration"
DEFAULT_DATABASE = "proctor"


def database_name(mongodb_uri: str) -> str:
    """The database that a URI names, or the default one."""
    if mongodb_uri.startswith("mongodb+srv://"):
        # parse_uri would ask the name server; the path is all that is needed.
        return mongodb_uri.partition("://")[2].partition("/")[2].partition("?")[0] or DEFAULT_DATABASE
    return parse_uri(mongodb_uri)["database"] or DEFAULT_DATABASE


def pending(mongodb_uri: str) -> list[str]:
    """Names of the migrations that are still to be applied."""
    with _opened(mongodb_uri) as migrate:
        return _pending(migrate)


def upgrade(mongodb_uri: str) -> list[str]:
    """Apply what is pending; the names of what was applied. A repeat applies nothing."""
    with _opened(mongodb_uri) as migrate:
        names = _pending(migrate)
        if names:
            migrate.upgrade()
        return names


def _pending(migrate: MongoMigrate) -> list[str]:
    return [step.name for step in migrate.get_migrations() if not migrate.get_state(step).applied]


@contextmanager
def _opened(mongodb_uri: str) -> Iterator[MongoMigrate]:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongodb_uri, serverSelectionTimeoutMS=5000)
    with client:
        yield MongoMigrate(
            client=client,
            database=database_name(mongodb_uri),
            migrations_dir=str(FOLDER),
            migrations_collection=COLLECTION,
        )
