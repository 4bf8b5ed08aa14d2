"""The `proctor` command: run, look after and inspect an installation."""

from pathlib import Path

import click
from pymongo.errors import PyMongoError

from config import Config, ConfigError
from proctor_app.audit.kinds import OPERATOR
from proctor_app.commands import accounts, audit, backup, decisions, jobs, verify
from proctor_app.installation import database, with_installation


def main() -> None:
    """The command's entry. What a person can mend is told in one line, without a stack trace."""
    from proctor_app.backup import BackupError
    from proctor_app.datadir import DataDirError
    from proctor_app.embedded import DatabaseError
    from proctor_app.errors import ProctorError
    from proctor_app.runner import RunError

    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(130) from None
    except (ConfigError, DataDirError, DatabaseError, RunError, BackupError, ProctorError) as error:
        _fail(str(error))
    except PyMongoError as error:
        _fail(f"The database does not answer or refuses: {str(error).partition(', Timeout:')[0]}")


def _fail(text: str) -> None:
    click.secho(f"proctor: {text}", fg="red", err=True)
    raise SystemExit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="proctor", prog_name="proctor")
def cli() -> None:
    """Honest remote interviews: live video, a running integrity score, a report that a panel can trust.

    Settings come from the environment and from .env (see .env.example).
    """


cli.add_command(accounts.user)
cli.add_command(accounts.token)
cli.add_command(backup.backup)
cli.add_command(backup.restore)
cli.add_command(jobs.jobs)
cli.add_command(audit.audit)
cli.add_command(decisions.decisions)
cli.add_command(verify.verify)

# ---------------------------------------------------------------- running


@cli.command()
def run() -> None:
    """Serve everything on this machine: database, migrations, jobs, web.

    \b
    Prints a one-time sign-in link. Ctrl-C stops all of it.
    Example:  PORT=8080 proctor run
    """
    from proctor_app import runner

    runner.run(Config.from_env())


@cli.command()
def web() -> None:
    """Only the web process, in the foreground: for systemd, containers and the like.

    \b
    Needs MONGODB_URI and SECRET_KEY.
    Example:  MONGODB_URI=mongodb://db/proctor SECRET_KEY=… proctor web
    """
    from proctor_app import runner

    runner.serve_web(Config.from_env())


@cli.command()
def migrate() -> None:
    """Bring the database's collections and indexes up to date.

    \b
    `proctor run` does this by itself. A repeat does nothing.
    Example:  MONGODB_URI=mongodb+srv://…/proctor proctor migrate
    """
    from proctor_app import datadir
    from proctor_app import migrate as migrations

    config = Config.from_env()
    datadir.prepare(config.data_dir)
    with database(config) as uri:
        applied = migrations.upgrade(uri)
    click.echo("\n".join(f"applied {name}" for name in applied) or "Nothing to do: the database is up to date.")


@cli.command()
def doctor() -> None:
    """Check every part of this installation and say what to do about what is missing.

    \b
    The exit code is 1 when something does not work.
    Example:  proctor doctor
    """
    from proctor_app import doctor as checks

    raise SystemExit(0 if checks.report(checks.examine(Config.from_env())) else 1)


@cli.command()
@with_installation
def demo(config: Config) -> None:
    """Add a finished sample interview with incidents, reviews and a report.

    \b
    It belongs to the account that the printed sign-in link opens.
    Example:  proctor demo
    """
    from proctor_app import demo as sample
    from proctor_app.runner import local_url

    session_id = sample.create(config)
    click.echo(f"{config.base_url or local_url(config)}/sessions/{session_id}")


# ---------------------------------------------------------------- what is kept


@cli.command()
@click.argument("session")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: SESSION.zip.")
@with_installation
def export(_config: Config, session: str, output: Path | None) -> None:
    """Write everything that is kept about SESSION into a zip file.

    \b
    Example:  proctor export lusab-babad-gutih-tugad -o for-asha.zip
    """
    from proctor_app import records

    target = output or Path(f"{session}.zip")
    records.write_zip(session, target, OPERATOR)
    click.echo(f"Written: {target}")


@cli.command()
@click.argument("session")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--keep-decision", is_flag=True, help="Keep score, counts and dates for DECISION_RETENTION_DAYS.")
@with_installation
def erase(config: Config, session: str, yes: bool, keep_decision: bool) -> None:
    """Delete everything that is kept about SESSION, for good; of a deleted one, its decision record.

    \b
    Example:  proctor erase lusab-babad-gutih-tugad
    """
    from proctor_app import records
    from proctor_app.sessions import service as sessions

    if keep_decision and not config.decision_retention_days:
        raise click.ClickException("DECISION_RETENTION_DAYS is 0: set for how many days decision records are kept.")
    found = sessions.find(session)
    if found and not yes:
        click.confirm(f"Delete “{found.title}” with all incidents, notes and the report, for good?", abort=True)
    keep_days = config.decision_retention_days if keep_decision else 0
    click.echo(f"{records.erase(session, OPERATOR, keep_days=keep_days)} documents deleted.")


@cli.command()
@click.option("--days", type=click.IntRange(min=1), help="Default: RETENTION_DAYS.")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@with_installation
def purge(config: Config, days: int | None, dry_run: bool) -> None:
    """Delete the interviews and the stills whose retention is over. The job process does this every day.

    \b
    Example:  proctor purge --dry-run
    """
    from proctor_app import clock, records

    for session_id in records.overdue(clock.now(), days or config.retention_days):
        if not dry_run:
            records.erase(session_id, keep_days=config.decision_retention_days)
        click.echo(f"{'would delete' if dry_run else 'deleted'} {session_id}")
    if not dry_run:
        for session_id in records.purge_stills(clock.now()):
            click.echo(f"deleted stills of {session_id}")


if __name__ == "__main__":
    main()
