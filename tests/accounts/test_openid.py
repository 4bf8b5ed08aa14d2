"""Signing in with the organisation's account, at a real provider on this machine."""

import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
from joserfc.jwk import RSAKey

from config import Config, ConfigError
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer, OpenIdIdentity
from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.accounts.test_second_factor import is_signed_in, set_up
from tests.cast import make_owner, sign_in

OLGA = {"sub": "4711", "email": "Olga@example.org", "email_verified": True, "name": "Olga O."}
EVE = {"sub": "666", "email": "eve@elsewhere.example", "email_verified": True}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider at which Olga is signed in."""
    made = Provider(claims=OLGA)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def settings(settings: dict[str, str], provider: Provider) -> dict[str, str]:
    """An application that knows the provider."""
    return settings | {
        "OIDC_ISSUER": provider.url + "/",
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }


def leave(client: Any, wanted: str = "/policies") -> str:
    """The address at the provider to which our page sends the browser."""
    return str(client.get("/sign-in/openid", query_string={"next": wanted}).location)


def at_provider(address: str) -> str:
    """Where the provider sends the browser back to: path and query."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    with pytest.raises(HTTPError) as sent:
        urllib.request.build_opener(Stay).open(address, timeout=10)
    return str(sent.value.headers["Location"]).removeprefix("http://localhost")


def come(client: Any, wanted: str = "/policies") -> Any:
    return client.get(at_provider(leave(client, wanted)))


def test_signs_in_and_leads_where_one_wanted_to_go(client: Any) -> None:
    owner = make_owner()
    assert "Sign in with your organisation" in client.get("/sign-in").text
    assert come(client).location == "/policies" and is_signed_in(client)
    assert "by the organisation&#39;s sign-in" in client.get("/account").text
    client.post("/sign-out")
    assert come(client, "https://evil.example").location == "/"
    assert OpenIdIdentity.objects.get().interviewer == str(owner.id) and Interviewer.objects.count() == 1


def test_who_came_once_is_known_by_the_subject_whatever_the_address(client: Any, provider: Provider) -> None:
    owner = make_owner()
    come(client)
    provider.claims = {"sub": "4711", "email": "sam@example.org", "email_verified": False}
    client.post("/sign-out")
    assert come(client).location == "/policies"
    assert owner.name in client.get("/account").text


@pytest.mark.parametrize(
    "claims",
    [EVE, OLGA | {"email_verified": False}, OLGA | {"email_verified": "true"}, {"sub": "1"}, OLGA | {"email": 7}],
)
def test_no_account_no_entrance(client: Any, provider: Provider, claims: dict[str, Any]) -> None:
    make_owner()
    provider.claims = claims
    answer = come(client)
    assert answer.status_code == 403 and "you have no account here" in answer.text
    assert not is_signed_in(client) and Interviewer.objects.count() == 1 and OpenIdIdentity.objects.count() == 0


def test_people_of_a_domain_get_an_account(
    settings: dict[str, str], request: pytest.FixtureRequest, provider: Provider
) -> None:
    settings["OIDC_DOMAINS"] = "example.com, EXAMPLE.org"
    client = request.getfixturevalue("client")
    assert come(client).location == "/policies"
    made = accounts.find_by_email("olga@example.org")
    assert made is not None and (made.name, made.is_admin, made.password_hash) == ("Olga O.", False, None)
    client.post("/sign-out")
    provider.claims = EVE
    assert come(client).status_code == 403
    provider.claims = EVE | {"email": "eve@example.org.evil.example"}
    assert come(client).status_code == 403


@pytest.mark.parametrize(
    "lie", [{"nonce": "another"}, {"aud": "another"}, {"exp": 1}, {"iss": "http://evil.example"}, {"sub": None}]
)
def test_token_that_is_not_for_us_opens_nothing(client: Any, provider: Provider, lie: dict[str, Any]) -> None:
    make_owner()
    provider.lies = lie
    answer = come(client)
    assert answer.status_code in (403, 502) and 'role="alert"' in answer.text
    assert not is_signed_in(client)


def test_token_that_another_signed_opens_nothing(client: Any, provider: Provider) -> None:
    make_owner()
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert come(client).status_code == 403 and not is_signed_in(client)


def test_provider_that_calls_itself_something_else_opens_nothing(client: Any, provider: Provider) -> None:
    make_owner()
    provider.metadata = {"issuer": "http://evil.example"}
    provider.lies = {"iss": "http://evil.example"}
    assert come(client).status_code == 502 and not is_signed_in(client)


def test_answer_counts_once_and_in_the_browser_that_asked(app: Any, client: Any) -> None:
    make_owner()
    back = at_provider(leave(client))
    victim = app.test_client()
    assert "began in another browser" in victim.get(back).text and not is_signed_in(victim)
    assert client.get(back).status_code == 302
    client.post("/sign-out")
    assert client.get(back).status_code == 403 and not is_signed_in(client)


@pytest.mark.parametrize("query", ["", "?code=1", "?state=1", "?code=1&state=1", "?error=x&error_description=<b>y"])
def test_nonsense_is_refused(client: Any, query: str) -> None:
    answer = client.get("/sign-in/openid/back" + query)
    assert answer.status_code == 403 and "<b>y" not in answer.text


def test_who_cancels_is_told_so(client: Any, provider: Provider) -> None:
    provider.refuses = True
    answer = come(client)
    assert answer.status_code == 403 and "it was cancelled" in answer.text and 'name="password"' in answer.text


def test_second_factor_of_the_account_is_asked_for_still(app: Any, client: Any) -> None:
    set_up(sign_in(app.test_client(), make_owner()))
    assert come(client).location == "/sign-in/code" and not is_signed_in(client)


def test_provider_that_is_away_does_not_stop_the_password(client: Any, provider: Provider) -> None:
    provider.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
    make_owner()
    answer = come(client)
    assert answer.status_code == 502 and "cannot be reached" in answer.text and 'name="password"' in answer.text


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"OIDC_ISSUER": "https://login.example.org"}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_ID": "proctor", "OIDC_CLIENT_SECRET": "x"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://login.example.org", "OIDC_CLIENT_ID": "p", "OIDC_CLIENT_SECRET": "x"}, "OIDC_ISSUER"),
        ({"OIDC_DOMAINS": "olga@example.org"}, "OIDC_DOMAINS"),
    ],
)
def test_bad_settings_are_named(env: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as told:
        Config.from_env(env, dotenv=False)
    assert told.value.variable == named


def test_without_a_provider_there_is_no_such_way(settings: dict[str, str], request: pytest.FixtureRequest) -> None:
    for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        settings[name] = ""
    client = request.getfixturevalue("client")
    assert "organisation" not in client.get("/sign-in").text
    assert client.get("/sign-in/openid").status_code == 404
    assert client.get("/sign-in/openid/back").status_code == 404
