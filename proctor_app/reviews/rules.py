"""The integrity score: a pure function of what counts and of the policy's weights. docs/scoring.md explains it."""

from collections.abc import Mapping
from dataclasses import dataclass

from proctor_app.incidents.kinds import FORMULA, KIND_LABELS, Kind

FULL_SCORE = 100


@dataclass(frozen=True)
class Term:
    """One product of the formula: `count` incidents of a kind at `weight` points each."""

    kind: str
    label: str
    count: int
    weight: int

    @property
    def points(self) -> int:
        """What this kind takes off."""
        return self.count * self.weight


@dataclass(frozen=True)
class Score:
    """`score` is never below 0; `raw` is the plain sum, which may be."""

    score: int
    raw: int
    counts: dict[str, int]
    weights: dict[str, int]

    @property
    def terms(self) -> list[Term]:
        """The terms of the formula: the three published kinds always, others where they take points off."""
        kinds = list(FORMULA) + [k for k in Kind if k not in FORMULA and self.counts.get(k) and self.weights.get(k)]
        return [Term(k, KIND_LABELS[k], self.counts.get(k, 0), self.weights.get(k, 0)) for k in kinds]

    @property
    def formula(self) -> str:
        """The formula with its numbers, such as `100 − (2·2 + 1·3 + 0·5)`."""
        return f"{FULL_SCORE} − ({' + '.join(f'{term.count}·{term.weight}' for term in self.terms)})"


def integrity_score(counts: Mapping[str, int], weights: Mapping[str, int]) -> Score:
    """100 minus weight times count over all kinds, 0 at the least (the classic policy's published formula).

    `counts` are incidents that were not dismissed, by kind; `weights` are points by kind. A kind without a weight
    takes nothing off.
    """
    raw = FULL_SCORE - sum(count * weights.get(kind, 0) for kind, count in counts.items())
    known = {str(kind): counts.get(kind, 0) for kind in Kind if kind in FORMULA or counts.get(kind)}
    return Score(max(0, raw), raw, known, {str(kind): points for kind, points in weights.items()})
