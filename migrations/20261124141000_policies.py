"""An organisation's own policies, the phases of an interview, and accommodations.

The unique index on the policies' names keeps two people from making policies that readers of reports would take for one
another. What an accommodation changes lies apart from the interview it is for, so that whoever may read the one does
not by that read the other; codes that nobody used are dropped by the database.
"""

from typing import Any

from pymongo.database import Database

name = "20261124141000_policies"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["policy"].create_index([("name_key", 1)], unique=True)
    db["phase_mark"].create_index([("session", 1), ("at", 1)])
    db["accommodation_profile"].create_index([("name_key", 1)], unique=True)
    db["accommodation"].create_index([("code_hash", 1)], unique=True)
    db["accommodation"].create_index([("session", 1)])
    db["accommodation"].create_index([("expires_at", 1)], expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    for collection in ("policy", "phase_mark", "accommodation_profile", "accommodation"):
        db[collection].drop_indexes()
