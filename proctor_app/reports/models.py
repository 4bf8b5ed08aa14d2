"""The report as it was made, and how far its making and mailing have come. Only `reports.service` writes here."""

from typing import Any

from mongoengine import BinaryField, DateTimeField, IntField, StringField

from proctor_app.documents import Document


class StoredReport(Document):
    """One session's report.

    `wanted` counts the reasons to make it, `making` is the revision that a job is at, `revision` the stored one.
    """

    meta = {"collection": "report", "auto_create_index": False, "indexes": [("status",)]}

    id: Any = StringField(primary_key=True)
    status = StringField(required=True, default="waiting")
    wanted = IntField(required=True, default=0)
    making = IntField(required=True, default=0)
    begun_at: Any = DateTimeField()
    revision = IntField(required=True, default=0)
    percent = IntField(required=True, default=0)
    step = StringField()
    error = StringField()
    tries = IntField(required=True, default=0)
    asked_at: Any = DateTimeField()
    # 5,000 incidents make about 1 MB; a document holds 16.
    pdf: Any = BinaryField()
    json: Any = BinaryField()
    csv: Any = BinaryField()
    # The PDF without stills, for the e-mail; none where it would be the same.
    mail_pdf: Any = BinaryField()
    made_at: Any = DateTimeField()
    email_status = StringField(required=True, default="none")
    email_to = StringField()
    email_error = StringField()
    email_tries = IntField(required=True, default=0)
    emailed_at: Any = DateTimeField()
