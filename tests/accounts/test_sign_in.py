"""Signing in with e-mail address and password, and out again."""

from typing import Any

import pytest

from proctor_app.accounts import service as accounts
from tests.cast import PASSWORD, make_owner, sign_in


def try_password(client: Any, email: str, password: str, **more: str) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def is_signed_in(client: Any) -> bool:
    return bool(client.get("/account").status_code == 200)


def test_password_opens_the_account(client: Any) -> None:
    make_owner()
    answer = try_password(client, " Olga@Example.org ", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Olga Owner" in client.get("/account").text


def test_cookie_is_for_this_site_and_no_script(client: Any) -> None:
    make_owner()
    cookie = try_password(client, "olga@example.org", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_cookie_is_secure_behind_https(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    settings["BASE_URL"] = "https://interviews.example.org"
    client = request.getfixturevalue("client")
    make_owner()
    assert "; Secure" in try_password(client, "olga@example.org", PASSWORD).headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("email", "password"),
    [("olga@example.org", "something else"), ("nobody@example.org", PASSWORD), ("by-link@example.org", "")],
)
def test_what_does_not_fit_is_refused_alike(client: Any, email: str, password: str) -> None:
    make_owner()
    accounts.create_interviewer("by-link@example.org", "Without password")
    answer = try_password(client, email, password or "None")
    assert answer.status_code == 422
    assert "do not fit together" in answer.text
    assert email in answer.text and PASSWORD not in answer.text
    assert not is_signed_in(client)


def test_missing_fields_are_named(client: Any) -> None:
    answer = client.post("/sign-in", data={})
    assert answer.status_code == 422
    assert "Type the e-mail address" in answer.text and "Type your password" in answer.text


def test_leads_back_to_where_one_wanted_to_go(client: Any) -> None:
    make_owner()
    sent = client.get("/account?x=1&y=2")
    assert sent.status_code == 302
    page = client.get(sent.location)
    assert 'name="next" value="/account?x=1&amp;y=2"' in page.text
    assert try_password(client, "olga@example.org", PASSWORD, next="/account?x=1&y=2").location == "/account?x=1&y=2"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/a\n//evil", "javascript:1"],
)
def test_never_leads_to_another_site(client: Any, elsewhere: str) -> None:
    make_owner()
    assert try_password(client, "olga@example.org", PASSWORD, next=elsewhere).location == "/"
    assert client.get("/sign-in", query_string={"next": elsewhere}).location == "/"


def test_signing_out_ends_it(client: Any) -> None:
    sign_in(client, make_owner())
    assert client.get("/sign-out").status_code == 405, "a link on another site must not sign anybody out"
    assert client.post("/sign-out").location == "/sign-in"
    assert not is_signed_in(client)


def test_forms_from_elsewhere_are_refused(app: Any) -> None:
    client = app.test_client()
    make_owner()
    answer = try_password(client, "olga@example.org", PASSWORD)
    assert answer.status_code == 400
    assert "Reload it and try again" in answer.text
    assert not is_signed_in(client)


def test_htmx_is_sent_to_the_sign_in_page(client: Any) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")
    assert "<html" not in answer.text
