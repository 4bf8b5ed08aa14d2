"""All migrations together: what the models declare is what a migrated database has, and a repeat changes nothing."""

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pymongo
import pytest
from pymongo.database import Database

from config import ROOT
from proctor_app import embedded, migrate
from proctor_app.documents import Document

FILES = sorted((ROOT / "migrations").glob("*.py"))
Index = tuple[tuple[tuple[str, int], ...], bool, int | None]


@pytest.fixture
def fresh(database: int) -> Iterator[Database[dict[str, Any]]]:
    """An empty database of its own."""
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(embedded.uri(database, "proctor_migrations"))
    with client:
        client.drop_database("proctor_migrations")
        yield client.get_default_database()


def test_migrated_database_has_the_indexes_that_the_models_declare(database: int, fresh: Database[Any]) -> None:
    migrate.upgrade(embedded.uri(database, "proctor_migrations"))
    for model in models():
        assert declared(model) == existing(fresh, model._get_collection_name()), model.__name__


def test_each_is_applied_once(database: int, fresh: Database[Any]) -> None:
    uri = embedded.uri(database, "proctor_migrations")
    assert sorted(migrate.upgrade(uri)) == [file.stem for file in FILES]
    assert migrate.pending(uri) == []
    assert migrate.upgrade(uri) == []


def test_each_may_run_again_on_a_database_with_data(fresh: Database[Any]) -> None:
    fresh["session"].insert_one({"_id": "lusab-babad-gutih-tugad", "owner": "1"})
    for _ in range(2):
        for file in FILES:
            load(file.stem).upgrade(fresh)
    assert fresh["session"].count_documents({}) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_says_why_and_stands_alone(file: Any) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    assert len((ast.get_docstring(tree) or "").split("\n\n")) >= 2, "the docstring says what and why"
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name for name in imported if name.split(".")[0] in ("proctor_app", "config", "mongoengine")}


def models() -> list[type[Document]]:
    """Every document class of the application."""
    for file in (ROOT / "proctor_app").glob("*/models.py"):
        import_module(f"proctor_app.{file.parent.name}.models")
    return [model for model in Document.__subclasses__() if model.__module__.startswith("proctor_app.")]


def declared(model: type[Document]) -> set[Index]:
    return {
        (tuple(spec["fields"]), bool(spec.get("unique")), spec.get("expireAfterSeconds"))
        for spec in model._meta["index_specs"]
    }


def existing(db: Database[Any], collection: str) -> set[Index]:
    return {
        (tuple(index["key"]), bool(index.get("unique")), index.get("expireAfterSeconds"))
        for name, index in db[collection].index_information().items()
        if name != "_id_"
    }


def load(name: str) -> Any:
    """The migration's module, whose file name no import statement could say."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(name, ROOT / "migrations" / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
