"""How much is tried, and what with: the same few examples on every run, or many others with `make fuzz`."""

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# FUZZ=100 tries a hundred times as many, and others each time.
FACTOR = int(os.environ.get("FUZZ") or 1)

# What breaks parsers, databases and pages more often than chance finds it.
NASTY_TEXTS = (
    "",
    "\0",
    "\ud800",
    "\u202egnp.exe",
    "=1+1",
    "a\r\nBcc: x@example.org",
    "$where",
    "a.b",
    "__proto__",
    "x" * 5000,
    "<script>alert(1)</script>",
    "NaN",
    "٣",
)
NASTY_NUMBERS = (-1, 0, -0.0, 0.5, 2**31, 2**53, 2**63, 2**64, 10**30, 1e308, -1e308, 4_102_444_800_001)

texts = st.one_of(st.sampled_from(NASTY_TEXTS), st.text(max_size=40))
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(NASTY_NUMBERS),
    texts,
)
anything = st.recursive(
    plain, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)), max_leaves=8
)


def budget(examples: int) -> settings:
    """Settings for a test that by default tries `examples`."""
    return settings(
        max_examples=examples * FACTOR,
        derandomize=FACTOR == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def spoiled(sound: dict[str, Any]) -> st.SearchStrategy[Any]:
    """`sound` with some fields replaced, left out or added; sometimes it whole, sometimes no object at all."""

    def apply(changes: dict[str, Any], without: set[str]) -> dict[str, Any]:
        return {name: value for name, value in {**sound, **changes}.items() if name not in without}

    fields = st.sampled_from([*sound, "extra"])
    objects = st.builds(apply, st.dictionaries(fields, anything, max_size=3), st.sets(fields, max_size=1))
    return st.one_of(objects, objects, objects, st.just(sound), anything)
