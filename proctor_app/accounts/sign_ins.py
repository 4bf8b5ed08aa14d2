"""Where somebody is signed in: one record for each browser, which the cookie names and which can be ended.

The cookie holds a random token, the database its hash. A cookie whose record is gone opens nothing, however well it is
signed: signing out, ending one from another browser and a new password delete records.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from proctor_app import clock
from proctor_app.accounts.models import ApiToken, Interviewer, SignIn
from proctor_app.errors import not_found

# Unused this long, a browser is signed out: as long as its cookie lives.
VALID_FOR = timedelta(days=31)
# "Last seen" is for people to read: writing it on every request would be a write for each read.
SEEN_STEP = timedelta(minutes=1)

_listeners: list[Callable[[Collection[str]], None]] = []


def tell(*listeners: Callable[[Collection[str]], None]) -> None:
    """Have these, and no others, called with the ids of sign-ins and API tokens that were ended.

    Wired by `create_app`.
    """
    _listeners[:] = listeners


def say_ended(ids: Collection[str]) -> None:
    """What these sign-ins and API tokens had opened is to be closed."""
    for listener in _listeners:
        listener(ids)


def begin(interviewer: Interviewer, way: str, address: str, device: str) -> str:
    """Somebody has signed in. Returns the token for the cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    SignIn(
        token_hash=_hash(token),
        interviewer=str(interviewer.id),
        way=way,
        address=address,
        device=device,
        created_at=now,
        last_seen_at=now,
        expires_at=now + VALID_FOR,
    ).save(force_insert=True)
    return token


def find(token: str, address: str) -> SignIn | None:
    """The sign-in that a cookie names, seen just now from `address`; None when it has ended."""
    # As for accounts, every request comes through here: without a queryset this takes half the time.
    stored = SignIn._get_collection().find_one({"token_hash": _hash(token)})
    if stored is None:
        return None
    found, now = SignIn._from_son(stored), clock.now()
    if found.expires_at <= now:
        return None
    if now - found.last_seen_at >= SEEN_STEP or found.address != address:
        found.modify(set__last_seen_at=now, set__address=address, set__expires_at=now + VALID_FOR)
    return found


def list_for(interviewer: Interviewer, now: datetime) -> list[SignIn]:
    """Where this account is signed in, the one seen last first."""
    found = SignIn.objects(interviewer=str(interviewer.id), expires_at__gt=now)
    return list(found.order_by("-last_seen_at"))


def end(interviewer: Interviewer, sign_in_id: str) -> SignIn:
    """One browser is signed out. Raises `not_found` for one that is not this account's, or has ended already."""
    found: Any = None
    if ObjectId.is_valid(sign_in_id):
        found = SignIn.objects(id=sign_in_id, interviewer=str(interviewer.id)).first()
    if found is None:
        raise not_found("sign-in")
    _end([found])
    return found


def end_by_token(token: str) -> None:
    """The browser whose cookie holds this token is signed out. A repeat changes nothing."""
    _end(list(SignIn.objects(token_hash=_hash(token))))


def end_all(interviewer: Interviewer, but: SignIn | None = None) -> int:
    """Every browser is signed out, except that of `but`. Returns how many that were."""
    found = SignIn.objects(interviewer=str(interviewer.id))
    return _end([one for one in found if but is None or one.id != but.id])


def ended_among(sign_in_ids: Collection[str]) -> set[str]:
    """Those of the ids whose sign-in or API token has ended, here or in another process."""
    ids = [ObjectId(one) for one in sign_in_ids]
    open_ids = [*SignIn.objects(id__in=ids).scalar("id"), *ApiToken.objects(id__in=ids, revoked_at=None).scalar("id")]
    return set(sign_in_ids) - {str(one) for one in open_ids}


def _end(found: list[SignIn]) -> int:
    ids = [one.id for one in found]
    if ids:
        SignIn.objects(id__in=ids).delete()
        say_ended({str(one) for one in ids})
    return len(ids)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
