"""Set-up: lock files that agree with what they lock, and steps that are taken once."""

import json
import re
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from proctor_app import doctor

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def setup() -> Any:
    """`scripts/setup.py` as a module."""
    spec = spec_from_file_location("proctor_setup", ROOT / "scripts" / "setup.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_dependency_is_locked() -> None:
    extras = PROJECT["optional-dependencies"]
    running = {name_of(line) for line in PROJECT["dependencies"] + extras["embedded"]}
    assert running <= set(locked("requirements.lock"))
    assert running | {name_of(line) for line in extras["dev"]} <= set(locked("requirements-dev.lock"))


def test_both_locks_agree() -> None:
    testing = locked("requirements-dev.lock")
    assert all(testing[name] == version for name, version in locked("requirements.lock").items())


def test_no_lock_names_a_machine_to_download_from() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        assert "://" not in (ROOT / name).read_text("utf-8"), name


def test_browser_packages_are_pinned_and_locked() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_set_up_and_doctor_know_the_same_model(setup: Any) -> None:
    assert setup.MODEL_SHA256 == doctor.MODEL_SHA256


def test_a_step_is_taken_once_and_again_when_what_it_is_made_from_changes(setup: Any, tmp_path: Path) -> None:
    lock, made = tmp_path / "a.lock", tmp_path / "made"

    def make() -> None:
        made.write_text(made.read_text() + "made\n" if made.exists() else "made\n")

    def times_made() -> int:
        setup.bring_up_to_date({"packages": [setup.Step("packages", ("run", lock), made.exists, make)]}, tmp_path)
        return len(made.read_text().splitlines())

    lock.write_text("flask==1")
    assert (times_made(), times_made()) == (1, 1)
    lock.write_text("flask==2")
    assert (times_made(), times_made()) == (2, 2)
    made.unlink()
    assert times_made() == 1


def test_what_the_tests_need_will_do_for_running(setup: Any) -> None:
    run, test = setup.needs("run"), setup.needs("test")
    for name in ("python", "browser"):
        assert test[name][0].key() in [step.key() for step in run[name]]
        assert run[name][0].key() not in [step.key() for step in test[name]]


def test_a_failing_command_is_told_with_its_last_words(setup: Any, capsys: pytest.CaptureFixture[str]) -> None:
    failing = [sys.executable, "-c", "print('no space left'); raise SystemExit(3)"]
    with pytest.raises(setup.SetupError) as caught:
        setup.run(failing, "packages")
    assert "packages failed (code 3)" in str(caught.value) and "no space left" in str(caught.value)


def name_of(requirement: str) -> str:
    return normal(re.split(r"[\[<>=;~ ]", requirement)[0])


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = (line.partition(" ;")[0].split("==") for line in lines if line and not line.startswith("#"))
    return {normal(package): version for package, version in pairs}


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
