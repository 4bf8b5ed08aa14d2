"""What stays of an erased interview. Only `decisions.service` writes here."""

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, FloatField, IntField, ListField, StringField

from proctor_app.documents import Document


class DecisionRecord(Document):
    """The figures of one interview: no name, no address, no title, no note, no picture, no time of any incident.

    `id` is the session's: who holds the organisation's own file of the application knows whose it is, nobody else does.
    """

    meta = {
        "collection": "decision_record",
        "auto_create_index": False,
        "indexes": [("owner", "ended_at"), {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }

    id: Any = StringField(primary_key=True)
    owner = StringField(required=True)
    started_at: Any = DateTimeField()
    ended_at: Any = DateTimeField(required=True)
    # None where too little was watched for a number to mean anything.
    score = IntField()
    formula = StringField(required=True)
    counts: Any = DictField()
    incidents = IntField(required=True)
    reviewed = IntField(required=True)
    dismissed = IntField(required=True)
    coverage_percent = IntField()
    call_seconds = FloatField(required=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    detectors = StringField(required=True)
    has_accommodation = BooleanField(required=True)
    # (decision, version of the text, when) of each answer.
    consent: Any = ListField(DictField())
    erased_at: Any = DateTimeField(required=True)
    expires_at: Any = DateTimeField(required=True)
