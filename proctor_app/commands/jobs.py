"""`proctor jobs`: the job process, and what an operator asks about its work."""

import click

from config import Config
from proctor_app.installation import with_installation


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """Only the job process, in the foreground: reports, e-mail, purges. With a command: what it has to do.

    \b
    Needs MONGODB_URI, and REDIS_URL or the DATA_DIR of the web process.
    Example:  MONGODB_URI=mongodb://db/proctor proctor jobs
    """
    if context.invoked_subcommand is None:
        from proctor_app import worker

        worker.work(Config.from_env())


@jobs.command("list")
@with_installation
def list_jobs(_config: Config) -> None:
    """List what is not done yet, how often it was tried, and why it failed.

    \b
    What is `failed` or `unclear` waits for you (see `proctor jobs retry`); all else is tried again by itself.
    Example:  proctor jobs list
    """
    from proctor_app import jobs as line
    from proctor_app.reports import service as reports

    rows = [(one.session, one.part, one.status, str(one.tries), one.reason) for one in reports.unsettled()]
    rows += [(one.session, one.job, "retrying", str(one.tries), one.reason) for one in line.failures()]
    if not rows:
        click.echo("Nothing to do: every report is made and mailed.")
        return
    heads = ("SESSION", "JOB", "STATE", "TRIES", "REASON")
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(4)]
    for row in (heads, *rows):
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]))


@jobs.command("retry")
@click.argument("session", required=False)
@click.option("--all", "everything", is_flag=True, help="All that failed, but no e-mail that may have been sent.")
@with_installation
def retry_jobs(_config: Config, session: str | None, everything: bool) -> None:
    """Try again what failed for SESSION: the making of its report, or the e-mail.

    \b
    Example:  proctor jobs retry lusab-babad-gutih-tugad
    Example:  proctor jobs retry --all
    """
    from proctor_app.reports import service as reports

    if bool(session) == everything:
        raise click.UsageError("Name a session, or say --all.")
    stuck = [one for one in reports.unsettled() if one.is_stuck and (one.session == session or everything)]
    # An e-mail of which nobody knows whether it went out: sending it again is for somebody who has asked.
    chosen = [one for one in stuck if session or one.status != "unclear"]
    for one in chosen:
        reports.retry(one.session)
        click.echo(f"{one.session}: the {one.part} is tried again.")
    for one in stuck:
        if one not in chosen:
            click.echo(f"{one.session}: the e-mail may have been sent. To send it again, name the session.")
    if not stuck:
        click.echo("Nothing failed.")
