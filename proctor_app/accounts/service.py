"""Use cases of accounts: who may sign in, by password, by one-time link, or as a program by token.

Passwords are kept as Argon2id hashes. Link and API tokens are long and random, so that a plain hash is enough.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId
from mongoengine import NotUniqueError

from proctor_app import clock
from proctor_app.accounts import sign_ins
from proctor_app.accounts.models import LOCAL_EMAIL, ApiToken, Interviewer, SignInLink
from proctor_app.accounts.rules import PASSWORD_LENGTH, PASSWORD_LENGTH_MOST
from proctor_app.errors import ProctorError, conflict, invalid, not_found

LINK_VALID_FOR = timedelta(hours=24)
# "Last used" is for people to read: writing it on every request would be a write for each read.
LAST_USED_STEP = timedelta(minutes=1)

# OWASP's recommended least cost. The web process serves live calls on one thread, and each check holds it.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked in place of a hash that does not exist, so that an unknown e-mail takes as long as a wrong password.
_NOBODYS_HASH = _hasher.hash(secrets.token_hex())


# ---------------------------------------------------------------- interviewers


def normal_email(email: str) -> str:
    """The one spelling under which an e-mail address is stored. Raises `invalid` for what cannot be one."""
    email = email.strip().lower()
    user, at, domain = email.rpartition("@")
    if not (user and at and domain) or any(c.isspace() or c in "<>,;" for c in email) or len(email) > 254:
        raise invalid("email", "That is not an e-mail address. Write it as name@example.org.")
    return email


def create_interviewer(email: str, name: str, password: str | None = None, *, is_admin: bool = False) -> Interviewer:
    """A new account. Raises `invalid` for a bad field and `email_taken`."""
    password_hash = _hashed(password) if password is not None else None
    return _create(normal_email(email), _checked_name(name), password_hash, is_admin)


def _create(email: str, name: str, password_hash: str | None, is_admin: bool) -> Interviewer:
    interviewer = Interviewer(
        email=email,
        name=name,
        password_hash=password_hash,
        is_admin=is_admin,
        created_at=clock.now(),
    )
    try:
        return interviewer.save(force_insert=True)
    except NotUniqueError:
        raise _email_taken() from None


def find(interviewer_id: str | None) -> Interviewer | None:
    """The account by its id, or None."""
    if not interviewer_id or not ObjectId.is_valid(interviewer_id):
        return None
    # Every request and every socket comes through here: without a queryset this takes half the time.
    document = Interviewer._get_collection().find_one({"_id": ObjectId(interviewer_id)})
    return Interviewer._from_son(document) if document else None


def get(interviewer_id: str) -> Interviewer:
    """The account by its id. Raises `not_found`."""
    found = find(interviewer_id)
    if found is None:
        raise not_found("account")
    return found


def find_by_email(email: str) -> Interviewer | None:
    """The account by its e-mail address, or None."""
    return Interviewer.objects(email=email.strip().lower()).first()


def ensure_admin(email: str, password: str) -> Interviewer:
    """The administrator whom ADMIN_EMAIL and ADMIN_PASSWORD name; made when missing.

    An account that exists keeps the password its owner may have chosen since. The operator's password is taken as
    it is, however short.
    """
    found = find_by_email(email)
    if found is None:
        try:
            return _create(normal_email(email), name_from(email), _hasher.hash(password), is_admin=True)
        except ProctorError as error:
            # Two processes that start at once both find nobody; the first one makes the account.
            found = find_by_email(email) if error.code == "email_taken" else None
            if found is None:
                raise
    if not found.is_admin:
        found.modify(set__is_admin=True)
    return found


def local_interviewer(email: str | None = None) -> Interviewer:
    """The account that the link printed by `proctor run` signs in: the one named by `email`, or the local one."""
    if email:
        return find_by_email(email) or create_interviewer(email, name_from(email), is_admin=True)
    found = Interviewer.objects(is_local=True).first()
    if found is not None:
        return found
    now = clock.now()
    return Interviewer(email=LOCAL_EMAIL, name="Interviewer", is_admin=True, is_local=True, created_at=now).save()


def update_profile(interviewer: Interviewer, name: str, email: str) -> None:
    """A new name and e-mail address. Raises `invalid` for a bad field and `email_taken`."""
    name, email = _checked_name(name), normal_email(email)
    try:
        interviewer.modify(set__name=name, set__email=email)
    except NotUniqueError:
        raise _email_taken() from None


def sign_in_noted(interviewer: Interviewer) -> None:
    """The interviewer has just signed in."""
    interviewer.modify(set__last_sign_in_at=clock.now())


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise invalid("name", "Give a name: candidates see it in the call.")
    if len(name) > 200:
        raise invalid("name", "The name holds 200 characters at most; this one is longer.")
    return name


def name_from(email: str) -> str:
    """A first name for an account of which only the address is known: `asha.verma@…` is “Asha Verma”."""
    user = email.partition("@")[0]
    return " ".join(part.capitalize() for part in user.replace("_", ".").split(".") if part) or user


def _email_taken() -> ProctorError:
    error = conflict("email_taken", "Another account has this e-mail address. Use a different one.")
    error.field = "email"
    return error


# ---------------------------------------------------------------- passwords


def check_password(email: str, password: str) -> Interviewer | None:
    """The account that `email` and `password` open, or None; which of the two was wrong is not told."""
    interviewer = find_by_email(email)
    stored = interviewer.password_hash if interviewer is not None else None
    if not _verified(stored or _NOBODYS_HASH, password) or interviewer is None or stored is None:
        return None
    if _hasher.check_needs_rehash(stored):
        interviewer.modify({"password_hash": stored}, set__password_hash=_hasher.hash(password))
    return interviewer


def change_password(interviewer: Interviewer, current: str | None, new: str) -> None:
    """A new password. Who has one already must know it. Raises `invalid`."""
    if interviewer.password_hash and not _verified(interviewer.password_hash, current or ""):
        raise invalid("current", "That is not your present password. Type the one you sign in with.")
    set_password(interviewer, new)


def set_password(interviewer: Interviewer, new: str) -> None:
    """A new password, without asking for the old one: for the command line. Raises `invalid`."""
    interviewer.modify(set__password_hash=_hashed(new))
    SignInLink.objects(interviewer=str(interviewer.id)).delete()


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[: PASSWORD_LENGTH_MOST + 1])
    except (VerificationError, InvalidHashError):
        return False


def check_new_password(password: str) -> None:
    """Raises `invalid` for a password that is too short or too long."""
    if len(password) < PASSWORD_LENGTH:
        raise invalid("password", f"The password needs {PASSWORD_LENGTH} characters or more. A short sentence is fine.")
    if len(password) > PASSWORD_LENGTH_MOST:
        raise invalid("password", f"The password holds {PASSWORD_LENGTH_MOST} characters at most; this one is longer.")


def _hashed(password: str) -> str:
    check_new_password(password)
    return _hasher.hash(password)


# ---------------------------------------------------------------- one-time links


def make_sign_in_link(interviewer: Interviewer, valid_for: timedelta = LINK_VALID_FOR) -> str:
    """The token of a link that signs `interviewer` in once: the page is `/sign-in/<token>`."""
    token = secrets.token_urlsafe(24)
    SignInLink(token_hash=_token_hash(token), interviewer=str(interviewer.id), expires_at=clock.now() + valid_for).save(
        force_insert=True
    )
    return token


def redeem(token: str) -> Interviewer | None:
    """The account whose link this is, the first time and before it expires; else None."""
    now = clock.now()
    link = SignInLink.objects(token_hash=_token_hash(token), used_at=None, expires_at__gt=now).first()
    if link is None or not link.modify({"used_at": None}, set__used_at=now):
        return None
    return find(link.interviewer)


# ---------------------------------------------------------------- API tokens


def add_token(interviewer: Interviewer, label: str, value: str | None = None) -> str:
    """A new API token; the plain text is returned here and never again.

    `value` is for set-ups that bring their own, at least 20 characters long. Raises `invalid`, `token_taken`.
    """
    label = " ".join(label.split())
    if not label or len(label) > 100:
        raise invalid("label", "Say in up to 100 characters what the token is for, such as “Applicant system”.")
    if value is not None and len(value) < 20:
        raise invalid("value", "A token of your own needs 20 characters or more.")
    plain = value or f"proctor_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        token_hash=_token_hash(plain), interviewer=str(interviewer.id), label=label, created_at=clock.now()
    )
    try:
        token.save(force_insert=True)
    except NotUniqueError:
        raise conflict("token_taken", "This token exists already. Choose a different value.") from None
    return plain


def find_by_token(plain: str) -> Interviewer | None:
    """The account for which a program with this API token acts, or None."""
    token = find_token(plain)
    return find(token.interviewer) if token is not None else None


def find_token(plain: str) -> ApiToken | None:
    """The API token itself, used just now; None when it is unknown or was revoked."""
    document = ApiToken._get_collection().find_one({"token_hash": _token_hash(plain)})
    if document is None or document.get("revoked_at") is not None:
        return None
    token, now = ApiToken._from_son(document), clock.now()
    if token.last_used_at is None or now - token.last_used_at >= LAST_USED_STEP:
        token.modify(set__last_used_at=now)
    return token


def tokens_of(interviewer: Interviewer) -> list[ApiToken]:
    """The API tokens of an account that work, newest first."""
    return list(ApiToken.objects(interviewer=str(interviewer.id), revoked_at=None).order_by("-created_at"))


def revoke_token(interviewer: Interviewer, token_id: str) -> ApiToken:
    """A token of this account stops working, at open sockets too. Raises `not_found`; a repeat changes nothing."""
    found: Any = None
    if ObjectId.is_valid(token_id):
        found = ApiToken.objects(id=token_id, interviewer=str(interviewer.id)).first()
    if found is None:
        raise not_found("token")
    found.modify({"revoked_at": None}, set__revoked_at=clock.now())
    sign_ins.say_ended({str(found.id)})
    return found


def _token_hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
