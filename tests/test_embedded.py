"""The embedded database as a program: found, named when missing, and never mixed up with a server of one's own."""

import sys
from pathlib import Path

import pytest

from proctor_app import embedded, migrate


def test_a_missing_program_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(embedded.DatabaseError, match=r"not installed.*set MONGODB_URI"):
        embedded.start(tmp_path / "db", tmp_path / "log")


def test_files_in_use_are_told(database: int, tmp_path: Path) -> None:
    first, _ = embedded.start(tmp_path / "db", tmp_path / "first.log")
    try:
        with pytest.raises(embedded.DatabaseLocked, match="in use by another process"):
            embedded.start(tmp_path / "db", tmp_path / "second.log", patience_seconds=0)
    finally:
        first.stop(20)


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("mongodb://db.example.org:27017/interviews", "interviews"),
        ("mongodb://one:27017,two:27017/interviews?replicaSet=rs0", "interviews"),
        ("mongodb://db.example.org", "proctor"),
        ("mongodb+srv://user:pass@cluster.example.org/interviews?retryWrites=true", "interviews"),
        ("mongodb+srv://user:pass@cluster.example.org/?retryWrites=true", "proctor"),
        ("mongodb+srv://user:pass@cluster.example.org", "proctor"),
    ],
)
def test_migrations_go_to_the_database_that_the_address_names(uri: str, name: str) -> None:
    assert migrate.database_name(uri) == name
