"""A person for the camera, cut out of the public-domain portrait that scikit-image ships, with a head that turns.

The portrait (`skimage.data.astronaut`, NASA, no download) is split into a body and a head. The head gets a depth at
each pixel, interpolated from a few points, so that it can be turned about the neck and drawn again. FaceLandmarker
reads the turned head's yaw within 5 degrees of the angle asked for, up to 45 degrees to either side.
"""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage
from scipy.interpolate import RBFInterpolator
from skimage import data

# All points are (x, y[, depth]) in pixels of the 512 x 512 portrait; depth grows away from the camera.
HAIR = [
    *((181, 132), (172, 130), (166, 120), (158, 112), (154, 100), (153, 85), (153, 70), (156, 60), (163, 52)),
    *((175, 43), (188, 37), (195, 28), (205, 22), (220, 17), (231, 15), (245, 17), (262, 23), (280, 33), (291, 45)),
    *((297, 60), (300, 80), (300, 95), (296, 108), (288, 120), (278, 128), (268, 136), (264, 140)),
]
JAW = [(263, 150), (258, 160), (248, 172), (236, 178), (222, 180), (206, 177), (194, 170), (186, 158), (183, 145)]
NECK = [(190, 148), (252, 148), (255, 172), (254, 180), (251, 187), (242, 191), (228, 190), (208, 186), (187, 181)]
BODY = [
    *((190, 150), (170, 149), (155, 152), (140, 159), (130, 169), (124, 179), (122, 186), (114, 188), (113, 205)),
    *((101, 219), (76, 238), (62, 252), (50, 267), (43, 290), (38, 330), (370, 330), (355, 310), (348, 285)),
    *((342, 268), (331, 254), (317, 243), (305, 236), (303, 230), (299, 219), (292, 207), (283, 196), (271, 185)),
    *((258, 176), (250, 176), (192, 176)),
]
FACE_DEPTH = [
    *((224, 131, -24), (224, 116, -17), (225, 101, -11), (225, 91, -13), (226, 72, -12), (221, 177, 10)),
    *((195, 101, 4), (255, 104, 4), (214, 104, 0), (236, 105, 0), (181, 110, 41), (270, 114, 40), (202, 139, 8)),
    *((245, 141, 7), (223, 143, -6), (191, 120, 2), (258, 123, 1), (209, 125, -4), (238, 126, -4), (224, 134, -12)),
    *((185, 149, 34), (261, 153, 33), (200, 168, 20), (243, 170, 20), (226, 45, 0), (200, 60, 5), (255, 60, 5)),
]
HAIR_DEPTH = 70
HEAD_X = 226  # the head's middle
NECK_AXIS = (HEAD_X, 40)  # x and depth of the line that the head turns about
HEAD_BOX = (100, 0, 352, 200)  # x0, y0, x1, y1: room for the head at any angle
FINE = 3  # the head is drawn this much finer and then shrunk: smooth edges


@cache
def portrait() -> np.ndarray:
    """The whole picture, float, 512 x 512 x 3, 0 to 255."""
    return data.astronaut().astype(np.float32)


@cache
def person(yaw: float = 0) -> np.ndarray:
    """Body and head on nothing: 330 x 512 x 4, premultiplied, 0 to 255. Positive yaw turns to the picture's right."""
    layer = np.zeros((330, 512, 4), np.float32)
    neck = _cut(NECK)
    # Under the chin there is no picture: the neck is drawn in its own colour, darker than the face.
    neck[..., :3] = neck[..., 3:] / 255 * np.array((150, 105, 85), np.float32)
    _over(layer, neck)
    _over(layer, _cut(BODY))
    x0, y0, x1, y1 = HEAD_BOX
    _over(layer[y0:y1, x0:x1], _head(yaw))
    return layer


def _cut(outline: list[tuple[int, int]]) -> np.ndarray:
    """What lies inside the outline, with a soft edge; premultiplied, 330 x 512 x 4."""
    alpha = _mask(outline, 1)[:330]
    return np.concatenate([portrait()[:330] * alpha[..., None], alpha[..., None] * 255], axis=-1)


def _mask(outline: list[tuple[int, int]], scale: int) -> np.ndarray:
    canvas = Image.new("L", (512 * 4, 512 * 4))
    ImageDraw.Draw(canvas).polygon([(4 * x, 4 * y) for x, y in outline], fill=255)
    small = canvas.resize((512 * scale, 512 * scale), Image.Resampling.LANCZOS)
    return np.asarray(small.filter(ImageFilter.GaussianBlur(0.8 * scale)), np.float32) / 255


def _over(layer: np.ndarray, above: np.ndarray) -> None:
    layer *= 1 - above[..., 3:] / 255
    layer += above


@cache
def _depth() -> np.ndarray:
    """Depth of each pixel of the head's box, in pixels."""
    points = np.array([*FACE_DEPTH, *((x, y, HAIR_DEPTH) for x, y in HAIR)], float)
    surface = RBFInterpolator(points[:, :2], points[:, 2], kernel="thin_plate_spline", smoothing=20)
    x0, y0, x1, y1 = HEAD_BOX
    y, x = np.mgrid[y0:y1, x0:x1]
    return surface(np.stack([x.ravel(), y.ravel()], axis=-1)).reshape(x.shape)


def _head(yaw: float) -> np.ndarray:
    """The head turned by `yaw` degrees, premultiplied, in its box. Line by line, far points first."""
    x0, y0, x1, y1 = HEAD_BOX
    alpha = _mask(HAIR + JAW, 1)[y0:y1, x0:x1, None]
    flat = np.concatenate([portrait()[y0:y1, x0:x1], alpha * 255], axis=-1)
    source = ndimage.zoom(flat, (FINE, FINE, 1), order=1)
    depth = ndimage.zoom(_depth(), FINE, order=1) - NECK_AXIS[1]
    across = np.linspace(x0, x1, source.shape[1]) - NECK_AXIS[0]
    cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    out = np.zeros_like(source)
    for row in range(len(source)):
        inside = np.flatnonzero(source[row, :, 3] > 8)
        if len(inside) < 2:
            continue
        # Four samples a pixel leave no holes where the surface is stretched.
        at = np.linspace(inside[0], inside[-1], 4 * len(inside))
        turned_x = np.interp(at, inside, across[inside] * cos - depth[row, inside] * sin)
        turned_depth = np.interp(at, inside, across[inside] * sin + depth[row, inside] * cos)
        colour = np.stack([np.interp(at, inside, source[row, inside, i]) for i in range(4)], axis=-1)
        order = np.argsort(-turned_depth)
        column = np.rint((turned_x[order] + NECK_AXIS[0] - x0) * FINE).astype(int).clip(0, source.shape[1] - 1)
        out[row, column] = colour[order]
    out[..., :3] *= out[..., 3:] / 255
    rows, columns = y1 - y0, x1 - x0
    return out.reshape(rows, FINE, columns, FINE, 4).mean(axis=(1, 3), dtype=np.float32)
