"""The audit log: who did what, when, about which interview.

Entries are numbered by their ids, which are unique: two writers that chose one number get an error and try again. The
page filters by action, person and interview, latest first.
"""

from typing import Any

from pymongo.database import Database

name = "20261124183100_audit"
dependencies = ["20261124100000_accounts"]


def upgrade(db: Database[Any]) -> None:
    for field in ("about", "by", "action"):
        db["audit_entry"].create_index([(field, 1), ("_id", 1)])


def downgrade(db: Database[Any]) -> None:
    db["audit_entry"].drop_indexes()
