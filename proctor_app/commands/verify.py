"""`proctor verify`: was a report or an export changed since it was made? Needs no database and no network."""

from pathlib import Path

import click

from proctor_app.chain import verify as checks


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--head", help="A chain head that you know from elsewhere (12 characters are enough).")
def verify(files: tuple[Path, ...], head: str | None) -> None:
    """Check FILES offline: a report.pdf, an export.zip, or both of one interview against each other.

    \b
    Checks the signature of a report, the chain of an export, counts and score of both, and names the first thing
    that was changed, dropped, added or put in another order.
    Exit code: 0 everything agrees, 1 something does not, 2 a file that cannot be checked.
    Example:  proctor verify report.pdf
    Example:  proctor verify lusab-babad-gutih-tugad.zip
    Example:  proctor verify report.pdf export.zip --head 9f2c41d07be5
    """
    if head is not None and (len(head) < 8 or set(head.lower()) - set("0123456789abcdef")):
        raise click.UsageError("--head must be at least 8 characters of 0-9 and a-f.")
    entries, reports, worst = [], [], 0
    for file in files:
        try:
            if file.suffix.lower() == ".pdf":
                from proctor_app.reports import pdf_check

                result, report = pdf_check.check(file.read_bytes(), head)
                reports.append((file, report))
            else:
                found = checks.read_export(file)
                result = checks.check_export(found, head)
                entries.append(checks.entries_in(found))
        except (ValueError, OSError) as error:
            click.secho(f"{file}: cannot be checked: {error}", fg="red", err=True)
            worst = 2
            continue
        for name, report in reports if entries else ():
            result.problems += [
                f"{name.name}: {problem}" for problem in [checks.report_against(report, entries[-1])] if problem
            ]
        click.secho(f"{file}: {checks.told(result)}", fg="red" if result.problems else None)
        worst = max(worst, 1 if result.problems else 0)
    raise SystemExit(worst)
