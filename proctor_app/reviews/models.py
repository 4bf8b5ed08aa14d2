"""Every verdict that was ever given, in order: an undo is one more of them. Only `reviews.service` writes here."""

from typing import Any

from mongoengine import DateTimeField, StringField

from proctor_app.documents import Document


class Review(Document):
    """One decision of one person about one incident."""

    meta = {"collection": "review", "auto_create_index": False, "indexes": [("session", "incident", "at")]}

    session = StringField(required=True)
    incident = StringField(required=True)
    verdict = StringField(required=True, choices=("confirmed", "dismissed", "none"))
    note = StringField(max_length=1000)
    by = StringField(required=True)
    at: Any = DateTimeField(required=True)
