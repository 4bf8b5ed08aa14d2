"""`proctor doctor` tries each part in earnest: real mail logins, a real relay where coturn is installed."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from config import ROOT, Config
from proctor_app import doctor, embedded
from proctor_app.calls import probe
from tests.conftest import Program
from tests.waiting import wait_until


@pytest.fixture
def mail_server_with_login() -> Iterator[int]:
    """A mail server that knows one user: `panel` with the password `p@ss`."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (b"panel", b"p@ss"), handled=False)

    port = embedded.free_port()
    controller = Controller(
        object(), hostname="127.0.0.1", port=port, authenticator=check, auth_required=True, auth_require_tls=False
    )
    controller.start()
    yield port
    controller.stop()


def test_mail_that_is_not_set_up_is_fine_and_pointed_out(config: Config) -> None:
    found = doctor.mail(config)
    assert found.works and "SMTP_URL" in found.advice


def test_mail_login_works(config: Config, mail_server_with_login: int) -> None:
    found = doctor.mail(replace(config, smtp_url=f"smtp://panel:p%40ss@127.0.0.1:{mail_server_with_login}"))
    assert found.works and "signed in" in found.detail


def test_wrong_mail_password_is_found(config: Config, mail_server_with_login: int) -> None:
    found = doctor.mail(replace(config, smtp_url=f"smtp://panel:wrong@127.0.0.1:{mail_server_with_login}"))
    assert not found.works and "password" in found.advice and "wrong" not in found.detail


def test_mail_server_that_is_away_is_found(config: Config) -> None:
    found = doctor.mail(replace(config, smtp_url=f"smtp://127.0.0.1:{embedded.free_port()}"))
    assert not found.works and "refused" in found.detail.lower()


def test_missing_and_damaged_models_are_found(config: Config, tmp_path: Path) -> None:
    missing = doctor.face_model(replace(config, face_model_path=tmp_path / "none.task"))
    assert not missing.works and "make setup" in missing.advice
    (tmp_path / "own.task").write_bytes(b"another model")
    assert "your own" in doctor.face_model(replace(config, face_model_path=tmp_path / "own.task")).detail
    assert doctor.face_model(config).works


def test_a_voice_model_that_is_not_the_known_one_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.voice_model().works
    monkeypatch.setattr(doctor, "VOICE_MODEL", tmp_path / "silero_vad_v6.onnx")
    assert "missing" in doctor.voice_model().detail
    doctor.VOICE_MODEL.write_bytes(b"another model")
    assert not doctor.voice_model().works


def test_page_and_doctor_know_the_same_voice_model() -> None:
    page = (ROOT / "proctor_app" / "static" / "js" / "watch" / "speech" / "ears.js").read_text("utf-8")
    assert f"'{doctor.VOICE_MODEL_SHA256}'" in page


def test_a_working_installation_is_called_so(
    config: Config, jobs_worker: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    def examined() -> dict[str, doctor.Finding] | None:
        found = {finding.part: finding for finding in doctor.examine(config)}
        # The job process takes a moment to start.
        return found if found["Jobs"].works else None

    findings = wait_until(examined, "a doctor who finds that jobs are done", timeout=60)
    assert findings["Database"].works and "written, read, deleted" in findings["Database"].detail
    assert "done after" in findings["Jobs"].detail
    assert doctor.report(list(findings.values()))
    assert "Everything works." in capsys.readouterr().out


def test_jobs_that_nobody_does_are_found(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    findings = doctor.examine(config)
    jobs = next(finding for finding in findings if finding.part == "Jobs")
    assert not jobs.works and "no process" in jobs.detail
    assert not doctor.report(findings)
    assert "Needs attention: Jobs" in capsys.readouterr().out


def test_database_that_is_away_is_found(config: Config) -> None:
    away = replace(
        config, mongodb_uri=f"mongodb://127.0.0.1:{embedded.free_port()}/proctor?serverSelectionTimeoutMS=500"
    )
    database = next(finding for finding in doctor.examine(away) if finding.part == "Database")
    assert not database.works and "MONGODB_URI" in database.advice


def test_relay_that_is_away_is_found(config: Config) -> None:
    url = f"turn:127.0.0.1:{embedded.free_port()}"
    found = doctor.relay(replace(config, turn_urls=(url,), turn_secret="secret"))
    assert not found.works and url in found.detail


@pytest.fixture
def coturn(start_program: Any, tmp_path: Path) -> int:
    """A real relay on loopback, whose secret is `north`."""
    program = shutil.which("turnserver") or ("/usr/bin/turnserver" if Path("/usr/bin/turnserver").exists() else None)
    if program is None:
        pytest.skip("coturn is not installed")
    port = embedded.free_port()
    options = ["-n", "--use-auth-secret", "--static-auth-secret=north", "--realm=proctor", "--no-cli", "--no-tls"]
    place = [
        "--listening-ip=127.0.0.1",
        "--relay-ip=127.0.0.1",
        f"--listening-port={port}",
        f"--pidfile={tmp_path}/pid",
    ]
    start_program("coturn", program, *options, *place, "--log-file=stdout", "--no-dtls", env={})
    wait_until(lambda: _answers(f"stun:127.0.0.1:{port}"), "coturn to answer")
    return port


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_relay_lets_browsers_in(config: Config, coturn: int, transport: str) -> None:
    url = f"turn:127.0.0.1:{coturn}?transport={transport}"
    found = doctor.relay(
        replace(config, turn_urls=(url,), turn_secret="north", stun_urls=(f"stun:127.0.0.1:{coturn}",))
    )
    assert found.works, found.detail


def test_wrong_relay_secret_is_found(config: Config, coturn: int) -> None:
    found = doctor.relay(replace(config, turn_urls=(f"turn:127.0.0.1:{coturn}",), turn_secret="south"))
    assert not found.works and "refused: 401" in found.detail and "TURN_SECRET" in found.advice


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("turn:relay.example.org", probe.Server("relay.example.org", 3478, tcp=False, tls=False)),
        ("turn:relay.example.org:99?transport=tcp", probe.Server("relay.example.org", 99, tcp=True, tls=False)),
        ("turns:[::1]", probe.Server("::1", 5349, tcp=True, tls=True)),
        ("stun:[::1]:3479", probe.Server("::1", 3479, tcp=False, tls=False)),
    ],
)
def test_relay_addresses(url: str, server: probe.Server) -> None:
    assert probe.parse(url) == server


def _answers(url: str) -> bool:
    try:
        probe.binding(url)
        probe.binding(url + "?transport=tcp")
    except probe.ProbeError:
        return False
    return True
