"""The report goes to the interviewer by e-mail, once, and what goes wrong is said in words."""

import io
import smtplib
import traceback
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from proctor_app import clock, embedded
from proctor_app.accounts.models import LOCAL_EMAIL
from proctor_app.errors import ProctorError
from proctor_app.reports import mail
from proctor_app.reports import service as reports
from proctor_app.sessions import service as sessions
from proctor_app.smtp import failure_in_words
from tests.conftest import Mailbox, Program
from tests.reports.conftest import Held, text_of


@pytest.fixture(autouse=True)
def mailed(settings: dict[str, str], smtp: Mailbox) -> None:
    """The application under test sends its e-mail to `smtp`."""
    settings["SMTP_URL"] = smtp.url
    settings["MAIL_FROM"] = "Interviews <interviews@example.org>"


def made(held: Held) -> Held:
    held.end()
    reports.make_report(held.session.id)
    return held


def test_the_report_arrives(held: Held, smtp: Mailbox, jobs_worker: Program) -> None:
    held.end()
    message = smtp.wait_for(1)[0]
    assert message["To"] == "olga@example.org" and message["From"] == "Interviews <interviews@example.org>"
    assert message["Subject"] == "Interview report: Bäckend 後端, Zoë Bcc: eve@example.org"
    body = message.get_body(("plain",))
    assert body and f"/sessions/{held.session.id}" in body.get_content() and "= 90" in body.get_content()
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == [f"report-{held.session.id}.pdf"]
    assert "100 − (1·2 + 1·3 + 1·5) = 90" in text_of(PdfReader(io.BytesIO(attached[0].get_content())))
    assert held.wait_for(email_status="sent").email_to == "olga@example.org"


def test_it_gives_no_number_where_too_little_was_watched(app: Any, held: Held) -> None:
    session, _ = sessions.create(str(held.owner.id), "Backend", "Asha", "")
    sessions.start(session, clock.now() - timedelta(minutes=10))
    sessions.end(session, "olga", clock.now())
    body = mail.report_message(app.config["PROCTOR"], session, held.owner, b"").get_body(("plain",))
    assert body and "Only 0 % of the call could be watched, so it gives no score." in body.get_content()
    assert "100" not in body.get_content()


def test_no_header_can_be_smuggled_in(held: Held, smtp: Mailbox) -> None:
    made(held)
    reports.send_report(held.session.id)
    message = smtp.wait_for(1)[0]
    assert message["Bcc"] is None and message["To"] == "olga@example.org"


def test_it_is_sent_once(held: Held, smtp: Mailbox) -> None:
    made(held)
    for _ in range(3):
        reports.send_report(held.session.id)
    reports.request_report(held.session.id)
    reports.make_report(held.session.id)
    reports.send_report(held.session.id)
    assert len(smtp.messages) == 1 and held.report.revision == 2


def test_it_is_sent_again_when_asked_for(held: Held, smtp: Mailbox) -> None:
    made(held)
    reports.send_report(held.session.id)
    reports.retry(held.session.id)
    reports.send_report(held.session.id)
    assert len(smtp.messages) == 2


def test_without_a_mail_server_it_says_so(app: Any, held: Held) -> None:
    app.config["PROCTOR"] = replace(app.config["PROCTOR"], smtp_url=None)
    reports.send_report(made(held).session.id)
    assert held.report.email_status == "not_configured"


def test_the_local_interviewer_has_no_address(app: Any, held: Held, smtp: Mailbox) -> None:
    held.owner.update(set__email=LOCAL_EMAIL)
    reports.send_report(made(held).session.id)
    assert held.report.email_status == "no_address" and smtp.messages == []


def test_a_server_that_is_away_is_tried_again_without_a_new_report(app: Any, held: Held, smtp: Mailbox) -> None:
    made(held)
    config = app.config["PROCTOR"]
    app.config["PROCTOR"] = replace(config, smtp_url=f"smtp://127.0.0.1:{embedded.free_port()}")
    with pytest.raises(OSError):
        reports.send_report(held.session.id)
    assert held.report.email_status == "retrying"
    assert held.report.email_error == "The mail server could not be reached. Check SMTP_URL and that it is up."
    first = held.report.made_at
    app.config["PROCTOR"] = config
    reports.send_report(held.session.id)
    assert (held.report.email_status, held.report.email_error) == ("sent", None)
    assert held.report.made_at == first and len(smtp.messages) == 1


def test_trying_again_comes_to_an_end(app: Any, held: Held) -> None:
    made(held)
    away = f"smtp://127.0.0.1:{embedded.free_port()}"
    app.config["PROCTOR"] = replace(app.config["PROCTOR"], smtp_url=away)
    for tried in range(1, reports.MAIL_RETRIES + 2):
        with pytest.raises(OSError):
            reports.send_report(held.session.id)
        assert held.report.email_status == ("failed" if tried > reports.MAIL_RETRIES else "retrying")


def test_a_review_between_the_tries_keeps_none_of_them_from_being_the_last(app: Any, held: Held, smtp: Mailbox) -> None:
    made(held)
    config = app.config["PROCTOR"]
    app.config["PROCTOR"] = replace(config, smtp_url=f"smtp://127.0.0.1:{embedded.free_port()}")
    for _ in range(reports.MAIL_RETRIES + 1):
        reports.request_report(held.session.id)
        with pytest.raises(OSError):
            reports.send_report(held.session.id)
    assert held.report.email_status == "failed"
    reports.make_report(held.session.id)
    reports.retry(held.session.id)
    with pytest.raises(OSError):
        reports.send_report(held.session.id)
    assert held.report.email_status == "retrying", "who asks again gets as many tries again"


def test_an_address_that_is_refused_is_not_written_to_the_log(
    held: Held, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> str:
        return "550 Nobody here"

    monkeypatch.setattr(smtp, "handle_RCPT", refuse, raising=False)
    made(held)
    with pytest.raises(ProctorError) as raised:
        reports.send_report(held.session.id)
    assert "olga" not in "".join(traceback.format_exception(raised.value))
    assert "refused the interviewer's address" in held.report.email_error


def test_a_server_that_says_goodbye_in_its_own_way_gets_it_once(
    held: Held, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def say_goodbye(*_: Any) -> str:
        return "250 See you"

    monkeypatch.setattr(smtp, "handle_QUIT", say_goodbye, raising=False)
    made(held)
    reports.send_report(held.session.id)
    assert held.report.email_status == "sent" and len(smtp.messages) == 1


def test_a_process_killed_while_sending_leaves_it_to_a_person(held: Held, smtp: Mailbox) -> None:
    made(held).report.update(set__email_status="sending")
    reports.resume()
    assert held.report.email_status == "unclear"
    reports.send_report(held.session.id)
    assert smtp.messages == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"secret@example.org"), "user name or password"),
        (smtplib.SMTPRecipientsRefused({"secret@example.org": (550, b"no")}), "refused the interviewer's address"),
        (smtplib.SMTPSenderRefused(550, b"no", "secret@example.org"), "MAIL_FROM"),
        (TimeoutError(), "could not be reached"),
    ],
)
def test_failures_are_said_in_words_without_addresses(error: Exception, words: str) -> None:
    told = failure_in_words(error)
    assert told and words in told and "secret" not in told
