"""`proctor backup` and `proctor restore`: the whole installation in one file, and back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import Config
from proctor_app import backup as archive
from proctor_app import datadir, migrate
from proctor_app.installation import database

APART = (
    "Not in it, to be kept apart: your settings with SECRET_KEY, and the secret-key file and certificates in DATA_DIR."
)
AFTERWARDS = "What was erased since the backup is back: erase it again (proctor erase SESSION), then run: proctor purge"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything that the database holds into FILE, as it is at one moment. Interviews may go on meanwhile.

    \b
    FILE holds personal data: only you can read it. Keep it encrypted, and no longer than RETENTION_DAYS.
    Example:  proctor backup /backups/proctor-$(date +%F).zip
    Example:  MONGODB_URI=mongodb+srv://…/proctor proctor backup atlas.zip
    Check one:  proctor restore --check atlas.zip
    """
    config = _config()
    with database(config) as uri, _progress("Backing up") as progress:
        made = archive.write(uri, file, progress)
    if not made.is_of_one_moment:
        click.secho(
            "This database server cannot show one moment (it is no replica set): what was written meanwhile may be in "
            "it in part. Stop `proctor web` and `proctor jobs` while you back up.",
            fg="yellow",
            err=True,
        )
    click.echo(f"Written: {file}, {_words(made)}.\n{APART}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Overwrite what the database holds.")
@click.option("--check", is_flag=True, help="Only check FILE, and say what would be overwritten.")
@click.option("--yes", is_flag=True, help="Do not ask before overwriting.")
def restore(file: Path, replace: bool, check: bool, yes: bool) -> None:
    """Put what FILE holds into the database, then bring that up to date.

    \b
    Stop `proctor run`, `proctor web` and `proctor jobs` first. A database that holds something is left alone
    unless you say --replace. FILE is checked as a whole before anything is touched.
    Example:  proctor restore --check /backups/proctor-2026-11-24.zip
    Example:  proctor restore /backups/proctor-2026-11-24.zip
    Example:  MONGODB_URI=mongodb+srv://…/proctor proctor restore --replace atlas.zip
    """
    config = _config()
    kept = archive.read(file)
    click.echo(f"{file}: made {kept.made_at} by {kept.made_by}, {_words(kept)}; every document is as it was written.")
    running = datadir.find_running(config.data_dir)
    if running and running.url and not check:
        raise click.ClickException(f"Proctor is running ({running.url}, process {running.pid}). Stop it first.")
    with database(config) as uri:
        there = archive.in_the_way(uri)
        told = ", ".join(f"{count} of {name}" for name, count in there.items())
        if check:
            click.echo(f"Restoring would overwrite: {told}." if there else "Restoring would overwrite nothing.")
            return
        if there and not replace:
            raise click.ClickException(f"The database is not empty: {told}. To overwrite all of it, add --replace.")
        if there:
            click.echo(f"This overwrites, for good: {told}.")
            if not yes:
                click.confirm("Go on?", abort=True)
        with _progress("Restoring") as progress:
            archive.restore(uri, file, progress)
        applied = migrate.upgrade(uri)
    click.echo(f"Restored: {_words(kept)}. Migrations applied since: {', '.join(applied) or 'none'}.\n{AFTERWARDS}")


def _config() -> Config:
    config = Config.from_env()
    datadir.prepare(config.data_dir)
    return config


def _words(made: archive.Backup) -> str:
    return f"{made.documents} documents in {len(made.collections)} collections"


@contextmanager
def _progress(label: str) -> Iterator[archive.Progress]:
    """A bar on a terminal; elsewhere nothing, so that logs stay short."""
    with click.progressbar(length=1, label=label, item_show_func=str, file=sys.stderr) as bar:

        def show(collection: str, done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos, collection)

        yield show
