"""Tries at signing in: each failure in a row makes the next wait longer, per account and per address.

A try counts as failed *before* it is looked at, and is taken back when it succeeds: tries sent at once cannot all pass
as the first one. Counters lie in the database, so that neither a restart nor a second process resets them, under keyed
hashes: they are no list of what somebody tried. An account that does not exist has a counter like any other.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from flask import current_app
from pymongo.errors import DuplicateKeyError

from proctor_app import clock
from proctor_app.accounts.models import FailedTries
from proctor_app.accounts.rules import FOR_ACCOUNT, FOR_ADDRESS, Patience, wait_after, wait_in_words
from proctor_app.errors import ProctorError

# A try that meets another one of the same counter reads it again; more of them at once is a flood, and is refused.
RACES = 5


class TooManyTries(ProctorError):
    """The next try must wait; `seconds` says how long, whether or not there is such an account."""

    def __init__(self, seconds: int) -> None:
        self.sentence = f"Wait {wait_in_words(seconds)}, then try again."
        super().__init__("too_many_tries", f"That was tried too often. {self.sentence}", http_status=429)
        self.seconds = seconds


@dataclass
class Try:
    """A try that was let through and counts as failed until it `succeeded`."""

    _counted: list[tuple[str, bool]] = field(default_factory=list)

    def succeeded(self) -> None:
        """Forget the failures of the account or browser. Those of the address stay, less this one: whoever has an
        account here could else wipe out, by signing in, what they tried on others'."""
        collection = FailedTries._get_collection()
        for key, is_address in self._counted:
            if is_address:
                change = {"$inc": {"failures": -1}, "$set": {"not_before": clock.now()}}
                collection.update_one({"_id": key, "failures": {"$gt": 0}}, change)
            else:
                collection.delete_one({"_id": key})


def begin(account: str, address: str | None) -> Try:
    """One try at `account`, which is any text that names one, from `address`, where that counts.

    Raises `TooManyTries`, and counts nothing then.
    """
    tried = Try()
    if not current_app.config["PROCTOR"].rate_limits:
        return tried
    counters = [(_key("account", account), False, FOR_ACCOUNT)]
    if address is not None:
        counters.append((_key("address", address), True, FOR_ADDRESS))
    now = clock.now()
    seconds = max(_seconds_left(key, now) for key, _, _ in counters)
    if seconds:
        raise TooManyTries(seconds)
    for key, is_address, patience in counters:
        _count(key, patience, now)
        tried._counted.append((key, is_address))
    return tried


def _key(kind: str, name: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{kind} {name}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _seconds_left(key: str, now: datetime) -> int:
    stored = FailedTries.objects(id=key).first()
    return max(0, ceil((stored.not_before - now).total_seconds())) if stored else 0


def _count(key: str, patience: Patience, now: datetime) -> None:
    """Add a failure, if the counter's wait is over. Raises `TooManyTries` when another try was faster."""
    collection = FailedTries._get_collection()
    for _ in range(RACES):
        stored = FailedTries.objects(id=key).first()
        if stored and stored.not_before > now:
            raise TooManyTries(_seconds_left(key, now))
        forgotten = stored is not None and stored.expires_at <= now
        failures = (0 if stored is None or forgotten else stored.failures) + 1
        change = {
            "failures": failures,
            "not_before": now + timedelta(seconds=wait_after(failures, patience)),
            "expires_at": now + patience.forgotten_after,
        }
        if stored is None:
            try:
                collection.insert_one({"_id": key, **change})
            except DuplicateKeyError:
                continue
            return
        if collection.update_one({"_id": key, "failures": stored.failures}, {"$set": change}).matched_count:
            return
    raise TooManyTries(1)
