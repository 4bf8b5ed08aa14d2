"""Every answer of a candidate to being watched is kept, where only the last one was.

Since a consent can be withdrawn in the call, the time for which it was withdrawn is read from all answers in order. The
one that an interview has is its first.
"""

from typing import Any

from pymongo.database import Database

name = "20261124170000_consent_decisions"
dependencies = ["20261124141000_policies"]


def upgrade(db: Database[Any]) -> None:
    answered = {"consent": {"$ne": None}, "decisions": {"$exists": False}}
    for session in db["session"].find(answered, {"consent": 1}):
        db["session"].update_one({"_id": session["_id"]}, {"$set": {"decisions": [session["consent"]]}})


def downgrade(db: Database[Any]) -> None:
    db["session"].update_many({}, {"$unset": {"decisions": True}})
