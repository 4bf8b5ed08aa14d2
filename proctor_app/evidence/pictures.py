"""A stranger's JPEG becomes one of our own: decoded within limits, and encoded anew from its pixels alone.

Nothing of the file survives: no EXIF with a place or a device, no comment, no profile, no second file behind the
picture's end. A few kilobytes can claim a picture of gigabytes, or hold thousands of passes over a small one; both
are refused by what the head of the file says, before any pixel is decoded.
"""

import io
from dataclasses import dataclass

from PIL import Image

from proctor_app.errors import ProctorError, invalid
from proctor_app.evidence.payloads import JPEG_BYTES

# The candidate's page sends 320 by 240.
LONGEST_SIDE = 640
SHORTEST_SIDE = 16
MODES = ("RGB", "L")
# Tried from the left until the picture is small enough; the first does for nearly all.
QUALITIES = (82, 70, 50, 30, 10)


@dataclass(frozen=True)
class Picture:
    """A JPEG that this process has written, with its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def cleaned(jpeg: bytes) -> Picture:
    """The picture in `jpeg`, encoded anew in at most JPEG_BYTES. Raises `invalid`."""
    try:
        pixels = _decoded(jpeg)
    except ProctorError:
        raise
    except Exception:
        # A decoder that is fed anything may raise anything.
        raise invalid("jpeg", "jpeg holds no picture that can be read to its end.") from None
    for quality in QUALITIES:
        file = io.BytesIO()
        pixels.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= JPEG_BYTES:
            return Picture(file.getvalue(), *pixels.size)
    raise invalid("jpeg", "jpeg holds a picture that does not get small enough.")


def _decoded(jpeg: bytes) -> Image.Image:
    """The bare pixels. Raises `invalid`, and whatever the decoder raises."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        if max(opened.size) > LONGEST_SIDE or min(opened.size) < SHORTEST_SIDE:
            raise invalid("jpeg", f"jpeg must be {SHORTEST_SIDE} to {LONGEST_SIDE} pixels wide and high.")
        if opened.mode not in MODES or opened.info.get("progressive"):
            raise invalid("jpeg", "jpeg must be a baseline JPEG in colour or grey, as browsers write it.")
        pixels = opened.convert("RGB")
    # A picture made of bytes has no memory of the file that it came from.
    return Image.frombytes("RGB", pixels.size, pixels.tobytes())
