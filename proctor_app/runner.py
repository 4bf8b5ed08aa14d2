"""The local supervisor behind `make run`: database, migrations, job process and web server, up and down together.

Whatever ends one part ends all of them: half a system that looks alive helps nobody. The parts are stopped in the
order in which they need each other: web, jobs, database.
"""

import errno
import os
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType
from typing import NoReturn

import click
from pymongo.errors import PyMongoError

from config import ROOT, Config
from proctor_app import certificate, connect_database, datadir, embedded, migrate
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer
from proctor_app.processes import Child, spawn

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1
# It asks this machine only, where its own web server listens.
_ANY_CERTIFICATE = ssl._create_unverified_context()


class RunError(Exception):
    """The run cannot start or go on. The text says what happened and what to do."""


class _Stop(BaseException):
    """Somebody asked the run to end."""


def run(config: Config) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises `RunError`, `DataDirError` or `DatabaseError`."""
    datadir.prepare(config.data_dir)
    with datadir.lock(config.data_dir) as lock:
        check_port(config.host, config.port)
        children: list[Child] = []
        _on_signals(_raise_stop)
        try:
            config = _start_database(config, children)
            _migrate(config)
            if not config.secret_key:
                config = replace(config, secret_key=datadir.ensure_secret_key(config.data_dir))
            url = local_url(config)
            lock.tell(datadir.Running(os.getpid(), config.mongodb_uri or "", url))
            _start_servers(config, children)
            link = sign_in_link(config, _first_account(config))
            _wait_until_ready(url, children)
            if config.https:
                _explain_certificate(config)
            click.echo(f"\nSign in: {link}\n")
            click.echo(f"This link works once. Ctrl-C stops everything. Logs: {config.data_dir / 'log'}")
            _watch(children)
        except _Stop:
            click.echo("\nStopping …")
        finally:
            _stop(children)
    click.echo("Stopped.")


def check_port(host: str, port: int) -> None:
    """Raises `RunError` when the web server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = f"PORT: {port} on {host} is taken by another program. Stop it, or choose another: PORT={port + 1}"
        elif error.errno == errno.EACCES:
            text = f"PORT: {port} is open to administrators only. Choose one from 1024 up, such as PORT=5000."
        else:
            text = f"HOST: cannot listen on {host} ({error.strerror or error}). Use 127.0.0.1, or 0.0.0.0 for all."
        raise RunError(text) from error


def local_url(config: Config) -> str:
    """Where a browser on this machine finds the web server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    return _url(config, host)


def lan_url(config: Config) -> str | None:
    """Where other machines of the network find the web server; None where it is open to this machine only."""
    if not config.https or config.host not in ("0.0.0.0", "::"):
        return None
    addresses = certificate.lan_addresses()
    return _url(config, addresses[0]) if addresses else None


def _url(config: Config, host: str) -> str:
    scheme = "https" if config.https else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{config.port}"


def sign_in_link(config: Config, account: Interviewer) -> str:
    """A link that signs `account` in, once."""
    # Links for candidates are made of the address that the interviewer came by: it must be one for others, too.
    return f"{config.base_url or lan_url(config) or local_url(config)}/sign-in/{accounts.make_sign_in_link(account)}"


def serve_web(config: Config) -> NoReturn:
    """Become the web process alone. Raises `RunError` when a setting that it needs is missing."""
    if not config.mongodb_uri:
        raise RunError("MONGODB_URI: is missing. Set it to the server, or use `proctor run`, which brings a database.")
    if not config.secret_key:
        raise RunError("SECRET_KEY: is missing. Make one: python3 -c 'import secrets; print(secrets.token_hex())'")
    check_port(config.host, config.port)
    os.execv(sys.executable, [sys.executable, str(ROOT / "wsgi.py")])


def _explain_certificate(config: Config) -> None:
    """Say what a browser will say, and by what its user can tell that it is this server."""
    made = certificate.ensure(config.data_dir, config.host)
    reach = lan_url(config)
    where = f"other machines of this network find it at {reach}" if reach else "only this machine finds it"
    click.echo(f"HTTPS       with a certificate of its own; {where}")
    click.echo(
        "            The browser will say that the connection is not private: nobody vouches for this certificate.\n"
        "            Chrome: Advanced, then Proceed; Firefox: Advanced, then Accept the Risk. Go on if its SHA-256 is\n"
        f"            {made.fingerprint}"
    )


def _first_account(config: Config) -> Interviewer:
    """Who the printed link signs in: the administrator of the settings, or the local interviewer."""
    connect_database(config)
    if config.admin_email and config.admin_password:
        accounts.ensure_admin(config.admin_email, config.admin_password)
    return accounts.local_interviewer(config.admin_email)


def _start_database(config: Config, children: list[Child]) -> Config:
    """The embedded database, unless MONGODB_URI names a server; the settings with where it is."""
    if config.mongodb_uri:
        click.echo("Database    the server that MONGODB_URI names")
        return config
    child, port = embedded.start(config.data_dir / "db", config.data_dir / "log" / "database.log")
    children.append(child)
    click.echo(f"Database    embedded, in {config.data_dir / 'db'}")
    return replace(config, mongodb_uri=embedded.uri(port))


def _migrate(config: Config) -> None:
    try:
        applied = migrate.upgrade(config.mongodb_uri or "")
    except PyMongoError as error:
        reason = str(error).partition(", Timeout:")[0]
        raise RunError(
            f"MONGODB_URI: the database does not answer ({reason}). Is it running, and is the address right?"
        ) from error
    click.echo(f"Migrations  {', '.join(applied) if applied else 'nothing to do'}")


def _start_servers(config: Config, children: list[Child]) -> None:
    # Links in e-mails, too, are for other machines.
    reach = config.base_url or lan_url(config) or ""
    environment: Mapping[str, str] = os.environ | {"MONGODB_URI": config.mongodb_uri or "", "BASE_URL": reach}
    for name, command in (
        ("jobs", [sys.executable, "-m", "proctor_app.cli", "jobs"]),
        ("web", [sys.executable, str(ROOT / "wsgi.py")]),
    ):
        log = config.data_dir / "log" / f"{name}.log"
        children.append(spawn(name, command, log, folder=ROOT, env=environment))


def _wait_until_ready(url: str, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    reason = "no answer yet"
    while time.monotonic() < deadline:
        _check_all_alive(children)
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5, context=_ANY_CERTIFICATE):
                return
        except urllib.error.HTTPError as error:
            reason = error.read(500).decode("utf-8", "replace").strip()
        except OSError:
            pass
        time.sleep(POLL_SECONDS)
    raise RunError(f"The web server was not ready within {READY_SECONDS:.0f} s ({reason}). See {children[-1].log}.")


def _watch(children: list[Child]) -> NoReturn:
    while True:
        _check_all_alive(children)
        time.sleep(POLL_SECONDS)


def _check_all_alive(children: list[Child]) -> None:
    for child in children:
        if not child.is_running:
            shown = "".join(f"\n    {line}" for line in child.last_lines())
            raise RunError(
                f"The {child.name} process ended by itself ({child.end_in_words()}); everything else was stopped. "
                f"Its last lines, from {child.log}:{shown}"
            )


def _stop(children: list[Child]) -> None:
    """All of them, the last started first. A second signal meanwhile takes away their time to finish."""
    patience = STOP_SECONDS

    def hurry(_signal: int, _frame: FrameType | None) -> None:
        nonlocal patience
        patience = 0
        for child in children:
            child.process.kill()

    _on_signals(hurry)
    for child in reversed(children):
        child.stop(patience)


def _on_signals(handler: "signal._HANDLER") -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _raise_stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Stop
