"""The offline check: whatever is changed, dropped, added or moved in an export is found and named. Pure."""

import copy
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proctor_app.chain import verify
from tests.chain.exported import files_of, leaves, made, packed, put, with_changed

EXPORT = made()
# What is stored about an interview and is no part of what its result rests on.
UNLINKED = {("session", "session", "opened_at"), ("session", "evidence", 0, "expires_at")}
LEAVES = [path for path in leaves(EXPORT) if path not in UNLINKED]


def problems(export: dict[str, Any], said: dict[str, Any] | None = None) -> list[str]:
    try:
        return verify.check_export(files_of(export, said)).problems
    except ValueError as error:
        return [f"unreadable: {error}"]


def test_an_untouched_export_is_fine() -> None:
    assert problems(EXPORT) == []


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_changed_value_is_found(path: tuple[Any, ...]) -> None:
    found = problems(with_changed(EXPORT, path), EXPORT)
    assert found, path
    file, what, *rest = path
    if file == "chain":
        assert f"entry {what + 1}" in found[0] or "chain" in found[0]
    elif file == "session" and what != "session" and rest[1] not in ("id", "session"):
        assert EXPORT["session"][what][rest[0]]["id"] in found[0]


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_value_is_found(path: tuple[Any, ...]) -> None:
    assert problems(with_changed(EXPORT, path, drop=True), EXPORT), path


@pytest.mark.parametrize("what", [*verify.LINKED, "evidence"])
def test_a_dropped_and_an_added_document_are_named(what: str) -> None:
    dropped, added = copy.deepcopy(EXPORT), copy.deepcopy(EXPORT)
    gone = dropped["session"][what].pop(0)
    assert f"{gone['id']} was dropped" in problems(dropped)[0]
    added["session"][what].append(gone | {"id": "x9"})
    assert "x9 was added" in problems(added)[0]


@pytest.mark.parametrize("place", range(len(EXPORT["chain"])))
def test_an_entry_dropped_moved_or_added_is_named(place: int) -> None:
    chain = EXPORT["chain"]
    dropped = EXPORT | {"chain": chain[:place] + chain[place + 1 :]}
    assert f"{place + 1}" in problems(dropped, EXPORT)[0] and "dropped" in problems(dropped, EXPORT)[0]
    twice = EXPORT | {"chain": [*chain[: place + 1], *chain[place:]]}
    assert "was added" in problems(twice, EXPORT)[0]
    if place:
        moved = [*chain]
        moved[place - 1], moved[place] = moved[place], moved[place - 1]
        assert "another order" in problems(EXPORT | {"chain": moved}, EXPORT)[0]


def test_a_chain_made_anew_is_told_by_a_head_known_from_elsewhere() -> None:
    """Whoever controls the server can write everything anew; the head that left the server cannot be."""
    forged = copy.deepcopy(EXPORT)
    forged["session"]["incident"][0]["kind"] = "focus_loss"
    forged["chain"] = []
    for (what, key), digest in verify.things(forged["session"]):
        put(forged["chain"], what, key, digest)
    assert "is not the one of the report" in " ".join(problems(forged))
    known = EXPORT["chain"][-2]["hash"][:12]
    result = verify.check_export(files_of(forged), known)
    assert any("not the one you know" in problem for problem in result.problems)


def test_what_came_after_the_report_is_a_note_and_no_problem() -> None:
    later = copy.deepcopy(EXPORT)
    note = later["session"]["note"][0] | {"id": "n2"}
    later["session"]["note"].append(note)
    put(later["chain"], "note", "n2", verify.digest(note))
    result = verify.check_export(files_of(later))
    assert result.problems == [] and "older than 1 entries" in result.notes[0]


def test_late_links_and_undone_ones_are_told() -> None:
    later = copy.deepcopy(EXPORT)
    put(later["chain"], "note", "n2", "0" * 64)
    put(later["chain"], "undone", str(len(later["chain"])), "0" * 64, late=True)
    result = verify.check_export(files_of(later))
    assert result.problems == [] and "never stored" in " ".join(result.notes)


@pytest.mark.parametrize("name", ["stills/o1.jpg", "report.json"])
def test_a_changed_and_a_missing_file_are_named(name: str) -> None:
    files = files_of(EXPORT)
    assert any(name in problem for problem in verify.check_export(files | {name: files[name] + b" "}).problems)
    assert any(f"{name} was dropped" in one for one in verify.check_export(_without(files, name)).problems)
    assert "x.txt was added" in verify.check_export(files | {"x.txt": b""}).problems[0]


def test_it_stands_alone(tmp_path: Path) -> None:
    """The file in the export, run with nothing but Python: `-S -I` leaves every installed package away."""
    files = files_of(EXPORT)
    script = Path(verify.__file__).read_bytes()
    manifest = verify._json(files, "MANIFEST.json")
    manifest["files"]["verify.py"] = hashlib.sha256(script).hexdigest()
    for name, data in (files | {"verify.py": script, "MANIFEST.json": packed(manifest)}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-S", "-I", tmp_path / "verify.py"], capture_output=True, text=True)

    done = run()
    assert (done.returncode, done.stdout.splitlines()[0][:19]) == (0, "Nothing was changed")
    (tmp_path / "session.json").write_bytes(files["session.json"].replace("Good ✓".encode(), b"Bad"))
    done = run()
    assert done.returncode == 1 and "note n1 was changed" in done.stdout
    (tmp_path / "chain.json").unlink()
    assert run().returncode == 2


def _without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {key: data for key, data in files.items() if key != name}
