"""What every answer says to the browser, and whom the server believes about the caller."""

import re
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from tests.cast import make_owner, sign_in
from tests.security.conftest import routes

TEMPLATES = ROOT / "proctor_app" / "templates"
# The PDF's: no browser ever gets it.
FOR_PAPER = TEMPLATES / "reports"
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if FOR_PAPER not in path.parents]


@pytest.fixture(scope="module")
def directives() -> dict[str, list[str]]:
    """The policy by directive."""
    from proctor_app.headers import CONTENT_SECURITY_POLICY

    return {name: sources for name, *sources in (part.split() for part in CONTENT_SECURITY_POLICY.split("; "))}


def test_nothing_runs_or_loads_but_ours(directives: dict[str, list[str]]) -> None:
    assert directives.pop("script-src") == ["'self'", "'wasm-unsafe-eval'"]
    assert (
        directives.pop("default-src") == directives.pop("frame-ancestors") == directives.pop("base-uri") == ["'none'"]
    )
    assert {source for sources in directives.values() for source in sources} == {"'self'", "blob:"}


def test_every_route_answers_with_the_headers(app: Any) -> None:
    """Found or not, allowed or not: an error page is a page too."""
    client = sign_in(app.test_client(), make_owner())
    for method, path, rule in routes(app):
        answer = client.open(path, method=method)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
        assert answer.headers["X-Frame-Options"] == "DENY", rule
        assert "camera=(self)" in answer.headers["Permissions-Policy"], rule
        assert "geolocation=()" in answer.headers["Permissions-Policy"], rule
        assert answer.headers["Referrer-Policy"] == "no-referrer", rule
        assert "Strict-Transport-Security" not in answer.headers, rule
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "no-store", rule
        assert answer.status_code < 500 or rule.endpoint == "operations.readyz", rule


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_needs_a_weaker_policy(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize(
    ("base_url", "is_lasting"), [("https://interviews.example.org", True), ("http://interviews.example.org", False)]
)
def test_https_is_asked_for_where_it_is_there_to_stay(
    settings: dict[str, str], request: pytest.FixtureRequest, base_url: str, is_lasting: bool
) -> None:
    settings["BASE_URL"] = base_url
    app = request.getfixturevalue("app")
    assert ("Strict-Transport-Security" in app.test_client().get("/sign-in").headers) is is_lasting


@pytest.mark.parametrize("base_url", ["https://interviews.example.org", ""])
def test_every_cookie_is_kept_from_scripts_and_other_sites(
    settings: dict[str, str], request: pytest.FixtureRequest, base_url: str
) -> None:
    settings["BASE_URL"] = base_url
    app = request.getfixturevalue("app")
    app.config["WTF_CSRF_ENABLED"] = False
    client = sign_in(app.test_client(), make_owner())
    made = client.post("/", data={"title": "Backend", "candidate_name": "Asha"})
    page = client.get(made.location).text
    link = re.search(r"(/join/[^\"<?]+\?t=[^\"<\s]+)", page)
    assert link, "the console shows the link of a new interview"
    answers = [
        client.get("/sign-in"),
        made,
        app.test_client().get(link[1]),
        app.test_client().post("/join/nowhere/knock", data={"name": "x"}),
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len({cookie.partition("=")[0] for cookie in cookies}) >= 3, cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie, cookie
        assert ("; Secure" in cookie) is bool(base_url), cookie


# ---------------------------------------------------------------- proxies


def seen(app: Any, forwarded: str) -> tuple[str, str, str]:
    """Scheme, host and address of the caller, as the application sees a request."""
    from flask import request

    found: list[tuple[str, str, str]] = []
    app.before_request_funcs.setdefault(None, []).append(
        lambda: found.append((request.scheme, request.host, request.remote_addr or ""))
    )
    headers = {
        "X-Forwarded-For": forwarded,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "interviews.example.org",
    }
    app.test_client().get("/healthz", headers=headers, base_url="http://10.0.0.5:5000")
    return found[0]


def test_forwarded_headers_are_ignored_unless_told(app: Any) -> None:
    assert seen(app, "203.0.113.9") == ("http", "10.0.0.5:5000", "127.0.0.1")


def test_as_many_proxies_are_believed_as_were_told(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    settings["TRUSTED_PROXIES"] = "1"
    app = request.getfixturevalue("app")
    # What stands before the last is what the caller itself wrote.
    assert seen(app, "198.51.100.1, 203.0.113.9") == ("https", "interviews.example.org", "203.0.113.9")


def test_a_form_works_behind_https(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    settings |= {"TRUSTED_PROXIES": "1", "BASE_URL": "https://interviews.example.org"}
    app = request.getfixturevalue("app")
    client = app.test_client()
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "interviews.example.org"}
    page = client.get("/sign-in", headers=headers).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token[1], "email": "nobody@example.org", "password": "x"}
    assert client.post("/sign-in", data=data, headers=headers).status_code == 422, "refused for what was typed alone"
