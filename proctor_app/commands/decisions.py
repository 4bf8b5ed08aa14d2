"""`proctor decisions`: what stays of interviews that were deleted, where DECISION_RETENTION_DAYS keeps it."""

import csv
import sys

import click

from config import Config
from proctor_app.installation import with_installation


@click.command()
@with_installation
def decisions(_config: Config) -> None:
    """Print the decision records of deleted interviews as CSV: figures and dates, no names.

    \b
    Example:  proctor decisions > decisions.csv
    Delete one:  proctor erase lusab-babad-gutih-tugad
    """
    from proctor_app.decisions import service

    writer = csv.DictWriter(sys.stdout, service.COLUMNS)
    writer.writeheader()
    writer.writerows(service.rows())
