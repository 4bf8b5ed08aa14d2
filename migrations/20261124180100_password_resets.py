"""Links with which people who forgot their password choose a new one.

They are found by the hash of their token, which must open one account only, and go by themselves when they expire.
"""

from typing import Any

from pymongo.database import Database

name = "20261124180100_password_resets"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["password_reset"].create_index("token_hash", unique=True)
    db["password_reset"].create_index("expires_at", expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    db["password_reset"].drop_indexes()
