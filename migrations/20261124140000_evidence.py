"""Stills of incidents: what is known of each, their pictures, and who was shown them.

The pictures lie apart from what is known of them, because they are deleted sooner: the database itself does it from
the moment in `expires_at` on. The index of `evidence` by that moment is for the nightly job, which then has the
reports that show them made anew.
"""

from typing import Any

from pymongo.database import Database

name = "20261124140000_evidence"
dependencies = ["20261124100200_incidents"]


def upgrade(db: Database[Any]) -> None:
    db["evidence"].create_index([("session", 1)])
    db["evidence"].create_index([("deleted_at", 1), ("expires_at", 1)])
    db["evidence_picture"].create_index([("session", 1)])
    db["evidence_picture"].create_index([("expires_at", 1)], expireAfterSeconds=0)
    db["evidence_view"].create_index([("session", 1), ("at", 1)])


def downgrade(db: Database[Any]) -> None:
    for collection in ("evidence", "evidence_picture", "evidence_view"):
        db[collection].drop_indexes()
