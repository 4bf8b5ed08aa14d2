"""Creating a session: what is right, what is wrong and which field it is."""

from typing import Any

import pytest

from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.api.conftest import BODY, CONSENT, Program


def test_it_tells_what_lets_everybody_in(owner: Program) -> None:
    answer = owner.post("/sessions", BODY)
    assert answer.status_code == 201
    made = answer.get_json()
    assert made["status"] == "scheduled"
    door, _, link_token = made["join_url"].partition("?t=")
    assert door == f"http://localhost/join/{made['id']}"
    assert made["console_url"] == f"http://localhost/sessions/{made['id']}"
    assert answer.headers["Location"] == f"/api/v1/sessions/{made['id']}"
    stored = sessions.get(made["id"])
    assert links.fits(stored, link_token) and links.fits_program(stored, made["candidate_token"])
    for token in (link_token, made["candidate_token"]):
        assert token not in str(stored.to_mongo())


def test_what_was_sent_is_shown(owner: Program) -> None:
    session_id = owner.create(policy="strict", scheduled_for="2027-01-05T09:00:00+05:30")
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    assert shown["title"] == "Backend"
    assert shown["candidate"] == {"name": "Asha Verma", "email": "asha@example.org"}
    assert shown["policy"]["name"] == "strict"
    assert shown["scheduled_for"] == "2027-01-05T03:30:00.000Z"
    assert shown["consent"] == {
        "decision": "accepted",
        "version": "form 7",
        "decided_at": "2026-01-01T00:00:00.000Z",
        "source": "api",
    }


def test_without_consent_the_candidate_is_asked(owner: Program) -> None:
    session_id = owner.create(consent=None)
    assert owner.get("/sessions/{session_id}", session_id=session_id).get_json()["consent"] is None
    assert not sessions.has_consent(sessions.get(session_id))


def test_links_use_the_public_address(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    settings["BASE_URL"] = "https://interviews.example.org"
    made = request.getfixturevalue("owner").post("/sessions", BODY).get_json()
    assert made["join_url"].startswith("https://interviews.example.org/join/")


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("title", {"title": None}),
        ("title", {"title": "  "}),
        ("title", {"title": 5}),
        ("title", {"title": "x" * 201}),
        ("title", {"title": "a\0b"}),
        ("title", {"title": "\ud800"}),
        ("candidate", {"candidate": None}),
        ("candidate", {"candidate": "Asha"}),
        ("candidate.name", {"candidate": {"email": "asha@example.org"}}),
        ("candidate.name", {"candidate": {"name": ["Asha"]}}),
        ("candidate.email", {"candidate": {"name": "Asha", "email": "asha"}}),
        ("candidate.email", {"candidate": {"name": "Asha", "email": "a b@example.org"}}),
        ("candidate.email", {"candidate": {"name": "Asha", "email": 5}}),
        ("policy", {"policy": "lenient"}),
        ("policy", {"policy": {}}),
        ("scheduled_for", {"scheduled_for": "tomorrow"}),
        ("scheduled_for", {"scheduled_for": "2027-01-05T09:00:00"}),
        ("scheduled_for", {"scheduled_for": 1_800_000_000}),
        ("scheduled_for", {"scheduled_for": "0001-01-01T00:00:00+14:00"}),
        ("consent", {"consent": True}),
        ("consent.version", {"consent": {"accepted_at": CONSENT["accepted_at"]}}),
        ("consent.accepted_at", {"consent": {"version": "7"}}),
        ("consent.accepted_at", {"consent": {"version": "7", "accepted_at": "2999-01-01T00:00:00Z"}}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(owner: Program, field: str, changed: dict[str, Any]) -> None:
    answer = owner.post("/sessions", BODY | changed)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field
    assert answer.get_json()["title"].startswith((field, "There is no policy"))
    assert Session.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"title=Backend", b"\xff"])
def test_a_body_that_is_no_json(owner: Program, body: bytes) -> None:
    answer = owner.post("/sessions", body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"'])
def test_a_body_that_is_no_object(owner: Program, body: bytes) -> None:
    assert owner.post("/sessions", body).get_json()["field"] == "body"


def test_names_of_all_scripts_are_kept(owner: Program) -> None:
    name = "आशा वर्मा 王小明 ياسمين <script>alert(1)</script>"
    session_id = owner.create(candidate={"name": name})
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    assert shown["candidate"] == {"name": name, "email": None}
