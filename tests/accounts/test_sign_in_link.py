"""The one-time link that `make run` prints."""

from datetime import timedelta
from typing import Any

from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer, SignInLink
from tests.cast import make_owner


def test_link_signs_in_once(app: Any, client: Any) -> None:
    link = f"/sign-in/{accounts.make_sign_in_link(accounts.local_interviewer())}"
    assert client.head(link).status_code == 410, "a preview that only asks for the head uses nothing up"
    assert client.get(link).location == "/"
    assert client.get("/").status_code == 200

    other_browser = app.test_client()
    again = other_browser.get(link)
    assert again.status_code == 410
    assert "no longer works" in again.text and "proctor user link" in again.text
    assert other_browser.get("/").location == "/sign-in"
    assert client.get(link).location == "/", "who is signed in already loses nothing by clicking it again"


def test_unknown_and_expired_links_open_nothing(client: Any) -> None:
    expired = accounts.make_sign_in_link(make_owner(), timedelta(seconds=-1))
    for token in ("nonsense", expired):
        assert client.get(f"/sign-in/{token}").status_code == 410
        assert client.get("/").location == "/sign-in"


def test_only_the_hash_of_a_link_is_kept(client: Any) -> None:
    token = accounts.make_sign_in_link(make_owner())
    assert token not in str(SignInLink.objects.get().to_mongo())


def test_link_changes_who_is_signed_in(client: Any) -> None:
    for interviewer in (accounts.local_interviewer(), make_owner()):
        client.get(f"/sign-in/{accounts.make_sign_in_link(interviewer)}")
    assert "Olga Owner" in client.get("/account").text


def test_local_account_stays_the_same_when_it_gets_a_real_address(client: Any) -> None:
    first = accounts.local_interviewer()
    assert not first.has_mailbox
    accounts.update_profile(first, "Asha Verma", "asha@example.org")
    again = accounts.local_interviewer()
    assert (again.id, again.email, again.has_mailbox) == (first.id, "asha@example.org", True)


def test_administrator_of_the_settings_is_the_one_the_link_signs_in(client: Any) -> None:
    admin = accounts.ensure_admin("ada@example.org", "short")
    assert accounts.ensure_admin("ADA@example.org", "another") == admin
    assert accounts.local_interviewer("ada@example.org") == admin
    assert (admin.name, admin.is_admin) == ("Ada", True)
    assert Interviewer.objects.count() == 1
    assert accounts.check_password("ada@example.org", "short") == admin, "a restart never resets a password"
