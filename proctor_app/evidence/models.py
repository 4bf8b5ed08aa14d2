"""What is stored about stills. Only `evidence.service` writes here.

A still's pixels lie apart from what is known about it: they are deleted when their time is over, and that there was
one, and when it was deleted, stays with the interview.
"""

from typing import Any

from mongoengine import BinaryField, DateTimeField, IntField, StringField

from proctor_app.documents import Document


class Evidence(Document):
    """That an incident has a still. The id is the incident's, so that none has two."""

    meta = {
        "collection": "evidence",
        "auto_create_index": False,
        "indexes": [("session",), ("deleted_at", "expires_at")],
    }

    id: Any = StringField(primary_key=True)
    session = StringField(required=True)
    observation = StringField(required=True)
    style = StringField(required=True)
    taken_at: Any = DateTimeField(required=True)
    received_at: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField(required=True)
    deleted_at: Any = DateTimeField()
    width: Any = IntField(required=True)
    height: Any = IntField(required=True)
    sha256 = StringField(required=True)


class EvidencePicture(Document):
    """The picture itself. The database deletes it when its time is over, also where no job process runs."""

    meta = {
        "collection": "evidence_picture",
        "auto_create_index": False,
        "indexes": [("session",), {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id: Any = StringField(primary_key=True)
    session = StringField(required=True)
    expires_at: Any = DateTimeField(required=True)
    jpeg: Any = BinaryField(required=True)


class EvidenceView(Document):
    """That somebody was shown a still, or all of a session's at once (no incident)."""

    meta = {"collection": "evidence_view", "auto_create_index": False, "indexes": [("session", "at")]}

    session = StringField(required=True)
    incident = StringField()
    by = StringField(required=True)
    door = StringField(required=True)
    at: Any = DateTimeField(required=True)
