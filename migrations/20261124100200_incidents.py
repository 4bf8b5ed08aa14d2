"""Observations, incidents made of them, the spans that were watched, and the reviews.

Incidents and spans are numbered within their session; the unique indexes turn two writers that chose one number into
an error that can be tried again, in place of a record that silently hides another.
"""

from typing import Any

from pymongo.database import Database

name = "20261124100200_incidents"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["observation"].create_index([("session", 1), ("seq", 1)])
    db["incident"].create_index([("session", 1), ("number", 1)], unique=True)
    db["watch_span"].create_index([("session", 1), ("number", 1)], unique=True)
    db["review"].create_index([("session", 1), ("incident", 1), ("at", 1)])


def downgrade(db: Database[Any]) -> None:
    for collection in ("observation", "incident", "watch_span", "review"):
        db[collection].drop_indexes()
