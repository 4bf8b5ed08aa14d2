"""An interviewer's own account: name, address, password, API tokens."""

import re
from typing import Any

from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import ApiToken
from tests.cast import PASSWORD, make_owner, make_stranger, sign_in


def test_name_and_address_are_saved(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    assert client.post("/account", data={"name": "  Olga   O. ", "email": "Olga@New.example"}).status_code == 302
    page = client.get("/account").text
    assert "Saved." in page
    owner.reload()
    assert (owner.name, owner.email) == ("Olga O.", "olga@new.example")


def test_bad_input_is_named_on_its_field_and_nothing_changes(client: Any) -> None:
    owner = make_owner()
    make_stranger()
    sign_in(client, owner)
    for data, sentence in (
        ({"name": " ", "email": "olga@example.org"}, "Give a name"),
        ({"name": "O", "email": "olga"}, "That is not an e-mail address"),
        ({"name": "O", "email": "sam@example.org"}, "Another account has this e-mail address"),
        ({"name": "O" * 201, "email": "olga@example.org"}, "200 characters at most"),
    ):
        answer = client.post("/account", data=data)
        assert answer.status_code == 422, data
        assert sentence in answer.text and 'aria-invalid="true"' in answer.text
    owner.reload()
    assert (owner.name, owner.email) == ("Olga Owner", "olga@example.org")


def test_names_are_shown_as_text(client: Any) -> None:
    sign_in(client, make_owner())
    client.post("/account", data={"name": "<script>alert(1)</script>", "email": "olga@example.org"})
    page = client.get("/account").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_new_password_needs_the_present_one(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    answer = client.post("/account/password", data={"current": "wrong", "password": "another long sentence"})
    assert answer.status_code == 422 and "not your present password" in answer.text
    answer = client.post("/account/password", data={"current": PASSWORD, "password": "short"})
    assert answer.status_code == 422 and "needs 10 characters" in answer.text
    assert accounts.check_password(owner.email, PASSWORD) == owner


def test_new_password_signs_other_browsers_out(app: Any, client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    other = sign_in(app.test_client(), owner)
    assert client.post("/account/password", data={"current": PASSWORD, "password": "another long sentence"}).location
    assert client.get("/").status_code == 200
    assert other.get("/").location == "/sign-in"
    assert accounts.check_password(owner.email, PASSWORD) is None
    assert accounts.check_password(owner.email, "another long sentence") == owner


def test_who_came_by_a_link_can_set_a_password(client: Any) -> None:
    local = accounts.local_interviewer()
    sign_in(client, local)
    assert "have no password yet" in client.get("/account").text
    assert client.post("/account/password", data={"password": PASSWORD}).status_code == 302
    assert accounts.check_password(local.email, PASSWORD) == local


def test_password_is_kept_as_argon2_and_an_old_hash_is_renewed(client: Any) -> None:
    owner = make_owner()
    assert owner.password_hash.startswith("$argon2id$")
    old = accounts.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    owner.modify(set__password_hash=old)
    assert accounts.check_password(owner.email, PASSWORD) == owner
    assert owner.reload().password_hash != old
    assert accounts.check_password(owner.email, PASSWORD) == owner


def test_token_is_shown_once_and_works_until_it_is_revoked(client: Any) -> None:
    owner = make_owner()
    sign_in(client, owner)
    assert client.post("/account/tokens", data={"label": "Applicant system"}).status_code == 302
    found = re.search(r'value="(proctor_[^"]+)"', client.get("/account").text)
    assert found
    token = found[1]
    assert token not in client.get("/account").text
    assert token not in str(ApiToken.objects.get().to_mongo())

    assert accounts.find_by_token(token) == owner
    assert ApiToken.objects.get().last_used_at is not None
    assert accounts.find_by_token(token + "x") is None

    page = client.get("/account").text
    revoke = re.search(r"/account/tokens/\w+/revoke", page)
    assert revoke and "Applicant system" in page
    assert client.post(revoke[0]).status_code == 302
    assert accounts.find_by_token(token) is None
    assert client.post(revoke[0]).status_code == 302, "a repeat changes nothing"
    assert not re.search(r"/account/tokens/\w+/revoke", client.get("/account").text)


def test_tokens_of_others_cannot_be_seen_or_revoked(app: Any, client: Any) -> None:
    owner = make_owner()
    token = accounts.add_token(owner, "Olga's system", value="a-token-that-was-brought-along")
    sign_in(client, make_stranger())
    assert "Olga" not in client.get("/account").text
    for token_id in (ApiToken.objects.get().id, "nonsense"):
        assert client.post(f"/account/tokens/{token_id}/revoke").status_code == 404
    assert accounts.find_by_token(token) == owner


def test_token_needs_a_label(client: Any) -> None:
    sign_in(client, make_owner())
    for label in ("", " ", "x" * 101):
        assert client.post("/account/tokens", data={"label": label}).status_code == 422
    assert ApiToken.objects.count() == 0
