"""The browsers in which an interviewer is signed in: listed, and ended one by one or together."""

import re
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts import rules
from proctor_app.accounts.models import SignIn
from tests.cast import PASSWORD, make_owner, make_stranger, sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
END = re.compile(r'action="(/account/sign-ins/\w+/end)"')


def browser(app: Any, user_agent: str, address: str = "192.0.2.1") -> Any:
    client = app.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": address}
    return client


def is_signed_in(client: Any) -> bool:
    return bool(client.get("/account").status_code == 200)


def test_each_browser_is_listed_and_one_can_be_ended(app: Any, client: Any) -> None:
    owner = make_owner()
    desk, phone = browser(app, FIREFOX), sign_in(browser(app, PHONE, "198.51.100.7"), owner)
    desk.post("/sign-in", data={"email": owner.email, "password": PASSWORD})
    page = desk.get("/account").text
    assert page.count('data-testid="sign-in"') == 2 and page.count("this one") == 1
    assert "Firefox on Linux" in page and "with the password" in page
    assert "Safari on iPhone" in page and "198.51.100.7" in page and "by a one-time link" in page

    ends = END.findall(page)
    assert len(ends) == 1, "this browser is signed out by the button at the top"
    assert "Safari on iPhone is signed out." in desk.post(ends[0], follow_redirects=True).text
    assert not is_signed_in(phone) and is_signed_in(desk)
    assert "signed out already" in desk.post(ends[0], follow_redirects=True).text


def test_all_others_can_be_ended(app: Any, client: Any) -> None:
    owner = make_owner()
    here, *others = (sign_in(browser(app, FIREFOX), owner) for _ in range(3))
    elsewhere = sign_in(app.test_client(), make_stranger())
    page = here.post("/account/sign-ins/end-others", follow_redirects=True).text
    assert "2 other browsers signed out." in page and "end-others" not in page
    assert [is_signed_in(one) for one in (here, *others, elsewhere)] == [True, False, False, True]


def test_those_of_others_cannot_be_seen_or_ended(app: Any, client: Any) -> None:
    theirs = sign_in(browser(app, FIREFOX), make_owner())
    sign_in(client, make_stranger())
    assert "Firefox" not in client.get("/account").text
    for one in (SignIn.objects(device="Firefox on Linux").get().id, "nonsense", "0" * 24):
        client.post(f"/account/sign-ins/{one}/end")
    assert is_signed_in(theirs)


def test_copied_cookie_opens_nothing_after_signing_out(app: Any, client: Any) -> None:
    sign_in(client, make_owner())
    copied = client.get_cookie("proctor").value
    thief = app.test_client()
    thief.set_cookie("proctor", copied)
    assert is_signed_in(thief)
    client.post("/sign-out")
    assert not is_signed_in(thief)


def test_signing_in_again_leaves_no_second_record(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    sign_in(client, owner)
    assert SignIn.objects.count() == 1


def test_only_the_hash_of_what_the_cookie_holds_is_kept(client: Any) -> None:
    sign_in(client, make_owner())
    with client.session_transaction() as cookie:
        token = cookie["sign_in"]
    assert token not in str(SignIn.objects.get().to_mongo())


def test_unused_browser_is_signed_out_after_a_month_and_a_used_one_is_not(client: Any) -> None:
    sign_in(client, make_owner())
    begin = clock.now()
    with clock.at(begin + timedelta(days=20)):
        assert is_signed_in(client)
    assert SignIn.objects.get().last_seen_at == begin + timedelta(days=20)
    with clock.at(begin + timedelta(days=50)):
        assert is_signed_in(client)
    with clock.at(begin + timedelta(days=82)):
        assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome on Mac",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.14.1", "A program"),
        ("", "A program"),
        ("<script>" * 1000, "A program"),
    ],
)
def test_browsers_are_called_what_people_call_them(user_agent: str, name: str) -> None:
    assert rules.device_name(user_agent) == name
