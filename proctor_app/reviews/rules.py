"""The integrity score: a pure function of what counts and of the policy's weights. docs/scoring.md explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from proctor_app.incidents.kinds import FORMULA, KIND_LABELS, Kind
from proctor_app.policies.rules import Policy

FULL_SCORE = 100


@dataclass(frozen=True)
class Term:
    """One product of the formula: `count` incidents of a kind at `weight` points each, `cap` points at most."""

    kind: str
    label: str
    count: int
    weight: int
    cap: int | None = None

    @property
    def is_capped(self) -> bool:
        """Whether the cap binds: without it, this kind would take off more."""
        return self.cap is not None and self.count * self.weight > self.cap

    @property
    def points(self) -> int:
        """What this kind takes off."""
        return min(self.count * self.weight, self.cap) if self.cap is not None else self.count * self.weight

    @property
    def product(self) -> str:
        """How it stands in the formula: `3·2`, or `min(9·2, 10)` where the cap binds."""
        plain = f"{self.count}·{self.weight}"
        return f"min({plain}, {self.cap})" if self.is_capped else plain


@dataclass(frozen=True)
class Score:
    """`score` is never below 0; `raw` is the plain sum, which may be."""

    score: int
    raw: int
    counts: dict[str, int]
    weights: dict[str, int]
    caps: dict[str, int] = field(default_factory=dict)

    @property
    def terms(self) -> list[Term]:
        """The terms of the formula: the three published kinds always, others where they take points off."""
        kinds = list(FORMULA) + [k for k in Kind if k not in FORMULA and self.counts.get(k) and self.weights.get(k)]
        return [Term(k, KIND_LABELS[k], self.counts.get(k, 0), self.weights.get(k, 0), self.caps.get(k)) for k in kinds]

    @property
    def formula(self) -> str:
        """The formula with its numbers, such as `100 − (2·2 + 1·3 + 0·5)`."""
        return f"{FULL_SCORE} − ({' + '.join(term.product for term in self.terms)})"

    @property
    def capped(self) -> list[Term]:
        """The terms whose cap binds: their incidents together take off less than the points beside each."""
        return [term for term in self.terms if term.is_capped]


def integrity_score(counts: Mapping[str, int], policy: Policy) -> Score:
    """100 minus weight times count over all kinds, 0 at the least (the classic policy's published formula).

    `counts` are incidents that were not dismissed, by kind. A kind without a weight takes nothing off, one with a cap
    takes off that much at most.
    """
    raw = FULL_SCORE - sum(points_off(kind, count, policy) for kind, count in counts.items())
    known = {str(kind): counts.get(kind, 0) for kind in Kind if kind in FORMULA or counts.get(kind)}
    weights, caps = ({str(kind): points for kind, points in table.items()} for table in (policy.weights, policy.caps))
    return Score(max(0, raw), raw, known, weights, caps)


def points_off(kind: str, count: int, policy: Policy) -> int:
    """What so many incidents of a kind take off."""
    lost = count * policy.weights.get(kind, 0)
    return min(lost, policy.caps[kind]) if kind in policy.caps else lost
