"""The second factor: an authenticator app's code after the password, and recovery codes for when it is lost."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from proctor_app import clock
from proctor_app.accounts import second_factor
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer, SecondFactor
from tests.cast import PASSWORD, make_owner, sign_in

PAGE, CODES, OFF = "/account/second-factor", "/account/second-factor/codes", "/account/second-factor/off"
RECOVERY = re.compile(r"\b[a-z1-9]{4}(?:-[a-z1-9]{4}){3}\b")


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """No code runs out while a test types it."""
    with clock.at(clock.now()):
        yield


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def set_up(client: Any, steps: int = -1) -> tuple[str, list[str]]:
    """Switch it on, on a signed-in browser's page. Returns the app's secret and the recovery codes."""
    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', client.get(PAGE).text)
    assert shown
    secret = shown[1].replace(" ", "")
    page = client.post(PAGE, data={"code": code(secret, steps)}, follow_redirects=True).text
    return secret, RECOVERY.findall(page)


def password(client: Any, **more: str) -> Any:
    return client.post("/sign-in", data={"email": "olga@example.org", "password": PASSWORD, **more})


def give(client: Any, code: str) -> Any:
    return client.post("/sign-in/code", data={"code": code})


def is_signed_in(client: Any) -> bool:
    return bool(client.get("/account").status_code == 200)


@pytest.fixture
def guarded(app: Any, client: Any) -> tuple[Any, str, list[str]]:
    """A fresh browser, and the secret and recovery codes of Olga's app."""
    owner = sign_in(app.test_client(), make_owner())
    secret, codes = set_up(owner)
    return client, secret, codes


def test_code_is_asked_for_after_the_password(guarded: Any) -> None:
    client, secret, _ = guarded
    assert password(client, next="/policies").location == "/sign-in/code"
    assert not is_signed_in(client), "the password alone opens nothing"
    assert "authenticator app" in client.get("/sign-in/code").text
    assert give(client, f"{code(secret)[:3]} {code(secret)[3:]}").location == "/policies"
    assert is_signed_in(client)


def test_code_works_once_and_none_before_it(guarded: Any, app: Any) -> None:
    client, secret, _ = guarded
    password(client)
    assert give(client, code(secret)).status_code == 302
    thief = app.test_client()
    password(thief)
    for steps in (0, -1):
        answer = give(thief, code(secret, steps))
        assert answer.status_code == 422 and "each works once" in answer.text
    assert not is_signed_in(thief)
    assert give(thief, code(secret, 1)).status_code == 302, "the next one works"


@pytest.mark.parametrize("wrong", ["000000", "12345", "abcdef", "٣٣٣٣٣٣", "a" * 2000, " "])
def test_wrong_code_opens_nothing(guarded: Any, wrong: str) -> None:
    client, secret, _ = guarded
    password(client)
    assert give(client, wrong if wrong != code(secret) else "000001").status_code == 422
    assert not is_signed_in(client)


def test_codes_of_another_time_do_not_work(guarded: Any) -> None:
    client, secret, _ = guarded
    password(client)
    for steps in (-2, 2):
        assert give(client, code(secret, steps)).status_code == 422


def test_guessing_codes_is_slowed(guarded: Any) -> None:
    from dataclasses import replace

    client, secret, _ = guarded
    client.application.config["PROCTOR"] = replace(client.application.config["PROCTOR"], rate_limits=True)
    password(client)
    for _ in range(5):
        assert give(client, "000000").status_code == 422
    answer = give(client, code(secret))
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "5" and "Wait 5 seconds" in answer.text
    with clock.at(clock.now() + timedelta(seconds=6)):
        assert give(client, code(secret)).status_code == 302


def test_recovery_code_works_once(guarded: Any) -> None:
    client, _, codes = guarded
    assert len(set(codes)) == 10
    password(client)
    assert give(client, codes[3].upper().replace("-", " ")).status_code == 302
    assert "9 recovery codes are left" in client.get("/account").text
    client.post("/sign-out")
    password(client)
    assert give(client, codes[3]).status_code == 422


def test_one_time_link_does_not_go_around_it(guarded: Any) -> None:
    client, _, _ = guarded
    owner = accounts.find_by_email("olga@example.org")
    assert owner is not None
    assert client.get(f"/sign-in/{accounts.make_sign_in_link(owner)}").location == "/sign-in/code"
    assert not is_signed_in(client)


def test_half_way_in_is_nowhere(guarded: Any) -> None:
    client, secret, _ = guarded
    assert client.get("/sign-in/code").location == "/sign-in", "who gave no password is sent back"
    assert give(client, code(secret)).location == "/sign-in"
    password(client)
    assert client.get(PAGE).status_code == 302, "who has a factor and did not show it cannot put another in its place"
    assert client.post(PAGE, data={"code": "000000"}).status_code == 302
    assert client.post(OFF, data={"code": code(secret)}).status_code == 302
    assert SecondFactor.objects.get().secret
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert give(client, code(secret)).location == "/sign-in", "and has ten minutes"


def test_new_password_ends_being_half_way_in(guarded: Any) -> None:
    client, secret, _ = guarded
    password(client)
    owner = accounts.find_by_email("olga@example.org")
    assert owner is not None
    accounts.set_password(owner, "another long sentence")
    assert give(client, code(secret)).location == "/sign-in"


def test_only_what_the_app_shows_switches_it_on(client: Any) -> None:
    sign_in(client, make_owner())
    page = client.get(PAGE).text
    assert '<svg role="img"' in page and "style=" not in page
    answer = client.post(PAGE, data={"code": "000000"})
    assert answer.status_code == 422 and "not the code that the app shows" in answer.text
    secret, codes = set_up(client)
    assert len(codes) == 10 and not RECOVERY.findall(client.get(PAGE).text), "they are shown once"
    assert 'id="secret"' not in client.get(PAGE).text
    stored = str(SecondFactor.objects.get().to_mongo())
    assert secret not in stored and codes[0].replace("-", "") not in stored


def test_new_recovery_codes_replace_the_old_ones_and_need_a_code(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    secret, old = set_up(client)
    assert client.post(CODES, data={"code": "000000"}).status_code == 422
    page = client.post(CODES, data={"code": code(secret)}, follow_redirects=True).text
    new = RECOVERY.findall(page)
    assert len(new) == 10 and not set(new) & set(old)
    client.post("/sign-out")
    password(client)
    assert give(client, old[0]).status_code == 422 and give(client, new[0]).status_code == 302


def test_turning_it_off_needs_a_code(client: Any) -> None:
    sign_in(client, make_owner())
    secret, _ = set_up(client)
    assert client.post(OFF, data={"code": "000000"}).status_code == 422
    assert client.post(OFF, data={"code": code(secret)}).location == "/account"
    client.post("/sign-out")
    assert password(client).location == "/" and is_signed_in(client)


@pytest.fixture
def required(settings: dict[str, str], request: pytest.FixtureRequest) -> tuple[Any, Interviewer]:
    """A browser of an application on which everybody needs a second factor, and Olga, who has none yet."""
    settings["REQUIRE_SECOND_FACTOR"] = "on"
    return request.getfixturevalue("client"), make_owner()


def test_where_everybody_needs_one_nobody_gets_in_without(required: Any) -> None:
    client, _ = required
    assert password(client, next="/policies").location == PAGE
    assert not is_signed_in(client)
    assert "Everybody needs a second factor here" in client.get(PAGE).text
    secret, codes = set_up(client)
    assert codes and is_signed_in(client)
    assert client.post(OFF, data={"code": code(secret)}).status_code == 403
    client.post("/sign-out")
    assert password(client).location == "/sign-in/code"


def test_secrets_sealed_with_another_key_open_nothing_and_recovery_codes_still_do(guarded: Any) -> None:
    client, secret, codes = guarded
    client.application.config["SECRET_KEY"] = "another key, as after a restore elsewhere"
    password(client)
    assert give(client, code(secret)).status_code == 422
    assert give(client, codes[0]).status_code == 302


def test_operator_turns_it_off_for_who_lost_everything(guarded: Any) -> None:
    client, _, _ = guarded
    owner = accounts.find_by_email("olga@example.org")
    assert owner is not None
    assert second_factor.turn_off(owner) and not second_factor.turn_off(owner)
    assert password(client).location == "/"


def test_forms_from_elsewhere_are_refused(app: Any) -> None:
    client = app.test_client()
    for path in ("/sign-in/code", PAGE, CODES, OFF):
        assert client.post(path, data={"code": "000000"}).status_code == 400
