"""No site but ours can have a signed-in browser change anything: asked of every route that the application has."""

import re
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from tests.cast import make_owner, sign_in
from tests.security.conftest import routes

TEMPLATES = ROOT / "proctor_app" / "templates"
FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\".*?</form>", re.S | re.I)
TOKEN = re.compile(r"csrf_token|_csrf\.html|hidden_tag|form\.csrf")
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def test_every_form_is_refused_without_its_token(app: Any) -> None:
    client = sign_in(app.test_client(), make_owner())
    asked = []
    for method, path, rule in routes(app):
        # A program says with every request who it is; no browser does that by itself.
        if method not in CHANGING or rule.endpoint.startswith("api."):
            continue
        for data in ({}, {"csrf_token": "made up"}):
            answer = client.open(path, method=method, data=data)
            assert answer.status_code == 400, rule
            assert "came from elsewhere" in answer.text, rule
        asked.append(rule.endpoint)
    assert len(asked) > 25


def test_the_api_takes_no_cookie(app: Any) -> None:
    client = sign_in(app.test_client(), make_owner())
    for method, path, rule in routes(app):
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.description":
            assert client.open(path, method=method).status_code == 401, rule


def test_a_token_serves_only_the_browser_that_it_was_made_for(app: Any) -> None:
    mine, theirs = app.test_client(), app.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', theirs.get("/sign-in").text)
    assert found
    mine.get("/sign-in")
    assert mine.post("/sign-in", data={"csrf_token": found[1]}).status_code == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused_before_its_token_is_looked_at(app: Any, site: str) -> None:
    client = app.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert found
    data = {"csrf_token": found[1], "email": "nobody@example.org", "password": "x"}
    assert client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": site}).status_code == 400
    assert client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 422


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_of_a_page_brings_its_token(page: Path) -> None:
    for form in FORM.findall(page.read_text("utf-8")):
        assert TOKEN.search(form), form[:120]
