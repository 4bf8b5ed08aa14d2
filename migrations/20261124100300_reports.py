"""Reports, one for each session, found by how far they are.

When the job process starts it looks for reports that an earlier one left half made.
"""

from typing import Any

from pymongo.database import Database

name = "20261124100300_reports"
dependencies = ["20261124100200_incidents"]


def upgrade(db: Database[Any]) -> None:
    db["report"].create_index("status")


def downgrade(db: Database[Any]) -> None:
    db["report"].drop_indexes()
