"""Files that browsers load: our own static files, the packages that npm installed, the face model.

Nothing comes from another origin. Each npm package is opened by one named folder, so that a request can reach
the files we serve on purpose and no others.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, send_file, send_from_directory
from markupsafe import Markup

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
VENDOR = {
    "htmx": NODE_MODULES / "htmx.org" / "dist",
    "socket.io": NODE_MODULES / "socket.io-client" / "dist",
    "tasks-vision": NODE_MODULES / "@mediapipe" / "tasks-vision",
    "onnxruntime-web": NODE_MODULES / "onnxruntime-web" / "dist",
    "silero-vad": NODE_MODULES / "@ricky0123" / "vad-web" / "dist",
    "tfjs-core": NODE_MODULES / "@tensorflow" / "tfjs-core" / "dist",
    "tfjs-converter": NODE_MODULES / "@tensorflow" / "tfjs-converter" / "dist",
    "tfjs-backend-wasm": NODE_MODULES / "@tensorflow" / "tfjs-backend-wasm" / "dist",
}
ICONS = NODE_MODULES / "lucide-static" / "icons"
# The face model that set-up fetches, and the only one whose accuracy this project knows.
KNOWN_FACE_MODEL = ROOT / "var" / "models" / "face_landmarker.task"
FACE_MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
# The object detector's model in two files, as scripts/object_model.py makes them.
OBJECT_MODEL = ROOT / "var" / "models" / "objects"
OBJECT_MODEL_SHA256 = {
    "model.json": "63c2fecfd0c6c0dd8fcfa45830896a7a461614e3869ff8636f6c9e255069560c",
    "weights.bin": "bb2d471f6044b37e2cccc68cf620cfc177aeeaff1e7b3eb73bc1894578ed6df9",
}

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve the vendor files and the model, and give templates `icon()` and `asset()`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["icon"] = icon
    version = _tree_hash(Path(app.static_folder or ""))
    app.jinja_env.globals["asset"] = lambda path: f"/static/{path}?v={version}"


@blueprint.get("/vendor/<package>/<path:name>")
def vendor(package: str, name: str) -> Response:
    """One file of a browser package."""
    folder = VENDOR.get(package)
    if folder is None:
        abort(404)
    # An ES module must have a JavaScript type; older mime tables do not know `.mjs`.
    mimetype = "text/javascript" if name.endswith((".js", ".mjs")) else None
    return send_from_directory(folder, name, mimetype=mimetype, max_age=3600)


@blueprint.get("/models/face_landmarker.task")
def face_model() -> Response:
    """The face landmark model that the vision worker loads."""
    path = current_app.config["PROCTOR"].face_model_path
    if not path.is_file():
        abort(404)
    return _with_digest(path, _wanted_hash(path, path.stat().st_mtime_ns))


@blueprint.get("/models/objects/<name>")
def object_model(name: str) -> Response:
    """One file of the model with which the object worker looks for people, phones and books."""
    if name not in OBJECT_MODEL_SHA256 or not (OBJECT_MODEL / name).is_file():
        abort(404)
    return _with_digest(OBJECT_MODEL / name, OBJECT_MODEL_SHA256[name])


def _with_digest(path: Path, wanted: str) -> Response:
    """The model file `path`. The page computes its hash too, and uses none but `wanted` (RFC 9530)."""
    response = send_file(path, mimetype="application/octet-stream", max_age=3600)
    digest = base64.b64encode(bytes.fromhex(wanted)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


@cache
def _wanted_hash(path: Path, changed_ns: int) -> str:
    """The SHA-256 that a browser should find: the known one, or that of the operator's own file as it is now."""
    if path == KNOWN_FACE_MODEL:
        return FACE_MODEL_SHA256
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def icon(name: str) -> Markup:
    """The Lucide icon `name` as inline SVG, hidden from screen readers: a word always stands beside it."""
    svg = (ICONS / f"{name}.svg").read_text("utf-8")
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", " ".join(svg.split()))
    svg = re.sub(r'\sclass="[^"]*"', "", svg, count=1)
    return Markup(svg.replace("<svg", '<svg class="icon" aria-hidden="true" focusable="false"', 1))


def _tree_hash(folder: Path) -> str:
    """A short hash over names and contents of all files below `folder`: it changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
