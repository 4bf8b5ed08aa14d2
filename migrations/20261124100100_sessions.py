"""Interview sessions, the steps of their lives, knocks at their doors, and notes.

The home page lists an interviewer's sessions from the newest on, and the purge looks for those that ended long ago.
A knock matters for minutes: it is dropped after a day.
"""

from typing import Any

from pymongo.database import Database

name = "20261124100100_sessions"
dependencies = ["20261124100000_accounts"]

DAY_SECONDS = 86400


def upgrade(db: Database[Any]) -> None:
    db["session"].create_index([("owner", 1), ("created_at", -1)])
    db["session"].create_index([("status", 1), ("ended_at", 1)])
    db["transition"].create_index([("session", 1), ("at", 1)])
    db["knock"].create_index([("session", 1), ("status", 1)])
    db["knock"].create_index("created_at", expireAfterSeconds=DAY_SECONDS)
    db["note"].create_index([("session", 1), ("written_at", 1)])


def downgrade(db: Database[Any]) -> None:
    for collection in ("session", "transition", "knock", "note"):
        db[collection].drop_indexes()
