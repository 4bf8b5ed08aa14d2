"""What stays of an erased interview where the law wants the decision documented.

A record lies in a collection of its own, so that erasing an interview can stay what it says: everything about it goes,
and what stays is a choice that somebody made. The database deletes each one when its time is over.
"""

from typing import Any

from pymongo.database import Database

name = "20261124184000_decisions"
dependencies = ["20261124100300_reports"]


def upgrade(db: Database[Any]) -> None:
    db["decision_record"].create_index([("owner", 1), ("ended_at", 1)])
    db["decision_record"].create_index([("expires_at", 1)], expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    db["decision_record"].drop_indexes()
