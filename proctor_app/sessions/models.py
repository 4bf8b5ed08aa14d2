"""What is stored about an interview itself. Only `sessions.service` writes here."""

from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    ListField,
    StringField,
)

from proctor_app.documents import Document


class Consent(EmbeddedDocument):
    """The candidate's decision, with the version of the text it was made on, and its words where we showed them."""

    decision = StringField(required=True)
    version = StringField(required=True)
    text = ListField(StringField())
    decided_at = DateTimeField(required=True)
    source = StringField(required=True, choices=("page", "api"))


class Session(Document):
    """One candidate's interview."""

    meta = {
        "collection": "session",
        "auto_create_index": False,
        "indexes": [("owner", "-created_at"), ("status", "ended_at")],
    }

    id: Any = StringField(primary_key=True)
    title = StringField(required=True, max_length=200)
    owner = StringField(required=True)
    candidate_name = StringField(required=True, max_length=200)
    candidate_email = StringField(max_length=254)
    status = StringField(required=True, default="scheduled")
    invite_hash = StringField()
    invite_made_at: Any = DateTimeField()
    invite_used_at: Any = DateTimeField()
    invite_used_by = StringField()
    invite_withdrawn_at: Any = DateTimeField()
    program_hash = StringField()
    policy_name = StringField(default="classic")
    policy: Any = DictField()
    # The one that holds, and all of them in order.
    consent: Any = EmbeddedDocumentField(Consent)
    decisions: Any = ListField(EmbeddedDocumentField(Consent))
    scheduled_for = DateTimeField()
    created_at: Any = DateTimeField(required=True)
    opened_at: Any = DateTimeField()
    started_at: Any = DateTimeField()
    candidate_left_at: Any = DateTimeField()
    ended_at: Any = DateTimeField()
    finalised_at: Any = DateTimeField()


class Transition(Document):
    """One step of a session's life: the timeline, the audit log and the report are made of these."""

    meta = {"collection": "transition", "auto_create_index": False, "indexes": [("session", "at")]}

    session = StringField(required=True)
    action = StringField(required=True)
    by = StringField(required=True)
    at: Any = DateTimeField(required=True)


class PhaseMark(Document):
    """The interviewer said what is going on from a moment on; without a phase, that it is over."""

    meta = {"collection": "phase_mark", "auto_create_index": False, "indexes": [("session", "at")]}

    session = StringField(required=True)
    phase = StringField()
    by = StringField(required=True)
    at: Any = DateTimeField(required=True)


class Knock(Document):
    """Somebody who has only the session id, or a link that another browser has used, and asks to be let in."""

    meta = {
        "collection": "knock",
        "auto_create_index": False,
        "indexes": [("session", "status"), {"fields": ["created_at"], "expireAfterSeconds": 86400}],
    }

    id: Any = StringField(primary_key=True)
    session = StringField(required=True)
    name = StringField(required=True, max_length=200)
    status = StringField(required=True, default="waiting")
    has_link: Any = BooleanField(default=False)
    created_at: Any = DateTimeField(required=True)
    seen_at: Any = DateTimeField(required=True)


class Note(Document):
    """What the interviewer wrote down, at its moment in the interview."""

    meta = {"collection": "note", "auto_create_index": False, "indexes": [("session", "written_at")]}

    session = StringField(required=True)
    author = StringField(required=True)
    text = StringField(required=True, max_length=2000)
    written_at: Any = DateTimeField(required=True)
