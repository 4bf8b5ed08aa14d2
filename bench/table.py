"""The figures of the load harness as one Markdown table: a row for each measure, a column for each server."""

import statistics
from collections.abc import Callable
from typing import Any

SIZES = ("1", "10", "50", "200")
REPORTS = ("10", "100", "1000", "5000")
NAMES = {"peer": "peer", "peer-batch": "peer, grouped writes", "proctor": "Proctor"}
MISSING = ""

Figures = dict[str, Any]
# Title, scenario, and what is shown of it: several values share a cell.
ROWS: tuple[tuple[str, str, Callable[[Figures], list[Any]]], ...] = (
    ("update latency p50, 1 / 10 / 50 / 200 sessions, ms", "latency", lambda f: [f[n]["upd"]["p50"] for n in SIZES]),
    ("update latency p99 at 200 sessions, ms", "latency", lambda f: [f["200"]["upd"]["p99"]]),
    ("relay paced p50 / p99, ms", "signal", lambda f: [f["paced"]["lat"]["p50"], f["paced"]["lat"]["p99"]]),
    ("relay saturated, messages a second", "signal", lambda f: [f["sat"]["msgPerS"]]),
    ("stored and acknowledged, events a second", "max", lambda f: [f["best"]]),
    ("storm of 500 connections, ms", "storm", lambda f: [f["totalMs"]]),
    ("connections refused or lost in the storm", "storm", lambda f: [f["fail"]]),
    ("server CPU s / 1,000 events", "res", lambda f: [f["cpuPer1000"]]),
    ("memory idle / at 200 sockets, MB, all processes", "res", lambda f: [f["rssIdle"], f["rss200socks"]]),
    ("report 10 / 100 / 1,000 / 5,000 incidents, ms", "pdf", lambda f: [f[n]["ms"] for n in REPORTS]),
    ("worst live update during the 5,000 report, ms", "pdf", lambda f: [f["5000"]["probe"]["max"]]),
    (
        "kill -9: acknowledged and lost / twice / told but not stored / wrong scores",
        "kill",
        lambda f: [f["lostAcked"], f["dupes"], f["notifiedNotStored"], f["wrongScoreAfterRestart"]],
    ),
)


def render(results: list[dict[str, Figures]]) -> str:
    """The table of one or more runs. With several runs each value is the median, rows without a value are left out."""
    servers = [name for name in NAMES if any(name in run for run in results)]
    lines = [
        "| | " + " | ".join(NAMES[name] for name in servers) + " |",
        "| --- |" + " --- |" * len(servers),
    ]
    for title, scenario, shown in ROWS:
        cells = [_cell([run.get(name, {}).get(scenario) for run in results], shown) for name in servers]
        if any(cells):
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines.append(
        "| CPU that others used meanwhile, most, % of a core | " + " | ".join(_foreign(results, servers)) + " |"
    )
    return "\n".join(lines)


def _cell(figures: list[Figures | None], shown: Callable[[Figures], list[Any]]) -> str:
    present = [one for one in figures if one]
    if not present:
        return MISSING
    if any("error" in one for one in present):
        return "failed"
    values = zip(*(shown(one) for one in present), strict=True)
    return " / ".join(_number(statistics.median(of_all_runs)) for of_all_runs in values)


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{round(value):,}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _foreign(results: list[dict[str, Figures]], servers: list[str]) -> list[str]:
    """How disturbed the run was: the harness meters everything that is neither it, nor the server, nor the database."""
    return [
        _number(
            max((one.get("foreignCpuPct", 0.0) for run in results for one in run.get(name, {}).values()), default=0)
        )
        for name in servers
    ]
