"""What is filled in on the forms of policies and accommodations, checked field by field.

A form is shown again with everything that was typed, and each error beside its field; so what cannot be used does not
stop the rest from being read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from proctor_app.policies.kinds import SCORED, Evidence, Phase
from proctor_app.policies.rules import THRESHOLDS, Policy, Relief, in_order

NAME_LENGTH, SUMMARY_LENGTH = 60, 200
POINTS_MOST = 100
SECONDS_LEAST, SECONDS_MOST = 0.5, 600.0
# A heartbeat comes every two seconds, and a network may hold one up for as long again.
SECONDS_LEAST_OF = {"monitoring_gap": 5.0, "monitor_mismatch": 5.0}
FPS_LEAST, FPS_MOST = 2.0, 10.0
GRACE_MOST = 60.0


Form = MultiDict[str, str]


@dataclass
class Draft:
    """A policy as it is being edited. `typed` is what stands in each field, `errors` what is wrong, both by field."""

    policy: Policy
    summary: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def draft_of(policy: Policy, summary: str) -> Draft:
    """The form as it is before anybody typed."""
    typed = {f"seconds.{key}": _plain(seconds) for key, seconds in policy.thresholds.items()}
    typed |= {f"points.{kind}": str(points) for kind, points in policy.weights.items()}
    typed |= {f"cap.{kind}": str(points) for kind, points in policy.caps.items()}
    typed |= {
        "name": policy.name,
        "summary": summary,
        "frames_per_second": _plain(policy.frames_per_second),
        "grace_seconds": _plain(policy.grace_seconds),
    }
    return Draft(policy, summary, typed)


def parse_policy(form: Form, base: Policy) -> Draft:
    """What the form says, laid over `base`: that is what stands where a field cannot be used."""
    read = _Reader(form)
    name = read.text("name", NAME_LENGTH, "Give the policy a name, such as “Frontend, with open notes”.")
    summary = read.text("summary", SUMMARY_LENGTH)
    detectors = in_order(form.getlist("on"))
    if not detectors:
        read.errors["on"] = (
            "Nothing is watched for. Choose at least one; an interview without monitoring needs no policy."
        )
    weights = {
        kind: int(read.number(f"points.{kind}", 0, POINTS_MOST, base.weights[kind], whole=True)) for kind in SCORED
    }
    thresholds = {
        key: read.number(f"seconds.{key}", SECONDS_LEAST_OF.get(key, SECONDS_LEAST), SECONDS_MOST, base.thresholds[key])
        for key in THRESHOLDS
    }
    _check_order(thresholds, detectors, read.errors)
    evidence = form.get("evidence", "")
    if evidence not in set(Evidence):
        read.errors["evidence"] = "Choose one of the three."
        evidence = base.evidence
    policy = replace(
        base,
        name=name or base.name,
        detectors=detectors,
        weights=weights,
        thresholds=thresholds,
        caps=_caps(read, weights, base),
        evidence=evidence,
        frames_per_second=read.number("frames_per_second", FPS_LEAST, FPS_MOST, base.frames_per_second),
        grace_seconds=read.number("grace_seconds", 0, GRACE_MOST, base.grace_seconds),
        relaxed={str(phase): in_order(form.getlist(f"relaxed.{phase}")) for phase in Phase},
    )
    return Draft(policy, summary, read.typed, read.errors)


def _check_order(thresholds: Mapping[str, float], detectors: Sequence[str], errors: dict[str, str]) -> None:
    first, then = "face_not_visible", "absence"
    if first in detectors and then in detectors and thresholds[then] < thresholds[first]:
        errors.setdefault(
            f"seconds.{then}",
            f"An absence is a face that stays out of view, so it needs {thresholds[first]:g} s or more: as long as "
            "“Face not visible”.",
        )


def _caps(read: "_Reader", weights: Mapping[str, int], base: Policy) -> dict[str, int]:
    caps = {}
    for kind in SCORED:
        name = f"cap.{kind}"
        if not read.typed_in(name):
            continue
        caps[kind] = int(read.number(name, 0, POINTS_MOST, base.caps.get(kind, POINTS_MOST), whole=True))
        if name not in read.errors and caps[kind] < weights[kind]:
            read.errors[name] = (
                f"One incident takes {weights[kind]} off. Let the most be {weights[kind]} or more, or empty."
            )
    return caps


@dataclass
class ProfileDraft:
    """An accommodation profile as it is being edited, with what stands in each field and what is wrong."""

    name: str
    relief: Relief
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def profile_draft_of(name: str, relief: Relief) -> ProfileDraft:
    """The form as it is before anybody typed."""
    typed = {f"seconds.{key}": _plain(seconds) for key, seconds in relief.thresholds.items()}
    return ProfileDraft(name, relief, typed | {"name": name})


def parse_profile(form: Form) -> ProfileDraft:
    """What the form says: for each detector off, or a longer time, or neither."""
    read = _Reader(form)
    name = read.text("name", NAME_LENGTH, "Give the profile a name. Only administrators see it.")
    off = in_order(form.getlist("off"))
    longer = {}
    for key in THRESHOLDS:
        field_name = f"seconds.{key}"
        if read.typed_in(field_name) and key not in off:
            longer[key] = read.number(field_name, SECONDS_LEAST, SECONDS_MOST, THRESHOLDS[key])
    relief = Relief(off, longer, form.get("no_pictures") == "yes")
    if relief == Relief() and not read.errors:
        read.errors["off"] = "This profile changes nothing yet. Switch something off, or give it a longer time."
    return ProfileDraft(name, relief, read.typed, read.errors)


class _Reader:
    """Reads fields and keeps what was typed and what is wrong."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.typed: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def typed_in(self, name: str) -> str:
        """What stands in the field, without blanks around it."""
        self.typed[name] = self._form.get(name, "").strip()
        return self.typed[name]

    def text(self, name: str, most: int, missing: str = "") -> str:
        text = " ".join(self.typed_in(name).split())
        if not text and missing:
            self.errors[name] = missing
        if len(text) > most:
            self.errors[name] = f"This holds {most} characters at most; it is {len(text)} long."
        return text[:most]

    def number(self, name: str, least: float, most: float, otherwise: float, *, whole: bool = False) -> float:
        text = self.typed_in(name).replace(",", ".")
        unit = "" if whole else " s" if not name.startswith("frames") else " a second"
        kind = "a whole number" if whole else "a number"
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most or (whole and value != int(value)):
            self.errors[name] = f"Give {kind} from {least:g} to {most:g}{unit}."
            return otherwise
        return value


def _plain(number: float) -> str:
    return f"{number:g}"
