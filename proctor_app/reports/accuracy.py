"""How often the detectors are wrong, as measured: `make bench-detection` writes accuracy.json, reports quote it.

The detectors' version is a hash of what decides: their code and the default thresholds. Nobody has to remember to raise
it, and a report can say that what it used is not what was measured.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from proctor_app.policies.rules import THRESHOLDS

DETECTORS = "Detectors"  # how a report calls their version
CODE = Path(__file__).resolve().parent.parent / "static" / "js" / "watch"
FILE = Path(__file__).with_name("accuracy.json")


@dataclass(frozen=True)
class Accuracy:
    """What the bench found. `most_per_hour`: the highest rate of false flags that the honest time leaves possible."""

    detectors: str
    measured_at: str
    clips: int
    minutes: float
    people: int
    expected: int
    found: int
    invented: int
    honest_minutes: float
    most_per_hour: float

    @classmethod
    def parse(cls, raw: Any) -> "Accuracy":
        """From accuracy.json. Raises KeyError or TypeError where that is not what the bench writes."""
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__})


@cache
def detectors_version(code: Path = CODE) -> str:
    """Twelve digits that change when a detector does."""
    digest = hashlib.sha256(json.dumps(THRESHOLDS, sort_keys=True).encode())
    for path in sorted(code.rglob("*.js")):
        digest.update(path.relative_to(code).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def measured(file: Path = FILE) -> Accuracy | None:
    """The last measurement; None where there is none."""
    return Accuracy.parse(json.loads(file.read_text("utf-8"))) if file.is_file() else None


def sentences(accuracy: Accuracy | None, version: str) -> list[str]:
    """What a report says about its own error rate."""
    if accuracy is None:
        return [f"it has not been measured for the detectors (version {version})."]
    same = accuracy.detectors == version
    which = f"version {version}" if same else f"version {accuracy.detectors}; this report used version {version}"
    were = "was" if accuracy.invented == 1 else "were"
    return [
        f"the detectors ({which}) were measured on {accuracy.measured_at} with "
        f"{accuracy.clips} labelled clips, {accuracy.minutes:.0f} minutes of {_people(accuracy.people)}. "
        f"Of {accuracy.expected} scripted incidents {accuracy.found} were found; "
        f"{accuracy.invented} that did not happen {were} reported.",
        f"{accuracy.honest_minutes:.0f} minutes in which nothing happened leave up to {accuracy.most_per_hour:.0f} "
        "false incidents an hour possible (95 % confidence): so few clips cannot show less, and say little about "
        "other people.",
    ]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
