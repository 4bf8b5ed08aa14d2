"""What keeps failing about a session, until it works.

The session's page asks for it by the session, and so does erasing.
"""

from typing import Any

from pymongo.database import Database

name = "20261124183000_job_failures"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["job_failure"].create_index([("session", 1)])


def downgrade(db: Database[Any]) -> None:
    db["job_failure"].drop_indexes()
