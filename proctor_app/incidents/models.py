"""What is stored about incidents. Only `incidents.service` and its writer write here."""

from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    LongField,
    StringField,
)

from proctor_app.documents import Document


class Observation(Document):
    """The browser's claim, as it came, with both clocks. Without an incident: what counts for nothing is kept, too."""

    meta = {
        "collection": "observation",
        "auto_create_index": False,
        "indexes": [("session", "seq")],
    }

    id: Any = StringField(primary_key=True)
    session = StringField(required=True)
    incident = StringField()
    seq = LongField(required=True)
    kind = StringField(required=True)
    reason = StringField()
    started_at = DateTimeField(required=True)
    ended_at = DateTimeField()
    client_started_ms = LongField(required=True)
    client_ended_ms = LongField()
    clock_offset_ms = LongField(required=True)
    received_at = DateTimeField(required=True)
    confidence = FloatField(required=True)
    detail = DictField()


class Incident(Document):
    """The server's record, with what a person decided about it."""

    meta = {
        "collection": "incident",
        "auto_create_index": False,
        "indexes": [{"fields": ["session", "number"], "unique": True}],
    }

    id: Any = StringField(primary_key=True)
    session = StringField(required=True)
    number = IntField(required=True)
    kind = StringField(required=True)
    reason = StringField()
    source = StringField(required=True)
    started_at = DateTimeField(required=True)
    ended_at = DateTimeField()
    confidence = FloatField(required=True)
    detail = DictField()
    observations = ListField(StringField())
    late = BooleanField(default=False)
    verdict = StringField()
    verdict_note = StringField()
    verdict_by = StringField()
    verdict_at = DateTimeField()


class WatchSpan(Document):
    """A stretch of the call in which the monitor saw, could not tell, or the candidate had left."""

    meta = {
        "collection": "watch_span",
        "auto_create_index": False,
        "indexes": [{"fields": ["session", "number"], "unique": True}],
    }

    session = StringField(required=True)
    number = IntField(required=True)
    state = StringField(required=True)
    reason = StringField()
    started_at = DateTimeField(required=True)
    ended_at = DateTimeField(required=True)
