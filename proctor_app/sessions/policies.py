"""Policies, by their old address: they are a feature of their own now, `proctor_app.policies`."""

from proctor_app.policies.kinds import ADVISORY, DETECTORS
from proctor_app.policies.rules import BY_NAME, CLASSIC, STRICT, THRESHOLDS, Policy, current, from_dict

__all__ = ["ADVISORY", "BY_NAME", "CLASSIC", "DETECTORS", "STRICT", "THRESHOLDS", "Policy", "current", "from_dict"]
