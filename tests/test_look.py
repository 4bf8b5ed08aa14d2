"""The colours that pages put on one another are readable in both schemes (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "proctor_app/static/css/tokens.css"
GROUNDS = ("paper", "surface", "sunken", "hover")
KINDS = ("focus-loss", "absence", "multiple-faces", "technical")

TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "ink-soft", "accent", "danger", "attention", "good") for ground in GROUNDS),
    *((f"on-{name}", f"{name}-fill{state}") for name in ("accent", "danger") for state in ("", "-hover")),
    *((name, f"{name}-soft") for name in ("accent", "danger", "attention", "good")),
    *(("ink", f"{name}-soft") for name in ("accent", "danger", "attention", "good")),
    *((f"kind-{kind}", f"kind-{kind}-soft") for kind in KINDS),
    *((f"kind-{kind}", ground) for kind in (*KINDS, "advisory") for ground in GROUNDS),
]
EDGE_ON_GROUND = [("edge", "surface"), ("edge", "paper"), ("accent", "surface"), ("accent", "paper")]


def read_tokens() -> dict[str, tuple[str, str]]:
    """Each colour by name, as (light, dark)."""
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1, as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("wanted", "pairs"), [(4.5, TEXT_ON_GROUND), (3.0, EDGE_ON_GROUND)], ids=["text", "edges of controls"]
)
def test_colours_are_readable(scheme: str, wanted: float, pairs: list[tuple[str, str]]) -> None:
    tokens = read_tokens()
    index = ("light", "dark").index(scheme)
    ratios = {(front, ground): contrast(tokens[front][index], tokens[ground][index]) for front, ground in pairs}
    too_low = {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < wanted}
    assert not too_low
