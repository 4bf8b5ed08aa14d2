"""The job process makes a report for every interview that ended: once, whatever dies on the way."""

import io
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from pymongo import monitoring
from pypdf import PdfReader

from proctor_app import clock, worker
from proctor_app.incidents import service as incidents
from proctor_app.reports import service as reports
from proctor_app.reports.models import StoredReport
from proctor_app.reviews import service as reviews
from proctor_app.sessions import service as sessions
from tests.conftest import Program, Start
from tests.reports.conftest import Held, text_of

JOBS = ("-m", "proctor_app.cli", "jobs")


class AfterEachWrite(monitoring.CommandListener):
    """Calls a function after each update that this process had the database make."""

    def __init__(self) -> None:
        self._function: Callable[[], None] | None = None

    @contextmanager
    def calling(self, function: Callable[[], None]) -> Iterator[None]:
        """Call `function` while the block runs."""
        self._function = function
        yield
        self._function = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing has been written yet."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Written."""
        if self._function and event.command_name == "update":
            self._function()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not written."""


@pytest.fixture
def after_each_write() -> AfterEachWrite:
    """To be asked for before `app`, whose connection it listens to."""
    listener = AfterEachWrite()
    monitoring.register(listener)
    return listener


def test_ending_an_interview_makes_its_report(held: Held, jobs_worker: Program) -> None:
    held.end()
    made = held.wait_for(status="ready")
    assert (made.revision, made.percent, made.error) == (1, 100, None)
    text = text_of(PdfReader(io.BytesIO(made.pdf)))
    assert "Bäckend 後端" in text and "100 − (1·2 + 1·3 + 1·5) = 90" in text
    assert json.loads(made.json)["raw"] == 90
    assert made.csv.decode("utf-8-sig").count("\n") == 4


def test_making_it_twice_leaves_one(app: Any, held: Held) -> None:
    held.end()
    reports.make_report(held.session.id)
    first = held.report
    reports.make_report(held.session.id)
    assert held.report.made_at == first.made_at and held.report.revision == 1
    assert StoredReport.objects.count() == 1


def test_a_review_after_the_end_makes_the_next_revision(held: Held, jobs_worker: Program) -> None:
    held.end()
    held.wait_for(status="ready")
    incident = next(one for one in incidents.list_for(held.session.id) if one.kind == "multiple_faces")
    reviews.review(held.session, incident.id, "dismissed", "A poster", str(held.owner.id))
    made = held.wait_for(status="ready", revision=2)
    text = text_of(PdfReader(io.BytesIO(made.pdf)))
    assert "100 − (1·2 + 1·3 + 0·5) = 95" in text and "dismissed by Olga Owner: A poster" in text


def test_many_reviews_in_a_row_are_made_as_few_revisions(held: Held) -> None:
    held.end()
    for incident in incidents.list_for(held.session.id):
        reviews.review(held.session, incident.id, "confirmed", None, str(held.owner.id))
    held.wait_for(wanted=4)
    reports.make_report(held.session.id)
    assert (held.report.revision, held.report.status) == (4, "ready")


def test_a_killed_job_process_loses_no_report(held: Held, start_program: Start, settings: dict[str, str]) -> None:
    held.end()
    first = start_program("jobs", sys.executable, *JOBS, env=settings)
    held.wait_for(status="making")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    start_program("jobs", sys.executable, *JOBS, env=settings)
    assert held.wait_for(status="ready").revision == 1


def test_a_job_process_that_is_asked_to_end_finishes_its_job(held: Held, jobs_worker: Program) -> None:
    held.end()
    held.wait_for(status="making")
    assert jobs_worker.stop() == 0, jobs_worker.log()
    assert held.report.status == "ready"


def test_an_interview_whose_web_process_died_is_finished(app: Any, held: Held) -> None:
    sessions.end(held.session, str(held.owner.id), clock.now())
    worker.catch_up()
    assert held.report is None, "the web process still waits for the candidate's goodbye"
    with clock.at(clock.now() + timedelta(minutes=2)):
        worker.catch_up()
    assert sessions.get(held.session.id).finalised_at and held.report.status == "waiting"


def test_a_place_in_line_that_got_lost_is_taken_again(app: Any, held: Held) -> None:
    held.end()
    queue = app.extensions["jobs"]
    queue.flush()
    worker.catch_up()
    assert len(queue) == 0
    with clock.at(clock.now() + timedelta(minutes=2)):
        worker.catch_up()
    assert len(queue) == 1


def test_a_report_that_nobody_came_to_ask_for_is_made(app: Any, held: Held) -> None:
    now = clock.now()
    sessions.end(held.session, str(held.owner.id), now)
    # The web process died between the two.
    sessions.finalise(held.session, now)
    with clock.at(now + timedelta(minutes=2)):
        worker.catch_up()
    assert held.report.status == "waiting"


def test_a_report_whose_failure_could_not_be_written_down_is_made_later(app: Any, held: Held) -> None:
    held.end()
    StoredReport.objects.update(set__making=1, set__begun_at=clock.now(), set__status="making")
    reports.make_report(held.session.id)
    assert held.report.revision == 0, "another job is at it"
    with clock.at(clock.now() + timedelta(minutes=2)):
        worker.catch_up()
    assert held.report.status == "making"
    with clock.at(clock.now() + timedelta(minutes=12)):
        worker.catch_up()
    reports.make_report(held.session.id)
    assert (held.report.status, held.report.revision) == ("ready", 1)


def test_a_report_that_is_made_and_was_not_said_to_be_is_ready_and_mailed(app: Any, held: Held) -> None:
    held.end()
    reports.make_report(held.session.id)
    # The database went away after the files were stored.
    StoredReport.objects.update(set__status="making", set__email_status="none")
    reports.make_report(held.session.id)
    assert (held.report.status, held.report.email_status, held.report.revision) == ("ready", "wanted", 1)


def test_who_waits_for_the_report_waits_for_its_mail_too(
    after_each_write: AfterEachWrite, app: Any, held: Held
) -> None:
    held.end()
    seen: list[tuple[str, str, bool]] = []

    def look() -> None:
        status = reports.status_for(held.session.id)
        assert status
        seen.append((status.status, status.email_status, status.is_busy))

    with after_each_write.calling(look):
        reports.make_report(held.session.id)
    assert seen[-1][:2] == ("ready", "wanted")
    assert all(is_busy for *_, is_busy in seen), seen


def test_what_cannot_be_made_says_why_and_can_be_tried_again(
    app: Any, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    from proctor_app.reports import fonts

    held.end()
    monkeypatch.setattr(fonts, "typeset", None)
    for tried in range(1, reports.MAKE_RETRIES + 2):
        with pytest.raises(TypeError):
            reports.make_report(held.session.id)
        assert held.report.status == ("failed" if tried > reports.MAKE_RETRIES else "waiting")
    assert held.report.error and "log of the job process" in held.report.error
    monkeypatch.undo()
    reports.retry(held.session.id)
    reports.make_report(held.session.id)
    assert (held.report.status, held.report.error) == ("ready", None)


def test_interviews_past_their_time_are_purged_with_their_reports(app: Any, held: Held) -> None:
    held.end()
    reports.make_report(held.session.id)
    worker.purge()
    assert held.report is not None
    with clock.at(clock.now() + timedelta(days=91)):
        worker.purge()
    assert held.report is None and sessions.find(held.session.id) is None
