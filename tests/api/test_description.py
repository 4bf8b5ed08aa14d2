"""The API's description is true: it names every route and every field, and no other."""

import re
from typing import Any

from config import ROOT
from proctor_app import clock
from proctor_app.reports import build, json_writer
from tests.api.conftest import BODY, Program, held
from tests.api.described import DESCRIPTION, undescribed

METHODS = ("get", "post", "put", "patch", "delete")


def test_anybody_may_read_it(nobody: Program) -> None:
    answer = nobody.get("/openapi.json")
    assert (answer.status_code, answer.get_json()) == (200, DESCRIPTION)


def test_it_names_every_route_and_no_other(app: Any) -> None:
    routes = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, m) for path, methods in DESCRIPTION["paths"].items() for m in methods if m in METHODS}
    assert described == routes


def test_operations_are_named_after_their_function(app: Any) -> None:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                assert f"api.{operation['operationId']}" in app.view_functions, path
                assert operation["summary"] and operation["responses"]


def test_every_field_is_described(owner: Program) -> None:
    schemas = DESCRIPTION["components"]["schemas"]
    made = owner.post("/sessions", BODY).get_json()
    session_id = made["id"]
    held(session_id, "absence")
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    found = owner.get("/sessions/{session_id}/incidents", session_id=session_id).get_json()["incidents"]
    report = owner.post("/sessions/{session_id}/end", session_id=session_id).get_json()["report"]
    assert not undescribed(made, schemas["CreatedSession"])
    assert undescribed(shown, schemas["Session"]) == {"report"}
    assert not undescribed(found[0], schemas["Incident"])
    assert not undescribed(report, schemas["ReportStatus"])
    assert not undescribed(BODY, schemas["NewSession"])


def test_every_reference_leads_somewhere() -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                found: Any = DESCRIPTION
                for part in value["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(DESCRIPTION)


def test_the_page_for_people_names_every_request_and_code(owner: Program) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    for path, methods in DESCRIPTION["paths"].items():
        for method in methods:
            assert method not in METHODS or f"`{method.upper()} {path}`" in page
    answers = [
        owner.get("/sessions", page="x"),
        owner.post("/sessions", b"{"),
        owner.get("/sessions/{session_id}", session_id="nowhere"),
        owner.get("/sessions/{session_id}/report", session_id=owner.create()),
    ]
    for answer in answers:
        assert f"| `{answer.get_json()['code']}` | {answer.status_code} |" in page


def test_the_page_for_people_names_every_field_of_the_report(app: Any, owner: Program) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8").partition("## report.json")[2]
    session_id = owner.create()
    held(session_id, "absence")
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    data = json_writer.as_data(build.build(session_id, 1, clock.now()))
    for name in [*data, *data["incidents"][0], *data["coverage"], *data["steps"][0]]:
        assert f"`{name}`" in page, name
