"""An organisation's own policies, with every version that there ever was. Only `policies.service` writes here."""

from typing import Any

from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    StringField,
)

from proctor_app.documents import Document


class PolicyVersion(EmbeddedDocument):
    """What a policy said from one saving to the next. It never changes: sessions and reports name it."""

    number = IntField(required=True)
    values: Any = DictField(required=True)
    made_at: Any = DateTimeField(required=True)
    made_by = StringField(required=True)
    same_as = IntField()


class OwnPolicy(Document):
    """A policy of the organisation's own. `id` stands in sessions and in the API and stays when the name changes."""

    meta = {
        "collection": "policy",
        "auto_create_index": False,
        "indexes": [{"fields": ["name_key"], "unique": True}],
    }

    id: Any = StringField(primary_key=True)
    name: Any = StringField(required=True, max_length=60)
    name_key = StringField(required=True)
    summary: Any = StringField(max_length=200)
    version: Any = IntField(required=True)
    versions: Any = EmbeddedDocumentListField(PolicyVersion)
    archived_at: Any = DateTimeField()
