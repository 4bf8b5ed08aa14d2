"""What is stored about interviewers and how they get in. Only `accounts.service` writes here."""

from typing import Any

from flask_login import UserMixin
from mongoengine import BinaryField, BooleanField, DateTimeField, IntField, ListField, StringField

from proctor_app.documents import Document

LOCAL_EMAIL = "interviewer@localhost"


class Interviewer(UserMixin, Document):
    """Somebody who may sign in and hold interviews. `password_hash` is empty for who comes by link only."""

    meta = {
        "collection": "interviewer",
        "auto_create_index": False,
        "indexes": [{"fields": ["email"], "unique": True}],
    }

    email: Any = StringField(required=True, max_length=254)
    name: Any = StringField(required=True, max_length=200)
    password_hash: Any = StringField()
    is_admin: Any = BooleanField(default=False)
    is_local: Any = BooleanField(default=False)
    created_at: Any = DateTimeField(required=True)
    last_sign_in_at: Any = DateTimeField()

    @property
    def has_mailbox(self) -> bool:
        """Whether reports can be mailed: the local account has no real address until its owner gives one."""
        return bool(self.email != LOCAL_EMAIL)


class ApiToken(Document):
    """A key with which a program acts for an interviewer. Only its hash is kept."""

    meta = {
        "collection": "api_token",
        "auto_create_index": False,
        "indexes": [{"fields": ["token_hash"], "unique": True}, ("interviewer", "created_at")],
    }

    token_hash: Any = StringField(required=True)
    interviewer: Any = StringField(required=True)
    label: Any = StringField(required=True, max_length=100)
    created_at: Any = DateTimeField(required=True)
    revoked_at: Any = DateTimeField()
    last_used_at: Any = DateTimeField()


class SignInLink(Document):
    """A link that signs its interviewer in once. The database drops it when it has expired."""

    meta = {
        "collection": "sign_in_link",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["token_hash"], "unique": True},
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }

    token_hash: Any = StringField(required=True)
    interviewer: Any = StringField(required=True)
    expires_at: Any = DateTimeField(required=True)
    used_at: Any = DateTimeField()


class FailedTries(Document):
    """Failed tries in a row at one account or from one address, under a keyed hash of it; dropped when forgotten."""

    meta = {
        "collection": "failed_tries",
        "auto_create_index": False,
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id: Any = StringField(primary_key=True)
    failures: Any = IntField(required=True)
    not_before: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField(required=True)


class SignIn(Document):
    """One browser in which an interviewer is signed in; deleted when that ends. `way` is how they came in."""

    meta = {
        "collection": "sign_in",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["token_hash"], "unique": True},
            ("interviewer", "last_seen_at"),
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }

    token_hash: Any = StringField(required=True)
    interviewer: Any = StringField(required=True)
    way: Any = StringField(required=True)
    address: Any = StringField(required=True)
    device: Any = StringField(required=True)
    created_at: Any = DateTimeField(required=True)
    last_seen_at: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField(required=True)


class PasswordReset(Document):
    """A link that lets its interviewer choose a new password once. The database drops it when it has expired."""

    meta = {
        "collection": "password_reset",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["token_hash"], "unique": True},
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }

    token_hash: Any = StringField(required=True)
    interviewer: Any = StringField(required=True)
    created_at: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField(required=True)


class SecondFactor(Document):
    """An interviewer's authenticator app, and the codes for when it is lost. Its id is the account's.

    Secrets are sealed with SECRET_KEY. `last_step` is the time step of the code that was used last: no code of it or
    before it works again. `pending` is a secret that was shown and not confirmed yet.
    """

    meta = {"collection": "second_factor", "auto_create_index": False}

    id: Any = StringField(primary_key=True)
    secret: Any = StringField()
    pending: Any = StringField()
    last_step: Any = IntField(default=0)
    recovery_hashes: Any = ListField(StringField())
    since: Any = DateTimeField()


class Passkey(Document):
    """A key pair of an interviewer's device or password manager; its id is the credential's. Only the public half."""

    meta = {"collection": "passkey", "auto_create_index": False, "indexes": [("interviewer", "created_at")]}

    id: Any = StringField(primary_key=True)
    interviewer: Any = StringField(required=True)
    public_key: Any = BinaryField(required=True)
    sign_count: Any = IntField(required=True)
    label: Any = StringField(required=True, max_length=100)
    created_at: Any = DateTimeField(required=True)
    last_used_at: Any = DateTimeField()


class PasskeyChallenge(Document):
    """What a browser was asked to sign, by its hash; deleted when it is answered, and by the database soon after."""

    meta = {
        "collection": "passkey_challenge",
        "auto_create_index": False,
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id: Any = StringField(primary_key=True)
    expires_at: Any = DateTimeField(required=True)


class OpenIdIdentity(Document):
    """Somebody as an OpenID provider knows them, and whose account that is; the id is issuer and subject."""

    meta = {"collection": "openid_identity", "auto_create_index": False}

    id: Any = StringField(primary_key=True)
    interviewer: Any = StringField(required=True)
    created_at: Any = DateTimeField(required=True)
