"""What a policy does, shown on a made-up interview: which moments it notes, what they cost, and in words. Pure.

It is computed with the functions that score real interviews, so the preview cannot promise something else.
"""

from collections import Counter
from dataclasses import dataclass

from proctor_app.incidents.kinds import KIND_LABELS, Kind, Reason, label
from proctor_app.incidents.words import points
from proctor_app.policies.kinds import DETECTORS, FOCUS_LOSS, MEANINGS, PHASE_LABELS, SCORED, Phase, kind_of
from proctor_app.policies.rules import CLASSIC, THRESHOLDS, Policy
from proctor_app.reviews.rules import Score, integrity_score

# Forty minutes with more in them than most interviews have: moments by detector, in seconds. 0 is a moment at once.
SAMPLE: dict[str, tuple[float, ...]] = {
    "face_not_visible": (1.5, 3.5, 6),
    "looking_away": (2, 4, 5.5, 7, 12, 20),
    "window_blur": (1, 2.5, 15),
    "absence": (8, 12, 45),
    "multiple_faces": (1, 3),
    "camera_blocked": (2, 5),
    "camera_frozen": (12,),
    "camera_changed": (0,),
    "phone_visible": (1, 4),
    "book_visible": (3,),
    "second_voice": (2, 3.5, 8),
    "extra_display": (0,),
    "fullscreen_exit": (0,),
    "clipboard_paste": (0, 0),
    "devtools_open": (0,),
    "monitoring_gap": (6,),
    "monitor_mismatch": (8,),
}


@dataclass(frozen=True)
class Moment:
    """One moment of the sample. `as_kind` is what it is noted as, or None."""

    text: str
    as_kind: str | None


@dataclass(frozen=True)
class Line:
    """One detector: what it does in words, and its moments."""

    key: str
    label: str
    is_on: bool
    words: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Group:
    """One kind: its detectors, how many of the sample's moments count, and what they take off."""

    kind: str
    label: str
    lines: tuple[Line, ...]
    count: int
    words: str
    lost: str
    is_capped: bool


@dataclass(frozen=True)
class Preview:
    """The sample under a policy, and the score it would have under the published one."""

    groups: tuple[Group, ...]
    score: Score
    classic: Score
    noted: int
    moments: int


def preview(policy: Policy) -> Preview:
    """What `policy` makes of the sample."""
    seen = {key: tuple(noted_as(policy, key, seconds) for seconds in SAMPLE[key]) for key in DETECTORS}
    score = integrity_score(_counts(policy), policy)
    by_kind = {term.kind: term for term in score.terms}
    groups = []
    for kind in SCORED:
        lines = tuple(_line(policy, key, seen[key]) for key in DETECTORS if kind_of(key) == kind)
        term = by_kind.get(Kind(kind))
        count = sum(1 for key in DETECTORS for noted in seen[key] if noted == kind)
        words = worth(policy, kind) if any(line.is_on for line in lines) else "not watched for"
        lost = points(term.points) if term else "0"
        groups.append(Group(kind, KIND_LABELS[Kind(kind)], lines, count, words, lost, bool(term and term.is_capped)))
    return Preview(
        groups=tuple(groups),
        score=score,
        classic=integrity_score(_counts(CLASSIC), CLASSIC),
        noted=sum(group.count for group in groups),
        moments=sum(len(moments) for moments in SAMPLE.values()),
    )


def noted_as(policy: Policy, detector: str, seconds: float) -> str | None:
    """The kind that a moment of so many seconds is noted as; None when it is not noted."""
    if detector in policy.detectors and seconds >= policy.thresholds.get(detector, 0):
        return kind_of(detector)
    # Whoever leaves is a face that is not visible first.
    if detector == "absence":
        return noted_as(policy, "face_not_visible", seconds)
    return None


def _counts(policy: Policy) -> Counter[str]:
    noted = (noted_as(policy, key, seconds) for key, moments in SAMPLE.items() for seconds in moments)
    return Counter(kind for kind in noted if kind)


def _line(policy: Policy, key: str, seen: tuple[str | None, ...]) -> Line:
    texts = [f"{seconds:g} s" if seconds else "once" for seconds in SAMPLE[key]]
    moments = tuple(Moment(text, kind) for text, kind in zip(texts, seen, strict=True))
    return Line(key, detector_label(key), key in policy.detectors, meaning(policy, key), moments)


def detector_label(key: str) -> str:
    """What a detector notes, in a word or two."""
    return label(Kind.FOCUS_LOSS, Reason(key)) if kind_of(key) == FOCUS_LOSS else label(key)


def meaning(policy: Policy, key: str) -> str:
    """When a detector notes something, in words."""
    return MEANINGS[key].format(f"{policy.thresholds[key]:g} s" if key in THRESHOLDS else "")


def worth(policy: Policy, kind: str) -> str:
    """What incidents of a kind take off, in words."""
    weight, cap = policy.weights.get(kind, 0), policy.caps.get(kind)
    if weight == 0 or cap == 0:
        return "shown, not scored"
    each = f"{weight} point{'s' if weight > 1 else ''} each"
    if cap is None:
        return f"{each}; {-(-100 // weight)} would take all 100"
    return f"{each}, {cap} at most: reached with {-(-cap // weight)}"


def differences(before: Policy, after: Policy) -> list[str]:
    """What changed from one version of a policy to the next, each in a few words."""
    told = [f"name: {before.name} → {after.name}"] if before.name != after.name else []
    for key in DETECTORS:
        if (key in before.detectors) != (key in after.detectors):
            told.append(f"{detector_label(key)}: {'on' if key in after.detectors else 'off'}")
        if before.thresholds.get(key) != after.thresholds.get(key):
            told.append(f"{detector_label(key)}: {before.thresholds[key]:g} s → {after.thresholds[key]:g} s")
    for kind in SCORED:
        name = KIND_LABELS[Kind(kind)]
        if before.weights.get(kind, 0) != after.weights.get(kind, 0):
            told.append(f"{name}: {before.weights.get(kind, 0)} → {after.weights.get(kind, 0)} points")
        if before.caps.get(kind) != after.caps.get(kind):
            was, now = (policy.caps.get(kind, "no limit") for policy in (before, after))
            told.append(f"{name}, at most: {was} → {now}")
    for phase in Phase:
        if set(before.relaxed.get(phase, ())) != set(after.relaxed.get(phase, ())):
            told.append(f"{PHASE_LABELS[phase]}: other things are not noted")
    if before.evidence != after.evidence:
        told.append(f"pictures: {_word(before.evidence)} → {_word(after.evidence)}")
    if before.frames_per_second != after.frames_per_second:
        told.append(f"pictures a second: {before.frames_per_second:g} → {after.frames_per_second:g}")
    if before.grace_seconds != after.grace_seconds:
        told.append(f"time to think: {before.grace_seconds:g} s → {after.grace_seconds:g} s")
    return told


def _word(evidence: str) -> str:
    return str(evidence).replace("_", " ")
