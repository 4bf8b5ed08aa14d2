"""What is stored of the chain. Only `chain.service` writes here, and it never changes what it wrote."""

from typing import Any

from mongoengine import BooleanField, DateTimeField, IntField, StringField

from proctor_app.documents import Document


class ChainEntry(Document):
    """One link: that a thing was stored, as it was then, after everything that the entry before stands for."""

    meta = {
        "collection": "chain",
        "auto_create_index": False,
        "indexes": [{"fields": ["session", "n"], "unique": True}],
    }

    session = StringField(required=True)
    n = IntField(required=True)
    at: Any = DateTimeField(required=True)
    what = StringField(required=True)
    of = StringField(required=True, db_field="id")
    digest = StringField(required=True)
    # Linked afterwards: what a crash left over, or what was there before there was a chain.
    late = BooleanField(required=True)
    prev = StringField(required=True)
    hash = StringField(required=True)
