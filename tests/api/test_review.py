"""Reviewing by program: the verdict is kept, the score follows."""

from typing import Any

import pytest

from tests.api.conftest import Program, held

PATH = "/sessions/{session_id}/incidents/{incident_id}/review"


@pytest.fixture
def incident(owner: Program) -> dict[str, str]:
    """An incident of two faces, in a session with another incident; its place in the path."""
    session_id = owner.create()
    held(session_id, "focus_loss", "multiple_faces")
    found = owner.get("/sessions/{session_id}/incidents", session_id=session_id).get_json()["incidents"]
    return {"session_id": session_id, "incident_id": found[1]["id"]}


def test_a_dismissed_incident_stops_counting_until_it_is_taken_back(owner: Program, incident: dict[str, str]) -> None:
    dismissed = owner.post(PATH, {"verdict": "dismissed", "note": "A poster"}, **incident).get_json()
    assert (dismissed["score"], dismissed["counts"]["multiple_faces"]) == (98, 0)
    assert dismissed["incident"]["verdict"] == "dismissed"
    assert dismissed["incident"]["verdict_note"] == "A poster"
    confirmed = owner.post(PATH, {"verdict": "confirmed"}, **incident).get_json()
    assert (confirmed["score"], confirmed["incident"]["verdict_note"]) == (93, None)
    undone = owner.post(PATH, {"verdict": "none"}, **incident).get_json()
    assert (undone["score"], undone["incident"]["verdict"]) == (93, None)


def test_a_repeat_changes_nothing(owner: Program, incident: dict[str, str]) -> None:
    first = owner.post(PATH, {"verdict": "dismissed", "note": "A poster"}, **incident).get_json()
    assert owner.post(PATH, {"verdict": "dismissed", "note": "A poster"}, **incident).get_json() == first


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("verdict", {}),
        ("verdict", {"verdict": "guilty"}),
        ("verdict", {"verdict": 1}),
        ("note", {"verdict": "dismissed"}),
        ("note", {"verdict": "dismissed", "note": "  "}),
        ("note", {"verdict": "dismissed", "note": 7}),
        ("note", {"verdict": "confirmed", "note": "x" * 1001}),
    ],
)
def test_a_wrong_field_is_named(owner: Program, incident: dict[str, str], field: str, body: dict[str, Any]) -> None:
    answer = owner.post(PATH, body, **incident)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_an_incident_of_another_session_is_not_found(owner: Program, incident: dict[str, str]) -> None:
    elsewhere = incident | {"session_id": owner.create()}
    assert owner.post(PATH, {"verdict": "confirmed"}, **elsewhere).status_code == 404
