"""What becomes of a picture from a stranger: its pixels, and nothing else."""

import io
import struct
from typing import Any

import pytest
from PIL import Image

from proctor_app.errors import ProctorError
from proctor_app.evidence.payloads import JPEG_BYTES, EvidencePayload
from proctor_app.evidence.pictures import cleaned
from tests.evidence.conftest import jpeg

OBSERVATION = "b52da354-3b98-48e7-a5ad-c2f3d9ecc970"


def test_the_pixels_survive_and_nothing_else_does() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Maker of the camera", "a place at home"
    secret = jpeg(colour=(200, 40, 60), exif=exif, comment=b"made by Asha", icc_profile=b"a profile")
    secret += b"PK a second file"
    made = cleaned(secret)
    for word in (b"Maker", b"home", b"Asha", b"profile", b"second", b"Exif"):
        assert word in secret or word == b"home"
        assert word not in made.jpeg
    shown = Image.open(io.BytesIO(made.jpeg))
    assert (made.width, made.height) == shown.size == (320, 240)
    assert max(abs(a - b) for a, b in zip(shown.getpixel((160, 120)), (200, 40, 60), strict=True)) < 6
    assert not {"comment", "exif", "icc_profile"} & set(shown.info)


def test_grey_is_taken_and_noise_is_made_to_fit() -> None:
    grey = io.BytesIO()
    Image.new("L", (64, 48), 130).save(grey, "JPEG")
    assert cleaned(grey.getvalue()).width == 64
    noise = io.BytesIO()
    Image.effect_noise((480, 360), 80).convert("RGB").save(noise, "JPEG", quality=10)
    assert len(noise.getvalue()) < JPEG_BYTES and len(cleaned(noise.getvalue()).jpeg) <= JPEG_BYTES


def claims(width: int, height: int) -> bytes:
    """A small file whose head says that the picture is this large."""
    data = bytearray(jpeg(32, 32))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def encoded(mode: str, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (64, 48)).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(claims(65_000, 65_000), id="says it is of four gigapixels"),
        pytest.param(jpeg(641, 100), id="too wide"),
        pytest.param(jpeg(8, 8), id="too small to show anything"),
        pytest.param(jpeg()[:400], id="cut off"),
        pytest.param(b"\xff\xd8\xff" + b"\0" * 500, id="only begins like one"),
        pytest.param(encoded("RGB", "JPEG", progressive=True), id="in passes"),
        pytest.param(encoded("CMYK", "JPEG"), id="for printing"),
        pytest.param(encoded("RGB", "PNG"), id="another format"),
    ],
)
def test_what_cannot_be_read_within_limits_is_refused(data: bytes) -> None:
    with pytest.raises(ProctorError) as refused:
        cleaned(data)
    assert (refused.value.code, refused.value.field) == ("invalid", "jpeg")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("observation", "not-a-uuid"),
        ("observation", None),
        ("at", "now"),
        ("at", True),
        ("at", float("nan")),
        ("jpeg", "text"),
        ("jpeg", None),
        ("jpeg", b"\x89PNG\r\n"),
        ("jpeg", b"\xff\xd8\xff" + b"x" * JPEG_BYTES),
    ],
)
def test_a_bad_field_of_the_message_is_named(field: str, value: Any) -> None:
    with pytest.raises(ProctorError) as refused:
        EvidencePayload.parse({"observation": OBSERVATION, "at": 1_795_518_528_655, "jpeg": jpeg(), field: value})
    assert (refused.value.code, refused.value.field) == ("invalid", field)
