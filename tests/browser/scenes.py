"""What the candidate's camera can be made to see: short loops of frames, each with slight natural motion and noise.

A scene is LOOP frames of planar YUV 4:2:0 (as in a Y4M file), whose last frame leads into its first.
"""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.browser import phone, portrait

WIDTH, HEIGHT, FPS = 480, 360, 10
LOOP = 2 * FPS
SCALE = WIDTH / 360  # of the portrait's pixels
LEFT = 50  # where the picture begins in the portrait
TURNED = 35  # degrees of yaw, well past what counts as looking at the screen
NOISE = 2.5  # standard deviation of the sensor's noise, of 255

# name: how many faces it shows
FACES = {"present": 1, "absent": 0, "two_faces": 2, "turned": 1, "covered": 0} | {
    # For the bench: to look at the side of a screen; a second person behind the first, half outside, and at the wall.
    **{"aside": 1, "overlapping": 2, "half_outside": 2, "far": 2},
    # A telephone held up; a portrait on the wall, of the far person's size.
    **{"phone": 1, "poster": 1},
}
ASIDE = -12  # degrees of yaw, well within what counts as looking at the screen
SECOND_PERSON = {"two_faces": ((385, 40), 0.8), "half_outside": ((462, 30), 0.9), "far": ((400, 166), 0.45)}
BEHIND = ((305, 10), 0.85)


@cache
def frames(scene: str) -> tuple[bytes, ...]:
    """The loop of `scene`, one of FACES."""
    noise = np.random.default_rng(7).normal(0, NOISE, (8, HEIGHT, WIDTH, 1)).astype(np.float32)
    pictures = (rgb(scene, index / LOOP) for index in range(LOOP))
    share = noise_share(scene)
    return tuple(to_yuv(picture + share * noise[index % len(noise)]) for index, picture in enumerate(pictures))


def noise_share(scene: str) -> float:
    """How much of the sensor's noise there is: a covered lens gets no light, so its sensor shows next to none."""
    return 0.2 if scene == "covered" else 1


def picture(scene: str) -> Image.Image:
    """One frame of `scene` to look at."""
    return Image.fromarray(rgb(scene, 0).clip(0, 255).astype(np.uint8))


def rgb(scene: str, phase: float) -> np.ndarray:
    """RGB as float, 0 to 255, at `phase` (0 to 1) of the loop, without noise."""
    if scene == "covered":
        return np.full((HEIGHT, WIDTH, 3), 2, np.float32)
    canvas = _room().copy()
    if scene in SECOND_PERSON:
        _place(canvas, _second_person(), *SECOND_PERSON[scene], phase + 0.3)
    if scene == "poster":
        _place(canvas, _second_person(), *SECOND_PERSON["far"], 0.3)
    if scene == "overlapping":
        _place(canvas, _second_person(), *BEHIND, phase + 0.3)
    if scene != "absent":
        yaw = {"turned": TURNED, "aside": ASIDE}.get(scene, 0)
        _place(canvas, portrait.person(yaw), (235, 0), 1, phase)
    if scene == "phone":
        phone.hold(canvas)
    return canvas


def _second_person() -> np.ndarray:
    """The same portrait mirrored about the head, with other colours: good enough for a second face."""
    mirrored = np.roll(portrait.person()[:, ::-1], 2 * portrait.HEAD_X - 511, axis=1)
    return mirrored * np.array((0.8, 0.9, 1.0, 1.0), np.float32)


def _place(canvas: np.ndarray, layer: np.ndarray, at: tuple[int, int], scale: float, phase: float) -> None:
    """Put a person's head at column `at[0]`, its top at line `at[1]`. They sway and breathe once a loop."""
    factor = SCALE * scale
    size = (round(layer.shape[1] * factor), round(layer.shape[0] * factor))
    # Shifts of a fraction of a pixel are made while resizing, so that the motion is smooth.
    margin, angle = 8, 2 * np.pi * phase
    x, y = margin + 3 * np.sin(angle) / factor, margin + 1.5 * np.cos(2 * angle) / factor
    box = (x, y, x + layer.shape[1], y + layer.shape[0])
    padded = np.pad(layer, ((margin, margin), (margin, margin), (0, 0))).astype(np.uint8)
    image = Image.frombuffer("RGBa", padded.shape[1::-1], padded.tobytes())
    resized = image.resize(size, Image.Resampling.BILINEAR, box=box)
    drawn = np.frombuffer(resized.tobytes(), np.uint8).reshape(size[1], size[0], 4).astype(np.float32)
    left, top = round(at[0] - portrait.HEAD_X * factor), at[1]
    drawn = drawn[: HEIGHT - top, max(0, -left) : WIDTH - left]
    part = canvas[top : top + drawn.shape[0], max(0, left) : max(0, left) + drawn.shape[1]]
    part *= 1 - drawn[..., 3:] / 255
    part += drawn[..., :3]


@cache
def _room() -> np.ndarray:
    """An empty room: a wall lit from the left, a window, a shelf with books."""
    wall = np.linspace(200, 150, WIDTH, dtype=np.float32)[None, :, None] * np.array((1.0, 0.97, 0.92), np.float32)
    image = Image.fromarray(np.broadcast_to(wall, (HEIGHT, WIDTH, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 30, 120, 200), fill=(225, 235, 240), outline=(120, 110, 100), width=5)
    draw.line((70, 30, 70, 200), fill=(120, 110, 100), width=4)
    draw.rectangle((330, 130, 470, 138), fill=(110, 80, 55))
    books = ((150, 50, 45), (60, 80, 120), (200, 180, 120), (70, 100, 70), (110, 60, 100), (190, 120, 60))
    for index in range(11):
        top = 75 + (index * 17) % 23
        draw.rectangle((338 + index * 11, top, 346 + index * 11, 129), fill=books[index % len(books)])
    draw.rectangle((0, 300, WIDTH, HEIGHT), fill=(120, 95, 75))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), np.float32)


def to_yuv(picture: np.ndarray) -> bytes:
    """BT.601, limited range, 4:2:0: the three planes one after the other."""
    red, green, blue = np.moveaxis(picture.clip(0, 255), -1, 0)
    luma = 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256
    cb = 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256
    cr = 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256
    small = [plane.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for plane in (cb, cr)]
    return b"".join(np.rint(plane).astype(np.uint8).tobytes() for plane in (luma, *small))
