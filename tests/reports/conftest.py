"""What tests of reports stand on: templates without a database, a PDF read back, an interview that was held."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from jinja2 import StrictUndefined
from pypdf import PdfReader

from proctor_app import clock
from proctor_app.accounts.models import Interviewer
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload, ObservationPayload
from proctor_app.live import ending
from proctor_app.reports import pdf
from proctor_app.reports.models import StoredReport
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner
from tests.waiting import wait_until


@pytest.fixture
def pages() -> Iterator[Any]:
    """`pages(report)` is the report's PDF, read back by pypdf. Needs no database."""
    app = Flask("proctor_app")
    app.jinja_env.undefined = StrictUndefined
    with app.app_context():
        yield lambda report: PdfReader(io.BytesIO(pdf.write_pdf(report)))


def text_of(reader: PdfReader) -> str:
    """All words of a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@dataclass
class Held:
    """An interview of Olga's that was held, with one incident of each kind; `end` ends it for everybody."""

    session: Session
    owner: Interviewer

    def end(self) -> None:
        """End it, as the console does: the report follows by itself."""
        ending.end(self.session, str(self.owner.id))

    @property
    def report(self) -> StoredReport:
        """The report as it is stored at this moment."""
        return StoredReport.objects(id=self.session.id).first()

    def wait_for(self, **wanted: Any) -> StoredReport:
        """The stored report, once its fields are as `wanted`."""

        def there() -> StoredReport | None:
            found = self.report
            return found if found and all(getattr(found, name) == value for name, value in wanted.items()) else None

        return wait_until(there, f"a report with {wanted}", timeout=30)


@pytest.fixture
def held(app: Any) -> Iterator[Held]:
    """An interview that went on for ten minutes and is not over yet; the test runs in the application's context."""
    with app.app_context():
        owner = make_owner()
        consent = ("2026-01", clock.now())
        name = "Zoë\r\nBcc: eve@example.org"
        session, _ = sessions.create(str(owner.id), "Bäckend 後端", name, "zoe@example.org", consent=consent)
        began = clock.now() - timedelta(minutes=10)
        sessions.start(session, began)
        for number, kind in enumerate(("absence", "multiple_faces", "focus_loss")):
            incidents.record_observation(session.id, observation(number, kind, began), 0)
        watch(session, began)
        yield Held(session, owner)


def watch(session: Session, began: datetime) -> None:
    """The monitor sees everything from `began` until now."""
    at = began
    while (at := at + timedelta(seconds=4)) < clock.now():
        with clock.at(at):
            incidents.record_heartbeat(session, HeartbeatPayload(clock.to_ms(at), 5, 33, 1, "watching", None, None), 0)


def observation(number: int, kind: str, began: datetime) -> ObservationPayload:
    """What a candidate's page reports of one incident, half a minute after the one before it."""
    start = clock.to_ms(began) + 30_000 * (number + 1)
    reason = {"reason": "looking_away"} if kind == "focus_loss" else {}
    times = {"started_at": start, "ended_at": start + 4000}
    return ObservationPayload.parse(
        {"id": str(uuid.uuid4()), "seq": number, "kind": kind, "confidence": 0.9, **reason, **times}
    )
