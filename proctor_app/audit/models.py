"""What the audit log is made of. Only `audit.service` writes here, and it only adds."""

from typing import Any

from mongoengine import DateTimeField, DictField, IntField, StringField

from proctor_app.documents import Document


class AuditEntry(Document):
    """That somebody did something. The id counts from 1 without gaps; `hash` covers the entry and the one before.

    `by` and `about` are ids: who is erased leaves an entry behind that says nothing about them.
    """

    meta = {
        "collection": "audit_entry",
        "auto_create_index": False,
        "indexes": [("about", "id"), ("by", "id"), ("action", "id")],
    }

    id: Any = IntField(primary_key=True)
    at: Any = DateTimeField(required=True)
    by: Any = StringField(required=True)
    action: Any = StringField(required=True)
    about: Any = StringField()
    details: Any = DictField()
    before: Any = StringField(required=True)
    hash: Any = StringField(required=True)
