"""The people of the tests: an owner, who holds interviews, a teammate, and a stranger with an account of their own."""

from typing import Any

from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer

PASSWORD = "a sentence nobody guesses"


def make_owner() -> Interviewer:
    """Olga, whose interviews the tests are about."""
    return accounts.create_interviewer("olga@example.org", "Olga Owner", PASSWORD)


def make_stranger() -> Interviewer:
    """Sam, who has an account here and no business with Olga's interviews."""
    return accounts.create_interviewer("sam@example.org", "Sam Stranger", PASSWORD)


def sign_in(client: Any, interviewer: Interviewer) -> Any:
    """Sign the test client in, by a one-time link as people do."""
    answer = client.get(f"/sign-in/{accounts.make_sign_in_link(interviewer)}")
    assert answer.status_code == 302, answer.text
    return client
