"""Guessing gets slower with each failure, whosever account it is, and nobody is locked out for good."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts import rules, throttle
from proctor_app.accounts import service as accounts
from tests.cast import PASSWORD, make_owner, make_stranger, sign_in

OLGA, NOBODY = "olga@example.org", "nobody@example.org"


@pytest.fixture
def limited(settings: dict[str, str], request: pytest.FixtureRequest) -> Any:
    """A browser of an application that limits tries."""
    settings["RATE_LIMITS"] = "on"
    return request.getfixturevalue("client")


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """However slow the machine is, no time passes but what a test says."""
    with clock.at(clock.now()):
        yield


def tries(client: Any, email: str, password: str, address: str = "192.0.2.1") -> Any:
    data = {"email": email, "password": password}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address})


def fail_at_many(client: Any, count: int, address: str = "192.0.2.1") -> None:
    """Failures of one address at as many accounts, without the time that checking each password takes."""
    with client.application.app_context():
        for number in range(count):
            throttle.begin(f"guess-{number}@example.org", address)


def fail(client: Any, count: int, email: str = OLGA, address: str = "192.0.2.1") -> None:
    for _ in range(count):
        assert tries(client, email, "guess", address).status_code == 422


def test_a_few_mistakes_cost_nothing_then_each_wait_is_twice_as_long() -> None:
    waits = [rules.wait_after(failures, rules.FOR_ACCOUNT) for failures in range(1, 15)]
    assert waits[:7] == [0, 0, 0, 0, 5, 10, 20]
    assert waits[-2:] == [900, 900], "never for ever"
    assert rules.wait_after(10**6, rules.FOR_ADDRESS) == 300


@pytest.mark.parametrize("email", [OLGA, NOBODY])
def test_guessing_is_stopped_and_says_how_long_alike_for_all(limited: Any, email: str) -> None:
    make_owner()
    fail(limited, 5, email)
    answer = tries(limited, email.upper(), PASSWORD)
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "5"
    assert "tried too often. Wait 5 seconds" in answer.text and 'name="password"' in answer.text


def test_whoever_waits_gets_in_and_begins_anew(limited: Any) -> None:
    make_owner()
    begin = clock.now()
    fail(limited, 5)
    with clock.at(begin + timedelta(seconds=6)):
        fail(limited, 1)
        assert tries(limited, OLGA, PASSWORD).headers["Retry-After"] == "10", "the second wait is longer"
    with clock.at(begin + timedelta(seconds=17)):
        assert tries(limited, OLGA, PASSWORD).status_code == 302


def test_failures_are_forgotten_after_a_day(limited: Any) -> None:
    make_owner()
    fail(limited, 5)
    with clock.at(clock.now() + timedelta(hours=25)):
        fail(limited, 4)
        assert tries(limited, OLGA, PASSWORD).status_code == 302


def test_a_restart_changes_nothing(limited: Any, config: Any) -> None:
    from proctor_app import create_app

    make_owner()
    fail(limited, 5)
    again = create_app(config)
    again.config["WTF_CSRF_ENABLED"] = False
    assert tries(again.test_client(), OLGA, PASSWORD).status_code == 429


def test_one_account_is_guarded_from_many_addresses(limited: Any) -> None:
    make_owner(), make_stranger()
    for number in range(5):
        fail(limited, 1, OLGA, f"192.0.2.{number}")
    assert tries(limited, OLGA, PASSWORD, "192.0.2.99").status_code == 429
    assert tries(limited, "sam@example.org", PASSWORD).status_code == 302, "others are not locked out"


def test_one_address_cannot_go_through_many_accounts(limited: Any) -> None:
    make_owner()
    fail_at_many(limited, 19)
    fail(limited, 1, "one-more@example.org")
    assert tries(limited, OLGA, PASSWORD).status_code == 429
    assert tries(limited, OLGA, PASSWORD, "192.0.2.2").status_code == 302


def test_signing_in_is_no_guessing_and_wipes_out_none(limited: Any) -> None:
    make_owner(), make_stranger()
    fail_at_many(limited, 18)
    for _ in range(3):
        assert tries(limited, "sam@example.org", PASSWORD).status_code == 302
        limited.post("/sign-out")
    fail(limited, 2, "two-more@example.org")
    assert tries(limited, OLGA, PASSWORD).status_code == 429, "20 failures of one address, whoever signed in between"


def test_a_guesser_elsewhere_does_not_keep_the_owner_out_of_their_own_browser(limited: Any, app: Any) -> None:
    owner = make_owner()
    sign_in(limited, owner)
    limited.post("/sign-out")
    guesser = app.test_client()
    fail(guesser, 5, address="198.51.100.7")
    assert tries(guesser, OLGA, PASSWORD, "198.51.100.7").status_code == 429
    assert tries(limited, OLGA, PASSWORD).status_code == 302
    limited.post("/sign-out")
    fail(limited, 5)
    assert tries(limited, OLGA, PASSWORD).status_code == 429, "guessing at that desk is slowed, too"


def test_the_present_password_cannot_be_guessed_by_who_found_the_page_open(limited: Any) -> None:
    owner = make_owner()
    sign_in(limited, owner)
    change = {"current": "guess", "password": "another long sentence"}
    for _ in range(5):
        assert limited.post("/account/password", data=change).status_code == 422
    answer = limited.post("/account/password", data=change | {"current": PASSWORD})
    assert answer.status_code == 429 and "Wait 5 seconds" in answer.text
    assert accounts.check_password(OLGA, PASSWORD) == owner
