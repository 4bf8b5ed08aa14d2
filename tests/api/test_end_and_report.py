"""Ending a session by program, and waiting for its report."""

import io
from typing import Any

import pypdf

from proctor_app.reports import service as reports
from proctor_app.sessions import service as sessions
from tests.api.conftest import Program, held
from tests.conftest import Program as Process


def test_it_ends_for_everybody_and_a_repeat_changes_nothing(owner: Program) -> None:
    session_id = owner.create()
    held(session_id, "absence")
    first = owner.post("/sessions/{session_id}/end", session_id=session_id).get_json()
    assert first["status"] == "ended"
    assert first["report"]["status"] == "waiting"
    again = owner.post("/sessions/{session_id}/end", session_id=session_id)
    assert (again.status_code, again.get_json()["ended_at"]) == (200, first["ended_at"])
    assert [step.action for step in sessions.transitions_of(session_id)].count("end") == 1


def test_a_session_that_nobody_joined_can_be_ended(owner: Program) -> None:
    session_id = owner.create()
    ended = owner.post("/sessions/{session_id}/end", session_id=session_id).get_json()
    assert (ended["status"], ended["started_at"]) == ("ended", None)


def test_there_is_no_report_before_the_end(owner: Program) -> None:
    session_id = owner.create()
    held(session_id)
    answer = owner.get("/sessions/{session_id}/report", session_id=session_id)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "report_not_ready")


def test_the_report_can_be_had_at_once(owner: Program, jobs_worker: Process) -> None:
    session_id = owner.create(title="Platform team")
    held(session_id, "focus_loss", "absence", "multiple_faces")
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    answer = owner.get("/sessions/{session_id}/report", session_id=session_id)
    assert answer.status_code == 200, jobs_worker.log()
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "Platform team" in text and "Asha Verma" in text
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    assert (shown["report"]["status"], shown["report"]["revision"]) == ("ready", 1)


def test_one_that_is_not_ready_in_time_is_to_be_asked_for_again(owner: Program) -> None:
    session_id = owner.create()
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    answer = owner.get("/sessions/{session_id}/report", session_id=session_id, wait="0.1")
    assert answer.status_code == 202
    assert answer.get_json()["status"] == "waiting"
    assert int(answer.headers["Retry-After"]) > 0


def test_a_review_after_the_end_makes_it_anew(owner: Program, jobs_worker: Process) -> None:
    session_id = owner.create()
    held(session_id, "multiple_faces")
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    first = owner.get("/sessions/{session_id}/report", session_id=session_id)
    assert first.status_code == 200, jobs_worker.log()
    found = owner.get("/sessions/{session_id}/incidents", session_id=session_id).get_json()["incidents"]
    verdict = {"verdict": "dismissed", "note": "A poster"}
    path = "/sessions/{session_id}/incidents/{incident_id}/review"
    owner.post(path, verdict, session_id=session_id, incident_id=found[0]["id"])
    assert owner.get("/sessions/{session_id}/report", session_id=session_id).data != first.data
    assert reports.status_for(session_id).revision == 2  # type: ignore[union-attr]


def test_a_report_that_failed_says_so(app: Any, owner: Program) -> None:
    session_id = owner.create()
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    reports.StoredReport.objects(id=session_id).update_one(set__status="failed", set__error="No font for a letter.")
    answer = owner.get("/sessions/{session_id}/report", session_id=session_id)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "report_failed")
    assert "No font for a letter." in answer.get_json()["title"]


def test_a_wrong_wait_is_named(owner: Program) -> None:
    session_id = owner.create()
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    for wait in ("x", "-1", "61", "nan"):
        answer = owner.get("/sessions/{session_id}/report", session_id=session_id, wait=wait)
        assert (answer.status_code, answer.get_json()["field"]) == (422, "wait")
