"""A telephone in a hand, drawn: from behind, as it is held up beside the face. The object model takes it for one."""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# In pixels of the picture, 480 by 360.
SIZE = (40, 81)
AT = (308, 232)
ANGLE = 12
SKIN, EDGE = (198, 150, 125), (150, 105, 85)
FINE = 4  # drawn this much finer and then shrunk: smooth edges


def hold(canvas: np.ndarray) -> None:
    """Draw it, with the hand, over the RGB picture `canvas` (0 to 255)."""
    layer = np.asarray(_layer(canvas.shape[1], canvas.shape[0]), np.float32)
    share = layer[..., 3:] / 255
    canvas *= 1 - share
    canvas += layer[..., :3] * share


@cache
def _layer(width: int, height: int) -> Image.Image:
    image = Image.new("RGBA", (width, height), (*SKIN, 0))
    phone = _phone().rotate(ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
    image.paste(phone, AT, phone)
    draw = ImageDraw.Draw(image)
    (wide, high), x, y = SIZE, AT[0] + phone.width // 2, AT[1] + round(phone.height * 0.72)
    for finger in range(4):
        top = y + (0.13 * finger - 0.2) * high
        box = (x + 0.32 * wide, top, x + 0.78 * wide, top + 0.11 * high)
        draw.rounded_rectangle(box, 6, fill=SKIN, outline=EDGE)
    thumb = (x - 0.72 * wide, y - 0.15 * high, x - 0.34 * wide, y + 0.28 * high)
    draw.rounded_rectangle(thumb, 7, fill=SKIN, outline=EDGE)
    draw.rounded_rectangle((x - 0.55 * wide, y + 0.24 * high, x + 0.6 * wide, height), 13, fill=SKIN, outline=EDGE)
    return image.filter(ImageFilter.GaussianBlur(0.5))


def _phone() -> Image.Image:
    """The back, with its two cameras."""
    wide, high = SIZE[0] * FINE, SIZE[1] * FINE
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, wide - 1, high - 1), wide * 0.14, fill=(18, 18, 20), outline=(90, 90, 95), width=6)
    draw.rounded_rectangle((9, 9, wide * 0.5, high * 0.22), wide * 0.07, fill=(30, 30, 34))
    for camera in range(2):
        top = 15 + camera * high * 0.09
        draw.ellipse((15, top, 15 + wide * 0.2, top + wide * 0.2), fill=(5, 5, 8), outline=(80, 80, 90), width=3)
    return image.resize(SIZE, Image.Resampling.LANCZOS)
