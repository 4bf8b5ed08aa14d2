"""The object detector's model: as set-up makes it, as browsers get it, as `proctor doctor` finds it."""

import base64
import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from proctor_app import assets, doctor
from scripts import object_model


def test_set_up_and_pages_know_the_same_model() -> None:
    assert object_model.SHA256 == assets.OBJECT_MODEL_SHA256
    assert object_model.FOLDER == assets.OBJECT_MODEL


@pytest.mark.parametrize("name", assets.OBJECT_MODEL_SHA256)
def test_it_is_served_with_the_hash_that_pages_check(client: Any, name: str) -> None:
    response = client.get(f"/models/objects/{name}")

    found = hashlib.sha256(response.data)
    assert found.hexdigest() == assets.OBJECT_MODEL_SHA256[name]
    assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(found.digest()).decode()}:"


@pytest.mark.parametrize("name", ["weights.bin.partial", "..", "other.json"])
def test_nothing_else_is_served(client: Any, name: str) -> None:
    assert client.get(f"/models/objects/{name}").status_code == 404


def test_a_missing_and_a_damaged_one_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.object_model().works
    monkeypatch.setattr(assets, "OBJECT_MODEL", tmp_path)
    assert "missing" in doctor.object_model().detail
    for name in assets.OBJECT_MODEL_SHA256:
        (tmp_path / name).write_bytes(b"another model")
    damaged = doctor.object_model()
    assert not damaged.works and "damaged" in damaged.detail and "make setup" in damaged.advice


def test_halving_keeps_all_but_the_width_of_floats() -> None:
    specs = [{"name": "a", "shape": [2], "dtype": "float32"}, {"name": "b", "shape": [], "dtype": "int32"}]
    weights = struct.pack("<2f", 0.5, -3.25) + struct.pack("<i", 90)

    made = object_model.halved({"modelTopology": {"node": []}, "weightsManifest": [{"weights": specs}]}, weights)

    assert made["weights.bin"] == struct.pack("<2e", 0.5, -3.25) + struct.pack("<i", 90)
    group = json.loads(made["model.json"])["weightsManifest"][0]
    assert [spec.get("quantization", {}).get("dtype") for spec in group["weights"]] == ["float16", None]


def test_another_model_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(object_model.SetupError, match="it is not used"):
        object_model._check({"model.json": b"{}"}, object_model.SHA256)
    with pytest.raises(object_model.SetupError, match="not as long"):
        object_model.halved({"modelTopology": {}, "weightsManifest": [{"weights": []}]}, b"1234")
