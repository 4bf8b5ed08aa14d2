"""`make run HTTPS=1`: other machines of the network can try it, behind a certificate that this machine made."""

import base64
import http.client
import json
import os
import socket
import ssl
import stat
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from config import Config, ConfigError
from proctor_app import certificate, clock, embedded
from tests.cast import PASSWORD, make_owner
from tests.conftest import Program
from tests.live.conftest import Cast, cast  # noqa: F401
from tests.security.test_malformed_frames import frame
from tests.test_webserver import WEBSOCKET, head_of
from tests.waiting import wait_until


def trusting(folder: Path) -> ssl.SSLContext:
    """Knows that one certificate, as a user who has let it pass."""
    return ssl.create_default_context(cafile=folder / "tls" / "certificate.pem")


@pytest.fixture(params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def https(request: pytest.FixtureRequest, settings: dict[str, str], start_program: Any) -> Program:
    """The web process, speaking HTTPS."""
    port = str(embedded.free_port())
    changed = {"HTTPS": "1", "HOST": "127.0.0.1", "PORT": port, "SOCKETIO_ASYNC_MODE": request.param}
    program = start_program("web", sys.executable, "wsgi.py", env=settings | changed, url=f"https://127.0.0.1:{port}")
    data_dir = Path(settings["DATA_DIR"])

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"{program.url}/readyz", timeout=5, context=trusting(data_dir)) as answer:
                return bool(answer.status == 200)
        except (OSError, ssl.SSLError):
            assert program.process.poll() is None, program.log()
            return False

    wait_until(is_ready, "the web process to be ready", timeout=30)
    return program


def test_pages_and_sockets_are_served(https: Program, settings: dict[str, str], cast: Cast) -> None:  # noqa: F811
    context, place = trusting(Path(settings["DATA_DIR"])), urlsplit(https.url)
    with urllib.request.urlopen(f"{https.url}/sign-in", timeout=10, context=context) as page:
        assert page.status == 200
        assert "; Secure" in page.headers["Set-Cookie"]
        assert page.headers["Strict-Transport-Security"] is None, "or nobody would get past the browser's warning"
    for origin, code in ((https.url, "101"), ("https://evil.example.org", "400")):
        plain = socket.create_connection((place.hostname or "", place.port or 0), timeout=20)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            key = base64.b64encode(os.urandom(16)).decode()
            line.sendall(
                f"GET {WEBSOCKET} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nOrigin: {origin}\r\n\r\n".encode()
            )
            assert head_of(line).split()[1] == code
            if code == "101":
                auth = {"session": cast.session.id, "token": cast.candidate_token}
                line.sendall(frame(f"40/candidate,{json.dumps(auth)}".encode()))
                received = b""
                while b"40/candidate" not in received:
                    received += line.recv(4096)


def test_a_form_can_be_sent(https: Program, settings: dict[str, str], app: Any) -> None:
    with app.app_context():
        make_owner()
    place, context = urlsplit(https.url), trusting(Path(settings["DATA_DIR"]))
    connection = http.client.HTTPSConnection(place.hostname or "", place.port, context=context, timeout=10)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    token = page.read().decode().partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
    form = urllib.parse.urlencode({"csrf_token": token, "email": "olga@example.org", "password": PASSWORD})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    assert connection.getresponse().status == 302
    connection.close()


def test_whoever_speaks_no_tls_or_nothing_holds_up_nobody(https: Program, settings: dict[str, str]) -> None:
    place, context = urlsplit(https.url), trusting(Path(settings["DATA_DIR"]))
    address = (place.hostname or "", place.port or 0)
    silent = [socket.create_connection(address) for _ in range(5)]
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + bytes(100), b""):
        with socket.create_connection(address) as line:
            line.sendall(nonsense)
    with urllib.request.urlopen(f"{https.url}/healthz", timeout=10, context=context) as answer:
        assert answer.status == 200
    for line in silent:
        line.close()
    assert "Traceback" not in https.log(), https.log()


# ---------------------------------------------------------------- the certificate


def read(made: certificate.Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.path.read_bytes())


def test_it_names_this_machine_and_is_kept(tmp_path: Path) -> None:
    made = certificate.ensure(tmp_path, "0.0.0.0")
    found = read(made)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    assert {"127.0.0.1", "::1", *certificate.lan_addresses()} <= addresses
    assert {"localhost", socket.gethostname()} <= {*names.get_values_for_type(x509.DNSName), *addresses}
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.ensure(tmp_path, "0.0.0.0") == made


@pytest.mark.parametrize("why", ["expired", "another name", "another key", "cut", "key gone"])
def test_it_is_made_again_when_it_does_not_do(tmp_path: Path, why: str) -> None:
    with clock.at(clock.now() - (timedelta(days=89) if why == "expired" else timedelta())):
        before = certificate.ensure(tmp_path, "127.0.0.1")
    if why == "another key":
        before.key.write_bytes(certificate.ensure(tmp_path / "other", "127.0.0.1").key.read_bytes())
    elif why == "cut":
        before.path.write_bytes(before.path.read_bytes()[:200])
    elif why == "key gone":
        before.key.unlink()
    after = certificate.ensure(tmp_path, "192.0.2.77" if why == "another name" else "127.0.0.1")
    assert after.fingerprint != before.fingerprint
    assert read(after).not_valid_after_utc > clock.now() + timedelta(days=30)
    after.context()


def test_the_settings_fit_together() -> None:
    assert Config.from_env({"HTTPS": "1"}, dotenv=False).host == "0.0.0.0"
    assert Config.from_env({"HTTPS": "1", "HOST": "127.0.0.1"}, dotenv=False).host == "127.0.0.1"
    assert Config.from_env({}, dotenv=False).host == "127.0.0.1"
    with pytest.raises(ConfigError, match="BASE_URL"):
        Config.from_env({"HTTPS": "1", "BASE_URL": "http://interviews.example.org"}, dotenv=False)


def test_the_run_says_what_the_browser_will_say(start_program: Callable[..., Program], tmp_path: Path) -> None:
    port = str(embedded.free_port())
    env = {"PORT": port, "DATA_DIR": str(tmp_path / "data"), "LOG_LEVEL": "WARNING", "HTTPS": "1", "HOST": "127.0.0.1"}
    program = start_program("run", sys.executable, "-m", "proctor_app.cli", "run", env=env)
    wait_until(lambda: "Sign in: " in program.log() or program.process.poll(), "the link", timeout=60)
    log = program.log()
    assert f"Sign in: https://127.0.0.1:{port}/sign-in/" in log, log
    assert "not private" in log and certificate.ensure(tmp_path / "data", "127.0.0.1").fingerprint in log
    assert program.stop() == 0
