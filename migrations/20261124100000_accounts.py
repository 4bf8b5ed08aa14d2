"""Interviewers, their API tokens and sign-in links.

Two accounts with one e-mail address would make signing in a matter of luck, and a token must open one account only:
the database refuses both. Sign-in links go by themselves when they expire, so that no list of used ones piles up.
"""

from typing import Any

from pymongo.database import Database

name = "20261124100000_accounts"
dependencies: list[str] = []


def upgrade(db: Database[Any]) -> None:
    db["interviewer"].create_index("email", unique=True)
    db["api_token"].create_index("token_hash", unique=True)
    db["api_token"].create_index([("interviewer", 1), ("created_at", 1)])
    db["sign_in_link"].create_index("token_hash", unique=True)
    db["sign_in_link"].create_index("expires_at", expireAfterSeconds=0)


def downgrade(db: Database[Any]) -> None:
    for collection in ("interviewer", "api_token", "sign_in_link"):
        db[collection].drop_indexes()
