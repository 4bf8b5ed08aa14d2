#!/usr/bin/env python3
"""Real faults against real processes, and what they cost: `make bench-faults`.

Candidates without a browser send observations all the while (bench/people.py). After each fault every observation
that was acknowledged must be in the database once, at its time, the score must be the formula over what is stored,
and each interview must get one report and one e-mail. The table goes into docs/reliability.md.
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import faults_list
from aiosmtpd.controller import Controller
from faults_place import Place, wait
from installation import ROOT
from people import Candidate

DOCS = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- bench-faults: begin -->", "<!-- bench-faults: end -->"
PATIENCE_SECONDS = 40.0
# Incidents that no candidate's page claims.
OURS = ("server", "interviewer")
WEIGHTS = {"focus_loss": 2, "absence": 3, "multiple_faces": 5}


@dataclass
class Outcome:
    """A line of the table. Times in seconds; `wrong` says what else was not as it must be."""

    fault: str
    made: int
    acknowledged: int
    stored: int
    lost: int
    duplicated: int
    recovery: float
    reports: str
    wrong: list[str]

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""
        return not (self.lost or self.duplicated or self.wrong) and self.made == self.acknowledged == self.stored


class Mailbox:
    """A mail server that counts what comes for each interview."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self._controller = Controller(self, hostname="127.0.0.1", port=faults_list.free_port())

    def __enter__(self) -> str:
        self._controller.start()
        return f"smtp://127.0.0.1:{self._controller.port}"

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a message."""
        text = envelope.content.decode("utf-8", "replace")
        self.sent[text.partition('filename="report-')[2].partition(".pdf")[0]] += 1
        return "250 OK"


def main() -> None:
    """Make the faults, print the table, write it down."""
    options = parse()
    names = options.only.split(",") if options.only else list(faults_list.FAULTS)
    mailbox = Mailbox()
    outcomes: list[Outcome] = []
    skipped: list[str] = []
    with mailbox as smtp_url:
        for name in names:
            fault = faults_list.FAULTS[name]
            try:
                with fault.storage() as folder:
                    place = Place(folder, {"SMTP_URL": smtp_url})
                    try:
                        outcomes.append(trial(name, fault, place.up(), mailbox, options.candidates))
                    finally:
                        place.down()
            except faults_list.CannotMake as reason:
                skipped.append(f"{name}: {reason}")
                continue
            print(row(outcomes[-1]), *outcomes[-1].wrong, sep="\n    ", flush=True)
    lines = [row(one) for one in outcomes]
    print("\n" + table(lines, skipped))
    if options.write:
        write_down(lines, skipped)
    raise SystemExit(0 if all(one.is_good for one in outcomes) else 1)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/faults.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", help=f"of {', '.join(faults_list.FAULTS)}; default: all")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/reliability.md")
    parser.add_argument("--candidates", type=int, default=3, help="how many interviews go on at once; default: 3")
    options = parser.parse_args()
    unknown = set(filter(None, (options.only or "").split(","))) - set(faults_list.FAULTS)
    if unknown:
        parser.error(f"unknown faults: {', '.join(sorted(unknown))}; there are {', '.join(faults_list.FAULTS)}")
    return options


def trial(name: str, fault: faults_list.Fault, place: Place, mailbox: Mailbox, count: int) -> Outcome:
    """Interviews, a fault in their middle, and the counting afterwards."""
    made = [place.create_session() for _ in range(count)]
    people = [Candidate(place.url, one["id"], one["candidate_token"]).start() for one in made]
    wrong: list[str] = []
    try:
        if not wait(lambda: all(len(one.acknowledged) >= 10 for one in people), PATIENCE_SECONDS):
            raise SystemExit(f"{name}: nothing was acknowledged before the fault: {people[0].refused[-1:]}")
        began = time.monotonic()
        fault.make(place, people)
        over = time.monotonic()
        if not wait(lambda: all(_acknowledged_since(one, over) for one in people), PATIENCE_SECONDS):
            wrong.append("nothing was acknowledged any more")
        recovery = max(one.longest_silence(began) for one in people)
        for one in people:
            one.stop_seeing()
        if not wait(lambda: not any(one.waiting for one in people), PATIENCE_SECONDS):
            wrong.append(f"never acknowledged: {sum(len(one.waiting) for one in people)} {people[0].refused[-1:]}")
        sessions = list({one.session for one in people})
        wrong += [problem for session in sessions for problem in check_session(place, session, people, fault)]
    finally:
        for one in people:
            one.close()
    lost, duplicated, stored = count_up(place, people)
    good = sum(check_report(place, session, mailbox, wrong) for session in sessions)
    everything = {key for one in people for key in one.made}
    acknowledged = {key for one in people for key in one.acknowledged}
    reports = f"{good} of {len(sessions)}"
    return Outcome(fault.title, len(everything), len(acknowledged), stored, lost, duplicated, recovery, reports, wrong)


def _acknowledged_since(one: Candidate, moment: float) -> bool:
    return not one.is_running or any(at > moment for at in list(one.acknowledged.values()))


def count_up(place: Place, people: list[Candidate]) -> tuple[int, int, int]:
    """Acknowledged and not stored; counted in more than one incident; stored."""
    stored = {row["_id"] for session in {one.session for one in people} for row in place.rows("observation", session)}
    counted: Counter[str] = Counter()
    for session in {one.session for one in people}:
        for incident in place.rows("incident", session):
            counted.update(incident["observations"])
    lost = {key for one in people for key in one.acknowledged} - stored
    return len(lost), sum(1 for times in counted.values() if times > 1), len(stored)


def check_session(place: Place, session: str, people: list[Candidate], fault: faults_list.Fault) -> list[str]:
    """What is not as it must be: times, order, counts, score."""
    wrong = []
    truly = {key: at for one in people if one.session == session for key, at in one.truly.items()}
    rows = sorted(place.rows("observation", session), key=lambda row: row["seq"])
    off = [abs(row["started_at"].timestamp() * 1000 - truly[row["_id"]]) for row in rows]
    if off and max(off) > fault.tolerance_ms:
        late = sum(1 for one in off if one > fault.tolerance_ms)
        wrong.append(f"{late} of {len(off)} are dated wrong, by {max(off) / 1000:.1f} s at most")
    counts = Counter(row["kind"] for row in place.rows("incident", session) if row["source"] not in OURS)
    told = place.ask("GET", f"/sessions/{session}")
    raw = 100 - sum(WEIGHTS.get(kind, 0) * count for kind, count in counts.items())
    if told["score"] is not None and (told["raw"], told["score"]) != (raw, max(0, raw)):
        wrong.append(f"the score is {told['raw']}, the formula gives {raw}")
    if any(told["counts"].get(kind, 0) != count for kind, count in counts.items()):
        wrong.append(f"the counts are {told['counts']}, stored are {dict(counts)}")
    return wrong


def check_report(place: Place, session: str, mailbox: Mailbox, wrong: list[str]) -> bool:
    """Whether the ended session gets one report and one e-mail."""
    place.ask("POST", f"/sessions/{session}/end")
    content = place.ask("GET", f"/sessions/{session}/report?wait=60")
    is_there = isinstance(content, bytes) and content.startswith(b"%PDF")
    wait(lambda: mailbox.sent[session], 15)
    if mailbox.sent[session] != 1:
        wrong.append(f"{mailbox.sent[session]} e-mails for {session}")
    return is_there


# ---------------------------------------------------------------- the table


def row(one: Outcome) -> str:
    """A line of the table."""
    figures = (one.made, one.acknowledged, one.stored, one.lost, one.duplicated, f"{one.recovery:.1f}", one.reports)
    return f"| {one.fault} | {' | '.join(str(figure) for figure in figures)} | {'; '.join(one.wrong) or 'none'} |"


def table(lines: list[str], skipped: list[str]) -> str:
    """All of it, in Markdown."""
    heads = ("fault", "made", "acknowledged", "stored", "lost", "duplicated", "longest silence, s", "reports", "wrong")
    rows = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 2)} --- |", *lines]
    return "\n".join(rows + [f"\nNot made here: {one}." for one in skipped])


def write_down(lines: list[str], skipped: list[str]) -> None:
    """Put the rows between the markers of docs/reliability.md, in the places of those of the same faults."""
    before, marker, rest = DOCS.read_text("utf-8").partition(BEGIN)
    if not marker:
        raise SystemExit(f"{DOCS} has no line {BEGIN}")
    inner, _, after = rest.partition(END)
    rows = {line.split("|")[1].strip(): line for line in [*inner.splitlines(), *lines] if line.startswith("| ")}
    titles = [fault.title for fault in faults_list.FAULTS.values()]
    kept = [rows[title] for title in titles if title in rows]
    DOCS.write_text(f"{before}{BEGIN}\n{table(kept, skipped)}\n{END}{after}", "utf-8")
    print(f"Written: {DOCS}")


if __name__ == "__main__":
    main()
