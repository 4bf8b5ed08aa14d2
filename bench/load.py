#!/usr/bin/env python3
"""Load on this server beside the peer, in one run, as one table: `make bench-load`.

The peer (the same job on Node, Express and Socket.IO) and the harness that drives both live outside this repository,
in the folder that BENCH_DIR names (default: ../shared/bench). They are copied to a temporary folder and run there,
scenario by scenario, first the peer and then this server, so that both meet the same machine.
docs/performance.md says what each row measures, and how far to trust it.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import table

ROOT = Path(__file__).resolve().parent.parent
ADAPTERS = ROOT / "bench" / "adapters"
SCENARIOS = ("latency", "signal", "max", "storm", "res", "pdf", "kill")
# The peer with grouped writes differs in how many events it stores, and in nothing else.
SERVERS = {"peer": SCENARIOS, "peer-batch": ("max",), "proctor": SCENARIOS}
# The harness reads the score after a restart from the answer to joining, and a kind from `type`. This server tells the
# score when it is asked, and calls it `kind`; the adapter says so in `score` and `db.type`.
CHANGES = (
    ("d.type === A.types[t]", "d[A.db.type || 'type'] === A.types[t]"),
    (
        "if (get(j.joined, A.joinScore) !== want)",
        "const told = A.score ? await j.call(A.score.event, {}) : j.joined; "
        "if (get(told, A.score ? A.score.score : A.joinScore) !== want)",
    ),
    ("log('score', get(j.joined, A.joinScore), want)", "log('score', JSON.stringify(told), want)"),
)


def main() -> None:
    """Run, print the table, and keep the figures where they are asked for."""
    options = parse()
    source = Path(os.environ.get("BENCH_DIR") or ROOT.parent / "shared" / "bench")
    if not (source / "bench.js").is_file():
        sys.exit(
            f"bench-load: there is no harness in {source}. Set BENCH_DIR to the folder that has bench.js and peer/."
        )
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
        harness = prepare(source, Path(folder))
        results = run(harness, options)
    if options.out:
        options.out.write_text(json.dumps(results, indent=1))
    print(table.render(results))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/load.py", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), help=f"of {', '.join(SCENARIOS)}; default: all")
    parser.add_argument("--servers", default=",".join(SERVERS), help=f"of {', '.join(SERVERS)}; default: all")
    parser.add_argument("--runs", type=int, default=1, help="repeat everything; the table has the medians (default: 1)")
    parser.add_argument("--quiet", type=int, metavar="PERCENT", help="wait for, and repeat until, others use less CPU")
    parser.add_argument("--full", action="store_true", help="measure for longer (default: quick)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also keep every figure, as JSON")
    options = parser.parse_args()
    for given, known in ((options.scenarios, SCENARIOS), (options.servers, SERVERS)):
        for name in given.split(","):
            if name not in known:
                parser.error(f"{name} is not one of {', '.join(known)}")
    return options


def prepare(source: Path, folder: Path) -> Path:
    """A copy of the harness with its packages; the folder it is in."""
    harness = folder / "harness"
    shutil.copytree(source, harness, copy_function=shutil.copyfile)
    script = harness / "bench.js"
    text = script.read_text("utf-8")
    for old, new in CHANGES:
        if old not in text:
            sys.exit(f"bench-load: the harness has changed; this is not in it any more: {old}")
        text = text.replace(old, new)
    script.write_text(text, "utf-8")
    for place in (harness, harness / "peer"):
        print(f"Installing the packages of {place.name} …", file=sys.stderr)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=place, check=True)
    return harness


def run(harness: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every scenario on every server, as often as wished: one dict `{server: {scenario: figures}}` for each run."""
    scenarios, servers = options.scenarios.split(","), options.servers.split(",")
    env = os.environ | {
        "BENCH_TMP": str(harness.parent),
        "BENCH_TOKEN": secrets.token_urlsafe(24),
        "SECANTUSD": str(Path(sys.executable).parent / "secantusd-py"),
    }
    results: list[dict[str, Any]] = []
    for _ in range(options.runs):
        figures: dict[str, Any] = {server: {} for server in servers}
        for scenario in scenarios:
            for server in servers:
                if scenario in SERVERS[server]:
                    figures[server][scenario] = measure(harness, server, scenario, options, env)
        results.append(figures)
    return results


def measure(harness: Path, server: str, scenario: str, options: argparse.Namespace, env: dict[str, str]) -> Any:
    """The figures of one scenario on one server."""
    adapter = ADAPTERS / f"{server}.json" if server == "proctor" else harness / "adapters" / f"{server}.json"
    out = harness.parent / "figures.json"
    out.unlink(missing_ok=True)
    command = ["node", "bench.js", "--adapter", str(adapter), "--db", "secantus", "--scen", scenario, "--out", str(out)]
    if not options.full:
        command += ["--quick", "1"]
    if options.quiet:
        command += ["--quiet", str(options.quiet)]
    subprocess.run(command, cwd=harness, env=env, stdout=sys.stderr, check=True)
    return json.loads(out.read_text())[scenario]


if __name__ == "__main__":
    main()
