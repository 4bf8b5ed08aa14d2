#!/usr/bin/env python3
"""Checks an exported interview offline: was anything changed, dropped, added or put in another order?

This file needs nothing but Python 3.11 or newer and its standard library. It comes with every export:

    python3 verify.py             checks the folder that it lies in
    python3 verify.py FILE.zip    checks an export that is still packed

The exit code is 0 when everything agrees, 1 when something does not, 2 when there is nothing that could be checked.
How the chain is made, and what it can and cannot show: docs/verify.md of the project.
"""

import hashlib
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# What the first link is tied to.
NOTHING = "0" * 64
FIELDS = ("session", "n", "at", "what", "id", "digest", "late", "prev", "hash")
# Collections whose documents are linked whole, in the words of the messages.
LINKED = {
    "observation": "observation",
    "incident": "incident",
    "review": "review",
    "phase_mark": "phase mark",
    "transition": "step of the interview",
    "note": "note",
}
# The session's own document grows: each part of it is linked when it is settled.
PARTS = {
    "created": ("title", "owner", "candidate_name", "candidate_email", "created_at"),
    "consent": ("consent",),
    "policy": ("policy",),
    "start": ("started_at",),
    "end": ("ended_at",),
    "final": ("finalised_at",),
}
# What was known of a still when it came. Its picture, and when that is to be deleted, go their own way.
STILL = ("session", "observation", "style", "taken_at", "received_at", "width", "height", "sha256")
SESSION, EVIDENCE, REPORT, UNDONE = "session", "evidence", "report", "undone"
FULL_SCORE = 100


# ---------------------------------------------------------------- the chain


def canonical(value: Any) -> bytes:
    """The one way in which a value is written down to be hashed: JSON in ASCII, keys sorted, no spaces.

    Instants are ISO 8601 in UTC with milliseconds (`2026-11-24T10:36:52.123Z`); ids of the database are their text.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=text).encode("ascii")


def text(value: Any) -> str:
    """A value that JSON has no form of its own for, as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)


def digest(document: Mapping[str, Any]) -> str:
    """What stands for a document in the chain. The database's `_id` is `id`, as in the export."""
    named = {"id" if key == "_id" else key: value for key, value in document.items()}
    return hashlib.sha256(canonical(named)).hexdigest()


def part_of_session(session: Mapping[str, Any], part: str) -> dict[str, Any]:
    """One part of the session's document; empty while it is not settled."""
    return {name: session[name] for name in PARTS[part] if session.get(name)}


def still_as_it_came(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What is linked of a still's document."""
    return {"id": evidence.get("_id", evidence.get("id"))} | {name: evidence.get(name) for name in STILL}


def link(entry: Mapping[str, Any]) -> str:
    """The hash of an entry: over everything in it, which includes the hash of the one before."""
    return hashlib.sha256(canonical({name: entry.get(name) for name in FIELDS if name != "hash"})).hexdigest()


def named(entry: Mapping[str, Any]) -> str:
    """An entry in words."""
    what = LINKED.get(entry.get("what", ""), entry.get("what"))
    return f"entry {entry.get('n')} ({what} {entry.get('id')}, {entry.get('at')})"


def broken_link(entries: Sequence[Mapping[str, Any]], session_id: str) -> str | None:
    """The first place at which the chain does not hold, in words; None when it holds."""
    numbers = [entry.get("n") for entry in entries]
    before = NOTHING
    for place, entry in enumerate(entries, 1):
        number = entry.get("n")
        if number != place:
            if number in numbers[: place - 1]:
                return f"{named(entry)} was added: there is another entry {number}"
            if place in numbers[place:]:
                return f"{named(entry)} was put in another order: it stands where entry {place} belongs"
            return f"entry {place} of the chain was dropped or renumbered: {named(entry)} stands in its place"
        if set(entry) != set(FIELDS):
            odd = ", ".join(sorted(set(entry) ^ set(FIELDS)))
            return f"{named(entry)} was changed: added to it or missing in it: {odd}"
        if link(entry) != entry["hash"] or entry["session"] != session_id:
            return f"{named(entry)} was changed"
        if entry["prev"] != before:
            return f"{named(entry)} does not follow entry {place - 1}: one of the two was replaced"
        before = entry["hash"]
    return None


# ---------------------------------------------------------------- what the chain says about


@dataclass
class Result:
    """What a check found: `problems`, the first of them first, and `notes`, which are no problem but worth knowing."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)


def changed_things(entries: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> Iterator[str]:
    """What differs from its last entry, in the order of the entries; then what has no entry at all."""
    stored = dict(things(content))
    undone = {entry["id"] for entry in entries if entry["what"] == UNDONE}
    allowed: dict[tuple[str, str], set[str | None]] = {}
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for entry in entries:
        key = entry["what"], entry["id"]
        if entry["what"] in (UNDONE, REPORT):
            continue
        if str(entry["n"]) in undone:
            # It may have been stored after all, by a process that was only slow.
            allowed.setdefault(key, {None}).add(entry["digest"])
        else:
            allowed[key] = {entry["digest"]}
        last[key] = entry
    for key, entry in sorted(last.items(), key=lambda item: item[1]["n"]):
        if stored.get(key) not in allowed[key]:
            yield f"the {_thing(*key)} was {'changed' if key in stored else 'dropped'}: see {named(entry)}"
    for key in stored:
        if key not in last:
            yield f"the {_thing(*key)} was added: no entry of the chain tells of it"


def things(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Everything in an export that has to be in the chain, with its digest."""
    for part in PARTS:
        fields = part_of_session(content["session"], part)
        if fields:
            yield (SESSION, part), digest(fields)
    for what in LINKED:
        for document in content.get(what, ()):
            yield (what, str(document.get("id"))), digest(document)
    for document in content.get(EVIDENCE, ()):
        yield (EVIDENCE, str(document.get("id"))), digest(still_as_it_came(document))


def _thing(what: str, key: str) -> str:
    if what == SESSION:
        return f"interview itself ({', '.join(PARTS.get(key, (key,)))})"
    return f"{'still' if what == EVIDENCE else LINKED.get(what, what)} {key}"


def verdicts_without_review(content: Mapping[str, Any]) -> Iterator[str]:
    """Incidents whose verdict is not what the last review of them says."""
    last = {one["incident"]: one for one in sorted(content.get("review", ()), key=lambda one: one["at"])}
    for incident in content.get("incident", ()):
        verdict = incident.get("verdict")
        if verdict is not None and last.get(incident["id"], {}).get("verdict") != verdict:
            yield f"the verdict “{verdict}” on incident {incident['id']} is not that of its last review"


# ---------------------------------------------------------------- counts and score


def score_of(counts: Mapping[str, int], weights: Mapping[str, int], caps: Mapping[str, int]) -> int:
    """100 minus weight times count over all kinds, for one with a cap that much at most. May be below 0."""
    lost = {kind: count * weights.get(kind, 0) for kind, count in counts.items()}
    return FULL_SCORE - sum(min(points, caps.get(kind, points)) for kind, points in lost.items())


def disagreement(report: Mapping[str, Any]) -> str | None:
    """What in a report.json does not follow from its own incidents and policy; None when all does."""
    counts = Counter(one["kind"] for one in report["incidents"] if one["verdict"] != "dismissed")
    for kind in sorted(set(counts) | set(report["counts"])):
        if counts[kind] != report["counts"].get(kind, 0):
            return f"the report counts {report['counts'].get(kind, 0)} of {kind}; its incidents are {counts[kind]}"
    policy = report["policy"]
    raw = score_of(counts, policy["weights"], policy["caps"])
    stated = (None, None) if report["insufficient_data"] else (max(0, raw), raw)
    if (report["score"], report["raw"]) != stated:
        return f"the report says score {report['score']} ({report['raw']}); its incidents and policy make {stated[0]}"
    for one in report["incidents"]:
        points = policy["weights"].get(one["kind"], 0) if one["verdict"] != "dismissed" else 0
        if one["points"] != points:
            return f"incident {one['id']} of the report says {one['points']} points; the policy makes {points}"
    return None


def report_against(report: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str | None:
    """Whether the chain that a report was made on is the beginning of this one; None when it is."""
    said = report["chain"]
    count, head = said["entries"], said["head"]
    if count > len(entries):
        return f"entries {len(entries) + 1} to {count} of the chain were dropped: the report was made with them"
    if count and entries[count - 1]["hash"] != head:
        return f"the chain is not the one of the report: its {named(entries[count - 1])} is another"
    return None


def report_against_incidents(report: Mapping[str, Any], content: Mapping[str, Any]) -> str | None:
    """What a report says differently from the stored incidents and policy that it was made of."""
    stored = {one["id"]: one for one in content.get("incident", ())}
    for one in report["incidents"]:
        incident = stored.pop(one["id"], None)
        if incident is None:
            return f"the report has an incident {one['id']} that is not stored"
        for name in ("kind", "reason", "verdict", "source", "late"):
            if one[name] != incident.get(name):
                return f"incident {one['id']} has another {name} in the report than what is stored"
    if stored:
        return f"the report lacks incident {next(iter(stored))}"
    policy = content["session"].get("policy") or {}
    for name in ("weights", "caps"):
        if policy and report["policy"][name] != policy.get(name, {}):
            return f"the report was made with other {name} than those of the interview"
    return None


# ---------------------------------------------------------------- an export


def check_export(files: Mapping[str, bytes], head: str | None = None) -> Result:
    """Check the files of an export. `head` is a chain head known from elsewhere, whole or its beginning.

    Raises `ValueError` when they are no export.
    """
    result = Result()
    try:
        _check(files, head, result)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        # What is built otherwise than it should be was changed; where nothing of it could be found, it is no export.
        if not result.problems:
            raise ValueError(f"not as an export is built: {type(error).__name__} {error}") from None
    return result


def _check(files: Mapping[str, bytes], head: str | None, result: Result) -> None:
    content, entries, manifest = (_json(files, f"{name}.json") for name in ("session", "chain", "MANIFEST"))
    session_id, problems = content["session"]["id"], result.problems
    problems.extend(filter(None, [broken_link(entries, session_id)]))
    _against_manifest(manifest, entries, problems)
    if head is not None and not any(entry["hash"].startswith(head.lower()) for entry in entries):
        problems.append(f"the chain has no entry with the hash {head}: it is not the one you know the head of")
    problems += changed_things(entries, content)
    problems += verdicts_without_review(content)
    if "report.json" in files:
        _check_report(files, content, entries, result)
    problems += _changed_stills(files, content)
    problems += _changed_files(files, manifest)
    late = [named(entry) for entry in entries if entry["late"] and entry["what"] != UNDONE]
    if late:
        result.notes.append(f"{len(late)} linked late, after a crash or from before there was a chain: {late[0]} …")
    for entry in entries:
        if entry["what"] == UNDONE:
            result.notes.append(f"entry {entry['id']} was never stored: the process died. Said so at {entry['at']}.")
    kinds = Counter(entry["what"] for entry in entries)
    of_each = ", ".join(f"{kinds[name]} {name}" for name in sorted(kinds))
    result.checked.append(f"chain of {len(entries)} entries ({of_each})")
    result.checked.append(f"head {entries[-1]['hash']}" if entries else "no head: the chain is empty")


def entries_in(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The chain of an export. Raises `ValueError`."""
    found: list[dict[str, Any]] = _json(files, "chain.json")
    return found


def _json(files: Mapping[str, bytes], name: str) -> Any:
    if name not in files:
        raise ValueError(f"{name} is missing")
    try:
        return json.loads(files[name])
    except ValueError as error:
        raise ValueError(f"{name} is no JSON: {error}") from None


def _against_manifest(manifest: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], problems: list[str]) -> None:
    count, head = manifest["chain"]["entries"], manifest["chain"]["head"]
    if count > len(entries):
        problems.append(f"entries {len(entries) + 1} to {count} of the chain were dropped: MANIFEST.json tells of them")
    elif count < len(entries):
        problems.append(f"{named(entries[count])} was added: MANIFEST.json tells of {count} entries")
    elif entries and entries[-1]["hash"] != head:
        problems.append("the head of the chain is not the one in MANIFEST.json")


def _check_report(
    files: Mapping[str, bytes], content: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], result: Result
) -> None:
    report = _json(files, "report.json")
    problems = [report_against(report, entries), disagreement(report)]
    linked = {entry["id"]: entry for entry in entries if entry["what"] == REPORT}
    entry = linked.get(str(report["revision"]))
    actual = hashlib.sha256(files["report.json"]).hexdigest()
    if entry is None:
        problems.append(f"no entry of the chain tells of revision {report['revision']} of the report")
    elif entry["digest"] != actual:
        problems.append(f"report.json was changed: see {named(entry)}")
    since = [one for one in entries[report["chain"]["entries"] :] if one["what"] != REPORT]
    if since:
        result.notes.append(f"the report is older than {len(since)} entries of the chain, from {named(since[0])} on")
    else:
        problems.append(report_against_incidents(report, content))
    result.problems.extend(problem for problem in problems if problem)
    said = "insufficient data" if report["insufficient_data"] else f"score {report['score']} of {FULL_SCORE}"
    counts = ", ".join(f"{count} {kind}" for kind, count in report["counts"].items())
    if not any(problems):
        result.checked.append(f"{said}, {counts or 'nothing counted'}: follows from the incidents and the policy")


def _changed_stills(files: Mapping[str, bytes], content: Mapping[str, Any]) -> Iterator[str]:
    for evidence in content.get(EVIDENCE, ()):
        jpeg = files.get(f"stills/{evidence['id']}.jpg")
        if jpeg is not None and hashlib.sha256(jpeg).hexdigest() != evidence["sha256"]:
            yield f"the picture stills/{evidence['id']}.jpg was changed"


def _changed_files(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[str]:
    said = manifest["files"]
    for name, wanted in said.items():
        if name not in files:
            yield f"the file {name} was dropped"
        elif hashlib.sha256(files[name]).hexdigest() != wanted:
            yield f"the file {name} was changed"
    for name in files:
        if name not in said and name != "MANIFEST.json":
            yield f"the file {name} was added"


def read_export(path: Path) -> dict[str, bytes]:
    """The files of an export: packed, or unpacked in a folder. Raises `ValueError` and `OSError`."""
    if path.is_dir():
        found = (one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in sorted(found)}
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            double = next((name for name, count in Counter(names).items() if count > 1), None)
            if double:
                raise ValueError(f"it holds two files named {double}")
            return {name: archive.read(name) for name in names}
    except zipfile.BadZipFile as error:
        raise ValueError(f"not a zip file that can be read: {error}") from None


def told(result: Result) -> str:
    """A result for people to read."""
    lines = [f"  {line}" for line in result.checked] + [f"  note: {note}" for note in result.notes]
    if not result.problems:
        return "\n".join(["Nothing was changed, dropped, added or put in another order.", *lines])
    more = [f"  also: {problem}" for problem in result.problems[1:10]]
    if len(result.problems) > 10:
        more.append(f"  and {len(result.problems) - 10} more")
    return "\n".join([f"NOT AS IT WAS: {result.problems[0]}", *more, *lines])


def main(arguments: Sequence[str]) -> int:
    """Check what the arguments name. Returns the exit code."""
    if len(arguments) > 1 or set(arguments) & {"-h", "--help"}:
        print(__doc__)
        return 0 if set(arguments) & {"-h", "--help"} else 2
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        result = check_export(read_export(path))
    except (ValueError, OSError) as error:
        print(f"Cannot check {path}: {error}", file=sys.stderr)
        return 2
    print(told(result))
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
