"""The benches' own words: what they need, what they refuse, and the table that they print."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from config import ROOT

LOAD = ROOT / "bench" / "load.py"


def load(*arguments: str, folder: Path | str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(LOAD), *arguments],
        env={"BENCH_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_explains_itself() -> None:
    answer = load("--help")
    assert answer.returncode == 0
    for option in ("--scenarios", "--servers", "--runs", "--quiet", "--full", "--out"):
        assert option in answer.stdout


def test_it_says_what_is_missing_or_wrong(tmp_path: Path) -> None:
    missing = load(folder=tmp_path)
    assert missing.returncode == 1
    assert f"there is no harness in {tmp_path}" in missing.stderr and "BENCH_DIR" in missing.stderr
    assert "speed is not one of latency" in load("--scenarios", "speed").stderr
    assert "other is not one of peer" in load("--servers", "other").stderr


def test_a_harness_that_has_changed_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "bench.js").write_text("// another one")
    assert "the harness has changed" in load(folder=tmp_path).stderr


def test_the_adapter_speaks_the_contract() -> None:
    adapter = json.loads((ROOT / "bench" / "adapters" / "proctor.json").read_text())
    assert (ROOT / adapter["start"][1]).is_file()
    assert adapter["create"]["path"] == "/api/v1/sessions"
    assert set(adapter["event"]["payload"]) == {"id", "seq", "kind", "started_at", "ended_at", "confidence", "detail"}


def test_the_table_has_medians_and_leaves_out_what_was_not_measured() -> None:
    table = module("table").render([figures(10.0, 5000), figures(30.0, 9000), figures(20.0, 7000)])
    assert table.splitlines()[0] == "| | peer | peer, grouped writes | Proctor |"
    for row in (
        "| relay paced p50 / p99, ms | 20 / 40 |  | 20 / 40 |",
        "| relay saturated, messages a second | 7,000 |  | 7,000 |",
        "| stored and acknowledged, events a second |  | 5,600 | failed |",
        "| CPU that others used meanwhile, most, % of a core | 3.50 | 0 | 3.50 |",
    ):
        assert row in table
    assert "storm" not in table


def figures(paced: float, saturated: int) -> dict[str, Any]:
    """One run's figures, of which the server failed at one."""
    signal = {"paced": {"lat": {"p50": paced, "p99": 2 * paced}}, "sat": {"msgPerS": saturated}, "foreignCpuPct": 3.5}
    return {
        "peer": {"signal": signal},
        "peer-batch": {"max": {"best": 5600}},
        "proctor": {"signal": signal, "max": {"error": "x"}},
    }


def module(name: str) -> Any:
    """A module of the bench folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "bench" / f"{name}.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_bench_of_faults_names_them() -> None:
    command = [sys.executable, str(ROOT / "bench" / "faults.py")]
    answer = subprocess.run([*command, "--help"], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0 and "kill-database" in answer.stdout and "--only" in answer.stdout
    refused = subprocess.run([*command, "--only", "kill-everything"], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2 and "kill-everything" in refused.stderr and "kill-web" in refused.stderr
