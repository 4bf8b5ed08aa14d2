"""`proctor audit`: the log of who did what, checked and written to a file."""

import json
from pathlib import Path

import click

from config import Config
from proctor_app.installation import with_installation


@click.group()
def audit() -> None:
    """The log of who viewed, reviewed, exported, erased and changed what."""


@audit.command("check")
@with_installation
def check(_config: Config) -> None:
    """Say whether an entry was changed, dropped or slipped in. The exit code is 1 when one was.

    \b
    Example:  proctor audit check
    """
    from proctor_app.audit import service

    broken = service.first_broken()
    if broken:
        raise click.ClickException(f"Entry {broken} was changed, or the one before it is missing.")
    click.echo(f"{service.entries().count()} entries, each as it was written.")


@audit.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_installation
def export(_config: Config, file: Path) -> None:
    """Write all entries into FILE, one JSON object a line, oldest first.

    \b
    Keep it elsewhere: with it you can tell whether the latest entries were cut off.
    Example:  proctor audit export audit-2026-11.jsonl
    """
    from proctor_app.audit import service

    with file.open("w", encoding="utf-8") as lines:
        for entry in service.entries().order_by("id"):
            lines.write(json.dumps(service.as_json(entry), ensure_ascii=False) + "\n")
    click.echo(f"Written: {file}")
