"""Photographs of people as a camera would see them sit still: for faces that the footage lacks.

They lie beside the project (MEDIA_DIR) and are used in place. A photograph is no person: it shows whether a
face is found and followed, and nothing about how people move.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from config import ROOT
from tests.browser import scenes

FOLDER = Path(os.environ.get("MEDIA_DIR") or ROOT.parent / "shared" / "media") / "photos"
MARK = "photo:"
SWAY_PIXELS = 3.0
# name: (file, left, top, width) of the part that the camera sees, 4 by 3, in the photograph's pixels.
PARTS = {
    "obama": ("facerec_obama.jpg", 40, 0, 830),
    "marie": ("ctmd_marie.jpg", 0, 60, 1280),
    "ivana": ("ctmd_ivana-square.jpg", 0, 180, 1280),
    "two": ("facerec_two_people.jpg", 130, 0, 870),
    "phone": ("ctmk_mariya-georgieva.jpg", 40, 235, 760),
    "room": ("ctargon_room_empty.jpg", 100, 0, 860),
}


def are_here() -> bool:
    """Whether all of them are there."""
    return all((FOLDER / part[0]).is_file() for part in PARTS.values())


def rgb(scene: str, phase: float) -> np.ndarray:
    """As `scenes.rgb`, for `photo:NAME`: the picture sways by a few pixels once a loop."""
    image, left, top, width = _part(scene.removeprefix(MARK))
    step = SWAY_PIXELS * width / scenes.WIDTH
    angle = 2 * np.pi * phase
    x = left + step * (1 + np.sin(angle))
    y = top + step * (1 + np.cos(2 * angle))
    size = (width - 2 * step, (width - 2 * step) * scenes.HEIGHT / scenes.WIDTH)
    if scene == f"{MARK}room":
        x, y = left + step, top + step
    box = (x, y, x + size[0], y + size[1])
    small = image.resize((scenes.WIDTH, scenes.HEIGHT), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    return np.asarray(small, np.float32)


@cache
def _part(name: str) -> tuple[Image.Image, int, int, int]:
    file, left, top, width = PARTS[name]
    return Image.open(FOLDER / file).convert("RGB"), left, top, width
