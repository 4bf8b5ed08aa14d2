"""Who may use the API: programs with a token that works, for the sessions of its interviewer only."""

from typing import Any

import pytest

from proctor_app.accounts import service as accounts
from tests.api.conftest import BODY, Program
from tests.api.described import DESCRIPTION
from tests.cast import make_owner

OPERATIONS = [
    (method, path)
    for path, methods in DESCRIPTION["paths"].items()
    for method in methods
    if method in ("get", "post", "delete") and path != "/openapi.json"
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_a_token_nothing_is_told(nobody: Program, method: str, path: str) -> None:
    answer = nobody.ask(method, path, {"session_id": "lusab-babad-gutih-tugad", "incident_id": "x"})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if "{session_id}" in one[1]])
def test_another_interviewers_session_does_not_exist(owner: Program, stranger: Program, method: str, path: str) -> None:
    session_id = owner.create()
    answer = stranger.ask(method, path, {"session_id": session_id, "incident_id": "x"})
    assert answer.status_code == 404
    nowhere = stranger.ask(method, path, {"session_id": "lusab-babad-gutih-tugad", "incident_id": "x"})
    assert nowhere.get_json() == answer.get_json(), "the two must look the same"
    assert owner.get("/sessions/{session_id}", session_id=session_id).status_code == 200


def test_a_revoked_token_stops_working(app: Any, context: None) -> None:
    olga = make_owner()
    program = Program(app, accounts.add_token(olga, "old system"))
    assert program.get("/sessions").status_code == 200
    accounts.revoke_token(olga, str(accounts.tokens_of(olga)[0].id))
    assert program.get("/sessions").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic b2xnYTp4", "wrong"])
def test_what_is_no_token_is_refused(owner: Program, header: str) -> None:
    owner.headers = {"Authorization": header}
    assert owner.get("/sessions").status_code == 401


def test_a_signed_in_browser_is_not_a_program(app: Any, nobody: Program, context: None) -> None:
    link = accounts.make_sign_in_link(make_owner())
    assert nobody._client.get(f"/sign-in/{link}").status_code == 302
    assert nobody.post("/sessions", BODY).status_code == 401


def test_too_many_requests_are_put_off(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    settings["RATE_LIMITS"] = "on"
    owner = request.getfixturevalue("owner")
    answers = [owner.get("/sessions", per_page="1") for _ in range(601)]
    assert {answer.status_code for answer in answers[:600]} == {200}
    assert answers[600].status_code == 429
    assert int(answers[600].headers["Retry-After"]) <= 60
