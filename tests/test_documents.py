"""Compare-and-set on stored documents: one of many wins, and what was changed is taken over."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from mongoengine import NotUniqueError

from proctor_app import clock
from proctor_app.accounts.models import Interviewer
from proctor_app.reports.models import StoredReport
from proctor_app.sessions.models import Session


@pytest.fixture
def session(app: Any) -> Session:
    """A stored session, beside another one."""
    for key in ("one", "two"):
        Session(id=key, title="Backend", owner="olga", candidate_name="Asha", created_at=clock.now()).save()
    return Session.objects(id="one").first()


def test_only_what_was_changed_is_taken_over(session: Session) -> None:
    Session.objects(id="one").update_one(set__title="Changed elsewhere")
    assert session.modify(set__candidate_name="Ben", set__policy={"name": "classic", "weights": {"absence": 3}})
    assert (session.candidate_name, session.policy["weights"]["absence"], session.title) == ("Ben", 3, "Backend")
    stored = Session.objects(id="one").first()
    assert (stored.candidate_name, stored.title) == ("Ben", "Changed elsewhere")
    assert Session.objects(id="two").first().candidate_name == "Asha"
    assert session.modify(unset__candidate_name=True)
    assert session.candidate_name is None


def test_what_does_not_fit_any_more_stays(session: Session) -> None:
    Session.objects(id="one").update_one(set__status="live")
    assert not session.modify({"status": "scheduled"}, set__status="ended")
    assert session.status == "scheduled", "the caller decides what to do"
    assert Session.objects(id="one").first().status == "live"
    assert not session.modify({"status__ne": "live"}, set__title="x")


def test_one_of_many_wins(session: Session) -> None:
    def start(_: int) -> bool:
        return Session.objects(id="one").first().modify({"status": "scheduled"}, set__status="live")

    with ThreadPoolExecutor(8) as racers:
        assert sum(racers.map(start, range(24))) == 1


def test_one_that_is_gone_is_not_changed(session: Session) -> None:
    session.delete()
    assert not session.modify(set__title="x")
    assert Session.objects(id="one").count() == 0


def test_numbers_are_counted_on_and_large_fields_left_where_they_are(app: Any) -> None:
    StoredReport(id="one", pdf=b"%PDF").save()
    report = StoredReport.objects(id="one").exclude("pdf").first()
    StoredReport.objects(id="one").update_one(inc__tries=4)
    assert report.modify(inc__tries=1)
    assert (report.tries, report.pdf) == (5, None)
    assert StoredReport.objects(id="one").first().pdf == b"%PDF"


def test_a_taken_value_is_told(app: Any) -> None:
    for email in ("olga@example.org", "sam@example.org"):
        Interviewer(email=email, name="x", created_at=clock.now()).save()
    with pytest.raises(NotUniqueError):
        Interviewer.objects(email="sam@example.org").first().modify(set__email="olga@example.org")
