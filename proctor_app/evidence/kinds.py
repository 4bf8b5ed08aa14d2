"""Stills: how one is made, and by which way it is seen."""

from enum import StrEnum


class Style(StrEnum):
    """How a still is made. A policy's `evidence` is one of these, or `off`."""

    STILL = "still"
    LINE_ART = "line_art"


class Door(StrEnum):
    """By which way a still was seen."""

    CONSOLE = "console"
    REPORT = "report"
    EXPORT = "export"
