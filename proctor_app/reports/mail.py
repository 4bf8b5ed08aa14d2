"""The e-mail with the report: what it says."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING

from flask import render_template

from proctor_app import clock, typed
from proctor_app.accounts.models import Interviewer
from proctor_app.incidents import service as incidents
from proctor_app.reviews import service as reviews
from proctor_app.sessions.models import Session

if TYPE_CHECKING:
    from config import Config


def report_message(config: "Config", session: Session, interviewer: Interviewer, pdf: bytes) -> EmailMessage:
    """The message that carries the report. Line breaks in a title cannot reach a header."""
    title, candidate = typed.one_line(session.title), typed.one_line(session.candidate_name)
    base = config.base_url or f"{'https' if config.https else 'http'}://{config.host}:{config.port}"
    message = EmailMessage()
    message["Subject"] = f"Interview report: {title}, {candidate}"
    message["From"] = config.mail_from
    message["To"] = interviewer.email
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="proctor.invalid")
    message.set_content(
        render_template(
            "reports/mail.txt",
            session=session,
            interviewer=interviewer,
            score=reviews.score_for(session),
            coverage=incidents.coverage_for(session, clock.now()),
            console_url=f"{base}/sessions/{session.id}",
        )
    )
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"report-{session.id}.pdf")
    return message
