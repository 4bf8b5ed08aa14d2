"""The steps of the report, in words, for every state it can be in."""

from typing import Any

import pytest

from proctor_app.console.report_steps import report_view
from proctor_app.reports.service import ReportStatus


def status(**changed: Any) -> ReportStatus:
    usual = {
        "status": "ready",
        "revision": 1,
        "percent": 100,
        "step": "Ready",
        "error": None,
        "made_at": None,
        "email_status": "sent",
        "email_to": "olga@example.org",
        "email_error": None,
    }
    return ReportStatus(**(usual | changed))


def test_while_the_candidates_page_still_sends_the_page_keeps_asking() -> None:
    view = report_view("14:05:31 UTC", False, None)
    assert (view.is_busy, view.has_files) == (True, False)
    assert [step.state for step in view.steps] == ["done", "now", "waiting", "waiting"]


def test_made_and_sent_needs_no_more_asking() -> None:
    view = report_view("14:05:31 UTC", True, status())
    assert (view.is_busy, view.has_files) == (False, True)
    assert view.steps[-1].text == "Sent to olga@example.org"


def test_a_report_made_anew_can_still_be_downloaded_as_it_was() -> None:
    view = report_view("x", True, status(status="making", percent=40, step="Drawing page 3"))
    assert view.has_files and view.is_busy
    assert (view.steps[2].text, view.steps[2].more, view.steps[2].percent) == (
        "The report is brought up to date",
        "Drawing page 3",
        40,
    )


def test_a_failed_making_says_why_and_offers_another_try() -> None:
    step = report_view("x", True, status(status="failed", revision=0, error="No space.", email_status="none")).steps[2]
    assert (step.state, step.more, step.action) == ("failed", "No space.", "Try again")


@pytest.mark.parametrize(
    ("email", "state", "says", "action"),
    [
        ("none", "waiting", "when the report is ready", ""),
        ("wanted", "now", "is being sent", ""),
        ("sending", "now", "is being sent", ""),
        ("retrying", "now", "could not be sent yet", ""),
        ("failed", "failed", "to olga@example.org was not sent", "Try again"),
        ("unclear", "failed", "may not have been sent", "Send again"),
        ("not_configured", "waiting", "not set up", "Try again"),
        ("no_address", "waiting", "no e-mail address", "Try again"),
    ],
)
def test_what_became_of_the_email(email: str, state: str, says: str, action: str) -> None:
    step = report_view("x", True, status(email_status=email)).steps[-1]
    assert (step.state, step.action) == (state, action)
    assert says in step.text
