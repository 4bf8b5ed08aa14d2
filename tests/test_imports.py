"""Imports run one way, so that a reader can follow an incident from left to right and open each file once."""

import ast
from pathlib import Path

import pytest

from config import ROOT

APP = ROOT / "proctor_app"
# Features from left to right: each may import those before it. The last two do not know each other.
FEATURES = (
    "audit",
    "accounts",
    "policies",
    "accommodations",
    "chain",
    "sessions",
    "calls",
    "incidents",
    "evidence",
    "reviews",
    "reports",
    "decisions",
    "live",
    "records",
    "console",
    "api",
)
STRANGERS = {("console", "api"), ("api", "console")}
# Modules beside the features that a feature may import.
GROUND = {"clock", "documents", "errors", "extensions", "metrics", "webserver", "jobs", "smtp", "typed"}
# What a file of this name must never import: decisions are pure, models decide nothing.
NEVER = {
    "kinds": {"flask", "mongoengine", "pymongo", "proctor_app"},
    "rules": {"flask", "mongoengine", "pymongo", "flask_socketio", "models", "service", "views", "events"},
    "payloads": {"flask", "mongoengine", "pymongo", "flask_socketio", "models", "service", "views", "events"},
    "models": {"flask", "rules", "payloads", "service", "views", "events"},
    "service": {"views", "events"},
}
FILES = sorted(path for path in APP.rglob("*.py") if "static" not in path.parts)


def ids(path: Path) -> str:
    return path.relative_to(APP).as_posix()


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_feature_imports_only_what_stands_left_of_it(path: Path) -> None:
    feature = path.relative_to(APP).parts[0]
    if feature not in FEATURES:
        return
    for module in imported(path):
        parts = module.split(".")
        if parts[0] != "proctor_app" or len(parts) < 2 or parts[1] == feature:
            continue
        target = parts[1]
        if target in FEATURES:
            assert FEATURES.index(target) < FEATURES.index(feature), f"{feature} imports {module}"
            assert (feature, target) not in STRANGERS, f"{feature} imports {module}"
        else:
            assert target in GROUND, f"{feature} imports {module}, which stands right of all features"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in NEVER], ids=ids)
def test_a_file_imports_what_its_name_allows(path: Path) -> None:
    forbidden = NEVER[path.stem]
    for module in imported(path):
        parts = module.split(".")
        assert parts[0] not in forbidden, f"{ids(path)} imports {module}"
        assert parts[0] != "proctor_app" or parts[-1] not in forbidden, f"{ids(path)} imports {module}"


@pytest.mark.parametrize("path", [ROOT / "config.py", ROOT / "wsgi.py", *FILES], ids=lambda path: path.name)
def test_only_its_own_file_reads_environment_and_clock(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.name not in ("config.py", "runner.py"):
        assert "os.environ" not in text and "getenv" not in text, "settings come from config.Config"
    if path.name != "clock.py":
        assert "datetime.now(" not in text and "time.time(" not in text and "utcnow" not in text, "use clock.now()"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_only_the_web_process_knows_eventlet(path: Path) -> None:
    assert not any(module.split(".")[0] == "eventlet" for module in imported(path)), "wsgi.py alone imports it"


def test_the_embedded_database_is_never_imported() -> None:
    for path in [*FILES, ROOT / "config.py", ROOT / "wsgi.py"]:
        assert not any(module.split(".")[0] == "secantus" for module in imported(path)), path


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, also inside functions, but not for type checking alone."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in node.body:
                inner.lineno = -1
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.lineno != -1:
            module = node.module or ""
            found.update(_module_or_member(module, alias.name) for alias in node.names)
    return found


def _module_or_member(module: str, name: str) -> str:
    """`from a.b import c` names the module a.b.c where there is one, else the module a.b."""
    file = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if file.with_suffix(".py").exists() or file.is_dir() else module
