"""The face model as browsers get it: with the hash that they check it by."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from proctor_app import assets

ROUTE = "/models/face_landmarker.task"


def test_the_known_model_is_served_with_its_hash(client: Any) -> None:
    response = client.get(ROUTE)

    assert hashlib.sha256(response.data).hexdigest() == assets.FACE_MODEL_SHA256
    assert named(response) == assets.FACE_MODEL_SHA256


@pytest.fixture
def damaged(settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the model's name and place that is not the model."""
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(b"damaged")
    settings["FACE_MODEL_PATH"] = str(path)
    monkeypatch.setattr(assets, "KNOWN_FACE_MODEL", path)


@pytest.mark.usefixtures("damaged")
def test_a_damaged_model_does_not_pass_for_the_known_one(client: Any) -> None:
    response = client.get(ROUTE)

    assert response.data == b"damaged"
    assert named(response) == assets.FACE_MODEL_SHA256


@pytest.fixture
def own(settings: dict[str, str], tmp_path: Path) -> Path:
    """An operator's own model."""
    path = tmp_path / "own.task"
    path.write_bytes(b"our own model")
    settings["FACE_MODEL_PATH"] = str(path)
    return path


def test_an_own_model_is_named_as_it_is_now(own: Path, client: Any) -> None:
    assert named(client.get(ROUTE)) == hashlib.sha256(b"our own model").hexdigest()
    own.write_bytes(b"a newer one of a different length")
    assert named(client.get(ROUTE)) == hashlib.sha256(own.read_bytes()).hexdigest()


def named(response: Any) -> str:
    """The hash in the `Repr-Digest` field (RFC 9530)."""
    field = response.headers["Repr-Digest"]
    assert field.startswith("sha-256=:") and field.endswith(":")
    return base64.b64decode(field.removeprefix("sha-256=:")[:-1]).hex()
