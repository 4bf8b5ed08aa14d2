"""The hash chain of each session: one numbered entry for everything that its result rests on.

The unique index keeps two processes from writing the same place of a chain: whoever comes second reads its end again.
Sessions from before have no entries; they are linked, and marked as
linked late, when they are next touched.
"""

from typing import Any

from pymongo.database import Database

name = "20261124190000_chain"
dependencies = ["20261124180000_sign_ins"]


def upgrade(db: Database[Any]) -> None:
    db["chain"].create_index([("session", 1), ("n", 1)], unique=True)


def downgrade(db: Database[Any]) -> None:
    db["chain"].drop_indexes()
