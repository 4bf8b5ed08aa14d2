"""Policies: the weights and thresholds that a session is judged by, fixed when it starts.

Weights are points lost for each incident of a kind; 0 means shown, recorded and reported, but never scored.
Thresholds are seconds that a condition must last before it counts. Both tables are those of docs/scoring.md.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

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
# What may be watched for: kinds, and of focus loss its reasons.
DETECTORS = (
    "face_not_visible",
    "looking_away",
    "window_blur",
    "absence",
    "multiple_faces",
    "camera_blocked",
    "camera_frozen",
    "camera_changed",
    "phone_visible",
    "book_visible",
    "second_voice",
    "extra_display",
    "fullscreen_exit",
    "clipboard_paste",
    "devtools_open",
    "monitoring_gap",
    "monitor_mismatch",
)
ADVISORY = (
    "camera_blocked",
    "camera_frozen",
    "camera_changed",
    "phone_visible",
    "book_visible",
    "second_voice",
    "extra_display",
    "fullscreen_exit",
    "clipboard_paste",
    "devtools_open",
    "monitoring_gap",
    "monitor_mismatch",
)


@dataclass(frozen=True)
class Policy:
    """A named set of weights (points) by kind and thresholds (seconds) by kind or reason.

    `detectors` are those of `DETECTORS` that are used, `evidence` is off, still or line_art, `frames_per_second` is
    the rate that the candidate's browser aims at.
    """

    name: str
    version: int
    weights: Mapping[str, int]
    thresholds: Mapping[str, float]
    detectors: tuple[str, ...] = DETECTORS
    evidence: str = "off"
    frames_per_second: float = 5.0

    @property
    def for_browser(self) -> dict[str, Any]:
        """What a browser needs to watch by it: nothing of what it is worth."""
        return {
            "thresholds": dict(self.thresholds),
            "detectors": list(self.detectors),
            "evidence": self.evidence,
            "frames_per_second": self.frames_per_second,
        }

    def as_dict(self) -> dict[str, Any]:
        """The form that a session stores."""
        return asdict(self)


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
    values = {field.name: stored[field.name] for field in fields(Policy) if field.name in stored}
    return Policy(**{**values, "detectors": tuple(values.get("detectors", DETECTORS))})
