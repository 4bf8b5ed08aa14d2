"""Passkeys: made on one's own account, they sign in alone, and stand in for the code after a password."""

from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts import passkeys
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Passkey
from tests.accounts.authenticator import PRESENT, VERIFIED, Authenticator
from tests.accounts.test_second_factor import is_signed_in, password, set_up
from tests.cast import make_owner, make_stranger, sign_in


def add(client: Any, device: Authenticator, label: str = "Laptop") -> Any:
    options = client.post("/account/passkeys/options", json={}).get_json()
    return client.post("/account/passkeys", json={"credential": device.create(options), "label": label})


def use(client: Any, device: Authenticator, **more: Any) -> Any:
    options = client.post("/sign-in/passkey/options", json={}).get_json()
    return client.post("/sign-in/passkey", json={"credential": device.get(options), **more})


@pytest.fixture
def device(app: Any, client: Any) -> Authenticator:
    """Olga's laptop, with a passkey for her account."""
    made = Authenticator()
    assert add(sign_in(app.test_client(), make_owner()), made).status_code == 200
    return made


def test_passkey_signs_in_alone(client: Any, device: Authenticator) -> None:
    answer = use(client, device, next="/policies")
    assert (answer.status_code, answer.get_json()) == (200, {"ok": True, "location": "/policies"})
    page = client.get("/account").text
    assert "Olga Owner" in page and "with a passkey" in page and "Laptop" in page and "last used" in page
    for elsewhere in ("https://evil.example", "//evil.example", 7, None):
        assert use(client, device, next=elsewhere).get_json()["location"] == "/"


def test_passkey_counts_as_both_factors_and_stands_in_for_the_code(app: Any, client: Any) -> None:
    owner, device = sign_in(app.test_client(), make_owner()), Authenticator()
    set_up(owner)
    add(owner, device)
    assert use(client, device).status_code == 200 and is_signed_in(client)
    other = app.test_client()
    assert password(other, next="/policies").location == "/sign-in/code"
    assert "Use a passkey instead" in other.get("/sign-in/code").text
    assert use(other, device).get_json()["location"] == "/policies" and is_signed_in(other)


def test_second_factor_must_be_of_the_same_account(app: Any, client: Any) -> None:
    set_up(sign_in(app.test_client(), make_owner()))
    stranger, theirs = sign_in(app.test_client(), make_stranger()), Authenticator()
    add(stranger, theirs)
    password(client)
    assert use(client, theirs).status_code == 403 and not is_signed_in(client)


def test_answer_works_once(app: Any, client: Any, device: Authenticator) -> None:
    options = client.post("/sign-in/passkey/options", json={}).get_json()
    copied = client.get_cookie("proctor").value
    answer = {"credential": device.get(options)}
    assert client.post("/sign-in/passkey", json=answer).status_code == 200
    thief = app.test_client()
    thief.set_cookie("proctor", copied)
    again = thief.post("/sign-in/passkey", json=answer)
    assert again.status_code == 422 and again.get_json()["error"]["code"] == "passkey_late"
    assert not is_signed_in(thief)


def test_answer_must_come_in_time(client: Any, device: Authenticator) -> None:
    options = client.post("/sign-in/passkey/options", json={}).get_json()
    with clock.at(clock.now() + timedelta(minutes=6)):
        answer = client.post("/sign-in/passkey", json={"credential": device.get(options)})
    assert answer.get_json()["error"]["code"] == "passkey_late"


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost.evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"key": Authenticator().key},
        {"id": b"another key's id"},
        {"count": -1},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_what_a_false_site_or_device_brings_opens_nothing(
    client: Any, device: Authenticator, lie: dict[str, Any]
) -> None:
    assert use(client, device).status_code == 200
    client.post("/sign-out")
    for name, value in lie.items():
        setattr(device, name, value)
    answer = use(client, device)
    assert answer.status_code == 422 and answer.get_json()["error"]["code"] == "passkey_refused"
    assert not is_signed_in(client)


@pytest.mark.parametrize("body", [None, [], {}, {"credential": 1}, {"credential": {"id": "x"}}, {"credential": "{"}])
def test_nonsense_is_refused(client: Any, device: Authenticator, body: Any) -> None:
    assert client.post("/sign-in/passkey", json=body).status_code == 422
    client.post("/sign-in/passkey/options", json={})
    assert client.post("/sign-in/passkey", json=body).status_code == 422
    known = {"credential": {"id": Passkey.objects.get().id, "rawId": "!", "response": {"clientDataJSON": "e30"}}}
    client.post("/sign-in/passkey/options", json={})
    assert client.post("/sign-in/passkey", json=known).status_code == 422


def test_bad_passkeys_are_not_kept(client: Any) -> None:
    sign_in(client, make_owner())
    assert add(client, Authenticator(), " ").get_json()["error"]["field"] == "label"
    assert add(client, Authenticator(), "x" * 101).status_code == 422
    assert add(client, Authenticator(origin="http://evil.example")).status_code == 422
    assert add(client, Authenticator(flags=PRESENT)).status_code == 422, "a device that nobody unlocked"
    assert client.post("/account/passkeys", json={"label": "x", "credential": {}}).status_code == 422
    assert Passkey.objects.count() == 0


def test_one_device_is_kept_for_one_account(app: Any, client: Any, device: Authenticator) -> None:
    stranger = sign_in(app.test_client(), make_stranger())
    assert add(stranger, device).status_code == 422
    assert Passkey.objects.count() == 1


def test_removed_passkey_opens_nothing_and_others_cannot_remove_it(
    app: Any, client: Any, device: Authenticator
) -> None:
    path = f"/account/passkeys/{Passkey.objects.get().id}/remove"
    assert sign_in(app.test_client(), make_stranger()).post(path).status_code == 404
    use(client, device)
    assert "no longer signs you in" in client.post(path, follow_redirects=True).text
    client.post("/sign-out")
    assert use(client, device).status_code == 422


def test_strangers_make_none(app: Any, client: Any) -> None:
    assert client.post("/account/passkeys/options", json={}).status_code == 302
    assert client.post("/account/passkeys", json={}).status_code == 302
    guarded = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True
    assert guarded.post("/sign-in/passkey", json={}).status_code == 400


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("https://interviews.example.org", True),
        ("http://localhost:5000", True),
        ("http://interviews.example.org", False),
        ("http://127.0.0.1:5000", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]:5000", False),
    ],
)
def test_addresses_that_browsers_have_no_passkeys_for_are_known(address: str, can: bool) -> None:
    assert passkeys.Site.at(address).can_have_passkeys is can


def test_page_says_where_there_are_none(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    assert 'data-passkey="add"' in client.get("/account").text
    # A cookie is for one host: whoever comes by another name signs in there.
    base_url = "http://127.0.0.1:5000"
    client.get(f"/sign-in/{accounts.make_sign_in_link(owner)}", base_url=base_url)
    page = client.get("/account", base_url=base_url).text
    assert "not for this address" in page and 'data-passkey="add"' not in page
