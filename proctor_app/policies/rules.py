"""Policies: what is watched for, after how long it counts, and what it is worth; fixed when a session starts. Pure.

Weights are points lost for each incident of a kind; 0 means shown, recorded and reported, but never scored. A cap is
the most that a kind can take off. Thresholds are seconds that a condition must last before it counts. The tables are
those of docs/scoring.md.

`effective` is the one place that says what holds at a moment: the policy, less what an accommodation takes off, less
what the phase of the interview relaxes.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from proctor_app.policies.kinds import ADVISORY, DETECTORS, Evidence, Phase

THRESHOLDS = {
    "face_not_visible": 3.0,
    "looking_away": 5.0,
    "window_blur": 2.0,
    "absence": 10.0,
    "multiple_faces": 2.0,
    "camera_blocked": 3.0,
    "camera_frozen": 10.0,
    "phone_visible": 2.0,
    "book_visible": 2.0,
    "second_voice": 3.0,
    "monitoring_gap": 5.0,
    "monitor_mismatch": 10.0,
}
# People avert their gaze, and cover their face, to think about a question that was just put (Glenberg 1998).
GRACE_SECONDS = 8.0
THINKING_LOOKS = ("looking_away", "face_not_visible")
# What each phase asks of the candidate must not be held against them: eyes on a keyboard, another window, a paper.
RELAXED: Mapping[str, tuple[str, ...]] = {
    Phase.QUESTION: (),
    Phase.THINKING: ("looking_away",),
    Phase.CODING: ("looking_away", "window_blur", "fullscreen_exit", "clipboard_paste", "devtools_open"),
    Phase.READING: ("looking_away", "window_blur", "book_visible"),
    Phase.BREAK: DETECTORS,
}


@dataclass(frozen=True)
class Policy:
    """A named set of weights (points) and caps (points) by kind and thresholds (seconds) by kind or reason.

    `detectors` are those of `DETECTORS` that are used, `evidence` is off, still or line_art, `frames_per_second` is
    the rate that the candidate's browser aims at, `grace_seconds` follow on each question, and `relaxed` says by
    phase which detectors are not used in it.
    """

    name: str
    version: int
    weights: Mapping[str, int]
    thresholds: Mapping[str, float]
    detectors: tuple[str, ...] = DETECTORS
    evidence: str = Evidence.OFF
    frames_per_second: float = 5.0
    caps: Mapping[str, int] = field(default_factory=dict)
    grace_seconds: float = GRACE_SECONDS
    relaxed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(RELAXED))

    @property
    def for_browser(self) -> dict[str, Any]:
        """What a browser needs to watch by it: nothing of what it is worth."""
        return {
            "thresholds": dict(self.thresholds),
            "detectors": list(self.detectors),
            "evidence": str(self.evidence),
            "frames_per_second": self.frames_per_second,
        }

    def as_dict(self) -> dict[str, Any]:
        """The form that a session stores."""
        stored = asdict(self)
        return {**stored, "evidence": str(self.evidence), "relaxed": {str(k): v for k, v in self.relaxed.items()}}


@dataclass(frozen=True)
class Relief:
    """What an accommodation takes off: detectors that are not used, longer thresholds, pictures that are not kept."""

    off: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    no_pictures: bool = False


def effective(
    policy: Policy, relief: Relief | None = None, phase: str | None = None, *, in_grace: bool = False
) -> Policy:
    """What is watched for at a moment of the interview: the policy, less the accommodation, less the phase.

    An accommodation only ever takes off: a threshold of its own that is shorter than the policy's changes nothing.
    """
    relief = relief or Relief()
    off = {*relief.off, *policy.relaxed.get(phase or "", ()), *(THINKING_LOOKS if in_grace else ())}
    longer = {key: max(seconds, relief.thresholds.get(key, 0)) for key, seconds in policy.thresholds.items()}
    return replace(
        policy,
        detectors=tuple(key for key in policy.detectors if key not in off),
        thresholds=longer,
        evidence=Evidence.OFF if relief.no_pictures else policy.evidence,
    )


def nothing(policy: Policy) -> Policy:
    """The policy with all of its detectors and pictures switched off."""
    return replace(policy, detectors=(), evidence=Evidence.OFF)


def grace_left(policy: Policy, phase: str | None, since: datetime | None, now: datetime) -> timedelta:
    """How much of the time to think that follows on a question is left; nothing in any other phase."""
    if phase != Phase.QUESTION or since is None:
        return timedelta()
    return max(timedelta(), since + timedelta(seconds=policy.grace_seconds) - now)


CLASSIC = Policy(
    "classic",
    1,
    {"focus_loss": 2, "absence": 3, "multiple_faces": 5} | dict.fromkeys(ADVISORY, 0),
    THRESHOLDS,
)
STRICT = replace(
    CLASSIC,
    name="strict",
    weights={
        "focus_loss": 2,
        "absence": 3,
        "multiple_faces": 5,
        "camera_blocked": 3,
        "camera_frozen": 5,
        "camera_changed": 3,
        "phone_visible": 5,
        "book_visible": 5,
        "second_voice": 3,
        "extra_display": 1,
        "fullscreen_exit": 1,
        "clipboard_paste": 1,
        "devtools_open": 1,
        "monitoring_gap": 2,
        "monitor_mismatch": 5,
    },
)
BY_NAME = {policy.name: policy for policy in (CLASSIC, STRICT)}


def current(name: str, weights: Mapping[str, int], thresholds: Mapping[str, float]) -> Policy:
    """The policy `name` with the operator's own weights and thresholds laid over it.

    A policy that was changed says so in its name, so that a report never calls it by the published one's.
    """
    base = BY_NAME[name]
    changed = replace(base, weights={**base.weights, **weights}, thresholds={**base.thresholds, **thresholds})
    return changed if changed == base else replace(changed, name=f"{name}, adjusted")


def from_dict(stored: Mapping[str, Any]) -> Policy:
    """The policy that a session stored at its start. What policies did not say then is as it was then."""
    values = {one.name: stored[one.name] for one in fields(Policy) if one.name in stored}
    # The database's own dicts cannot be copied by `asdict`.
    values |= {name: dict(value) for name, value in values.items() if isinstance(value, Mapping)}
    if "relaxed" in values:
        values["relaxed"] = {phase: tuple(off) for phase, off in values["relaxed"].items()}
    return Policy(**{**values, "detectors": in_order(values.get("detectors", DETECTORS))})


def name_key(name: str) -> str:
    """What names that a reader would take for one another have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def in_order(detectors: Iterable[str]) -> tuple[str, ...]:
    """Detectors in the order in which they are always named."""
    wanted = set(detectors)
    return tuple(key for key in DETECTORS if key in wanted)
