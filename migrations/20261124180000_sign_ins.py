"""Failed tries at signing in, and the browsers in which somebody is signed in.

Both outlive the web process: a restart must neither give a guesser new tries nor forget which browsers were signed out.
The database drops what is over by itself. Each request looks its sign-in up by the hash of the cookie's token, the
account page lists those of one account. Who was signed in before this has to sign in once more.
"""

from typing import Any

from pymongo.database import Database

name = "20261124180000_sign_ins"
dependencies = ["20261124100100_sessions"]


def upgrade(db: Database[Any]) -> None:
    db["failed_tries"].create_index("expires_at", expireAfterSeconds=0)
    db["sign_in"].create_index("token_hash", unique=True)
    db["sign_in"].create_index([("interviewer", 1), ("last_seen_at", 1)])
    db["sign_in"].create_index("expires_at", expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    for collection in ("failed_tries", "sign_in"):
        db[collection].drop_indexes()
