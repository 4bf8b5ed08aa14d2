"""Passkeys, and the challenges that browsers are asked to sign.

The account page lists the passkeys of one interviewer. A challenge is answered once: it goes when that happens, and by
itself when it does not.
"""

from typing import Any

from pymongo.database import Database

name = "20261124180200_passkeys"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["passkey"].create_index([("interviewer", 1), ("created_at", 1)])
    db["passkey_challenge"].create_index("expires_at", expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    for collection in ("passkey", "passkey_challenge"):
        db[collection].drop_indexes()
