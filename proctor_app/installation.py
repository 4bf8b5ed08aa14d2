"""An application on this installation's database, for one command of the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import click

from config import Config

ONLY_READ = ("jobs list", "audit check")


@contextmanager
def installation(config: Config | None = None) -> Iterator[Config]:
    """An application context on this installation's database, for one command.

    The database is the server that MONGODB_URI names, the one that a running `proctor run` has started, or the
    embedded one, started for this command.
    """
    from proctor_app import create_app, datadir, migrate

    config = config or Config.from_env()
    datadir.prepare(config.data_dir)
    with database(config) as uri:
        migrate.upgrade(uri)
        key = config.secret_key or datadir.ensure_secret_key(config.data_dir)
        # No socket is served here: the mode that needs no patched standard library will do.
        config = replace(config, mongodb_uri=uri, secret_key=key, log_level="WARNING", async_mode="threading")
        with create_app(config).app_context():
            yield config


@contextmanager
def database(config: Config) -> Iterator[str]:
    """Where the installation's database is, started for this command where nobody runs it. Nothing is migrated."""
    from proctor_app import datadir, embedded

    running = datadir.find_running(config.data_dir)
    uri = config.mongodb_uri or (running.mongodb_uri if running else None)
    if uri:
        yield uri
        return
    with datadir.lock(config.data_dir) as lock:
        child, port = embedded.start(config.data_dir / "db", config.data_dir / "log" / "database.log")
        try:
            lock.tell(replace(datadir.Running(child.process.pid), mongodb_uri=embedded.uri(port)))
            yield embedded.uri(port)
        finally:
            child.stop(10)


def _write_down(context: click.Context) -> None:
    """That the operator runs this command, unless it only reads. What it is run on is not told: it may be a name."""
    from proctor_app.audit import service as audit
    from proctor_app.audit.kinds import OPERATOR, Action

    name = context.command_path.partition(" ")[2]
    if name not in ONLY_READ:
        audit.record(Action.COMMAND, OPERATOR, what=name)


def with_installation(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command inside `installation()`; its first argument is the settings."""

    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        with installation() as config:
            _write_down(click.get_current_context())
            command(config, *args, **options)

    return wrapped
