"""Jobs that fail are seen with their reason, are tried again, and take effect once however often they run."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from proctor_app import clock, jobs, records, worker
from proctor_app.cli import cli
from proctor_app.errors import ProctorError
from proctor_app.live import ending
from proctor_app.reports import service as reports
from proctor_app.sessions import service as sessions
from tests.cast import sign_in
from tests.conftest import Mailbox, Start, clean_environment
from tests.reports.conftest import Held
from tests.waiting import wait_until


@pytest.fixture
def proctor(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`proctor("jobs", "list")` is what the command prints."""
    for name, value in (clean_environment() | settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        return done.output

    return run


@pytest.fixture(autouse=True)
def mailed(settings: dict[str, str], smtp: Mailbox) -> None:
    """The application under test sends its e-mail to `smtp`."""
    settings["SMTP_URL"] = smtp.url


def test_a_mail_server_that_refuses_and_then_accepts_gets_the_report_once(
    held: Held,
    smtp: Mailbox,
    settings: dict[str, str],
    start_program: Start,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    proctor: Any,
) -> None:

    async def refuse(*_: Any) -> str:
        return "451 Come back later"

    monkeypatch.setattr(smtp, "handle_RCPT", refuse, raising=False)
    held.end()
    worker_process = start_program("jobs", sys.executable, "-m", "proctor_app.cli", "jobs", env=settings)
    held.wait_for(email_status="retrying")
    sign_in(client, held.owner)
    page = client.get(f"/sessions/{held.session.id}").text
    assert "The e-mail could not be sent yet" in page and "refused the interviewer" in page
    listed = proctor("jobs", "list")
    assert held.session.id in listed and "e-mail" in listed and "retrying" in listed
    monkeypatch.undo()
    # At least once: the queue may hold one job several times, and each is run.
    for job in (reports.send_report, reports.make_report, reports.send_report, reports.send_report):
        jobs.enqueue(job, held.session.id)
    made_at = held.wait_for(email_status="sent").made_at
    wait_until(lambda: waiting_jobs(client) == 0, "the queue to be empty")
    assert worker_process.stop() == 0
    assert len(smtp.messages) == 1
    assert (held.report.revision, held.report.made_at) == (1, made_at)


def waiting_jobs(client: Any) -> int:
    return int(client.application.extensions["jobs"].pending_count())


def test_a_failed_mailing_waits_for_a_person_who_may_be_the_operator(held: Held, proctor: Any) -> None:
    held.end()
    reports.make_report(held.session.id)
    assert "Nothing failed" in proctor("jobs", "retry", "--all")
    held.report.update(set__email_status="failed", set__email_error="The mail server could not be reached.")
    assert "could not be reached" in proctor("jobs", "list")
    assert "the e-mail is tried again" in proctor("jobs", "retry", held.session.id)
    assert held.report.email_status == "wanted"
    held.report.update(set__email_status="unclear")
    assert "may have been sent" in proctor("jobs", "retry", "--all")
    assert held.report.email_status == "unclear", "nobody gets it twice by accident"


def test_an_interview_that_cannot_be_finished_says_so_on_its_page_until_it_can(
    held: Held, client: Any, monkeypatch: pytest.MonkeyPatch, proctor: Any
) -> None:
    sessions.end(held.session, str(held.owner.id), clock.now())

    def full(_: Any) -> None:
        raise ProctorError("not_stored", "The disk is full.", http_status=503)

    later = clock.now() + timedelta(minutes=2)
    with monkeypatch.context() as patched, clock.at(later):
        patched.setattr(ending, "finalise", full)
        worker.catch_up()
        worker.catch_up()
    sign_in(client, held.owner)
    page = client.get(f"/sessions/{held.session.id}").text
    assert "could not be finished yet" in page and "The disk is full. It was tried 2 times" in page
    assert "finish" in proctor("jobs", "list") and "The disk is full." in proctor("jobs", "list")
    with clock.at(later):
        worker.catch_up()
    assert jobs.failures() == [] and sessions.get(held.session.id).finalised_at is not None


def test_a_purge_that_fails_in_the_middle_goes_on_with_the_others_and_ends_next_time(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [sessions.create(str(held.owner.id), f"Old {n}", "Asha", "")[0] for n in range(2)]
    erase, done = records.erase, []

    def breaks_once(session_id: str, **how: Any) -> Any:
        if session_id == others[0].id and not done:
            records.get_db()["note"].delete_many({"session": session_id})
            done.append(session_id)
            raise OSError("cut short")
        return erase(session_id, **how)

    monkeypatch.setattr(records, "erase", breaks_once)
    with clock.at(clock.now() + timedelta(days=400)):
        worker.purge()
        assert sessions.find(others[0].id) is not None and sessions.find(others[1].id) is None
        assert [one.session for one in jobs.failures()] == [others[0].id]
        worker.purge()
    assert sessions.find(others[0].id) is None and jobs.failures() == []
