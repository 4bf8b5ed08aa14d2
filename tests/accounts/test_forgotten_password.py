"""Who forgot the password gets a link by e-mail, and nobody learns from that who has an account."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts import resets
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import PasswordReset
from tests.cast import PASSWORD, make_owner, sign_in
from tests.conftest import Mailbox, Program

NEW = {"password": "another long sentence", "again": "another long sentence"}


@pytest.fixture
def mailed(settings: dict[str, str], smtp: Mailbox, request: pytest.FixtureRequest) -> Any:
    """A browser of an application that sends e-mail."""
    settings["SMTP_URL"] = smtp.url
    settings["BASE_URL"] = "http://interviews.example.org"
    return request.getfixturevalue("client")


def link_for(email: str = "olga@example.org") -> str:
    owner = accounts.find_by_email(email)
    assert owner is not None
    return f"/reset/{resets.make(owner)}"


def test_link_arrives_and_sets_a_new_password_once(mailed: Any, app: Any, smtp: Mailbox, jobs_worker: Program) -> None:
    owner = make_owner()
    elsewhere = sign_in(app.test_client(), owner)
    assert 'href="/forgotten"' in mailed.get("/sign-in").text
    page = mailed.post("/forgotten", data={"email": " Olga@Example.org "}, headers={"Host": "evil.example"})
    assert page.status_code == 200 and "a link to choose a new password is on its way" in page.text

    message = smtp.wait_for(1, timeout=60)[0]
    assert message["To"] == "olga@example.org"
    found = re.search(r"http://interviews\.example\.org(/reset/\S+)", message.get_content())
    assert found, "the address is the server's own, whatever the request said"
    assert mailed.head(found[1]).status_code == 200 and "olga@example.org" in mailed.get(found[1]).text
    assert mailed.post(found[1], data=NEW).location == "/sign-in"

    assert accounts.check_password(owner.email, NEW["password"]) == owner
    assert accounts.check_password(owner.email, PASSWORD) is None
    assert elsewhere.get("/").location == "/sign-in", "browsers that were signed in are signed out"
    assert mailed.get("/account").status_code == 302, "the link itself signs nobody in"
    for again in (mailed.get(found[1]), mailed.post(found[1], data=NEW)):
        assert again.status_code == 410 and "no longer works" in again.text
    assert found[1].rpartition("/")[2] not in jobs_worker.log() and "olga" not in jobs_worker.log()


def test_answer_does_not_tell_who_has_an_account(mailed: Any, smtp: Mailbox) -> None:
    make_owner()
    answers = {}
    for email in ("olga@example.org", "none@example.org"):
        answer = mailed.post("/forgotten", data={"email": email})
        answers[email] = (answer.status_code, answer.text.replace(email, "…"))
    assert len(set(answers.values())) == 1
    with mailed.application.app_context():
        resets.mail_reset("none@example.org")
    assert PasswordReset.objects.count() == 0 and not smtp.messages


def test_mailbox_is_not_filled(mailed: Any, smtp: Mailbox) -> None:
    make_owner()
    with mailed.application.app_context():
        for _ in range(5):
            resets.mail_reset("olga@example.org")
    assert len(smtp.messages) == 3


def test_asking_again_and_again_is_slowed(mailed: Any) -> None:
    mailed.application.config["PROCTOR"] = replace(mailed.application.config["PROCTOR"], rate_limits=True)
    with clock.at(clock.now()):
        for _ in range(5):
            assert mailed.post("/forgotten", data={"email": "olga@example.org"}).status_code == 200
        answer = mailed.post("/forgotten", data={"email": "olga@example.org"})
    assert answer.status_code == 429 and "Wait 5 seconds" in answer.text


def test_link_expires_after_half_an_hour(client: Any) -> None:
    make_owner()
    link = link_for()
    begin = clock.now()
    with clock.at(begin + timedelta(minutes=29)):
        assert client.get(link).status_code == 200
    with clock.at(begin + timedelta(minutes=31)):
        assert client.get(link).status_code == 410
        assert client.post(link, data=NEW).status_code == 410
    assert client.get("/reset/nonsense").status_code == 410
    assert accounts.check_password("olga@example.org", PASSWORD)


def test_bad_input_is_named_and_the_link_still_works(client: Any) -> None:
    make_owner()
    link = link_for()
    for data, sentence in (
        ({}, "Type the new password"),
        ({"password": "short", "again": "short"}, "needs 10 characters"),
        ({"password": "another long sentence", "again": "another"}, "The two are not the same"),
    ):
        answer = client.post(link, data=data)
        assert answer.status_code == 422 and sentence in answer.text
    assert client.post(link, data=NEW).status_code == 302


def test_using_one_link_ends_the_others(client: Any) -> None:
    make_owner()
    first, second = link_for(), link_for()
    client.post(second, data=NEW)
    assert client.get(first).status_code == 410


def test_only_the_hash_of_a_link_is_kept(client: Any) -> None:
    make_owner()
    assert link_for().rpartition("/")[2] not in str(PasswordReset.objects.get().to_mongo())


def test_server_without_mail_says_so_and_what_the_operator_can_do(client: Any) -> None:
    page = client.get("/forgotten").text
    assert "sends no e-mail" in page and "proctor user reset" in page and "<form class" not in page
    assert client.post("/forgotten", data={"email": "olga@example.org"}).status_code == 409


def test_no_address_is_told_on_the_field(mailed: Any) -> None:
    for email in ("", "olga"):
        answer = mailed.post("/forgotten", data={"email": email})
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text


def test_forms_from_elsewhere_are_refused(app: Any) -> None:
    make_owner()
    assert app.test_client().post(link_for(), data=NEW).status_code == 400
    assert app.test_client().post("/forgotten", data={"email": "olga@example.org"}).status_code == 400
