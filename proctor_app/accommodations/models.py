"""Accommodations, apart from the interviews they are for. Only `accommodations.service` writes here."""

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, ListField, StringField

from proctor_app.documents import Document


class Profile(Document):
    """A named set of what is not watched for, or only after a longer time. Its name is for administrators alone."""

    meta = {
        "collection": "accommodation_profile",
        "auto_create_index": False,
        "indexes": [{"fields": ["name_key"], "unique": True}],
    }

    id: Any = StringField(primary_key=True)
    name: Any = StringField(required=True, max_length=60)
    name_key = StringField(required=True)
    off: Any = ListField(StringField())
    thresholds: Any = DictField()
    no_pictures: Any = BooleanField(default=False)
    changed_at: Any = DateTimeField(required=True)
    archived_at: Any = DateTimeField()


class Accommodation(Document):
    """A code that gives one interview what a profile says, and from then on what it gave.

    Until it is used, `profile` says what it will give. Once it is, `session` names the interview and the values stand
    here: the profile is no longer named, and may change.
    """

    meta = {
        "collection": "accommodation",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["code_hash"], "unique": True},
            ("session",),
            {"fields": ["expires_at"], "expireAfterSeconds": 0},
        ],
    }

    id: Any = StringField(primary_key=True)
    code_hash = StringField(required=True)
    profile = StringField()
    made_at: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField()
    session = StringField()
    used_at: Any = DateTimeField()
    by_candidate: Any = BooleanField(default=False)
    off: Any = ListField(StringField())
    thresholds: Any = DictField()
    no_pictures: Any = BooleanField(default=False)
