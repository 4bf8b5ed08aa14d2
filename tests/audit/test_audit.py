"""The audit log: what matters is in it, nothing of it can be changed unseen, and only administrators read it."""

import csv
import io
import threading
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock, records
from proctor_app.accounts.models import Interviewer
from proctor_app.audit import doors, service
from proctor_app.audit.kinds import OPERATOR, Action
from proctor_app.audit.models import AuditEntry
from proctor_app.live import ending
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in
from tests.held import VOUCHED, observe


@pytest.fixture
def owner(app: Any) -> Any:
    with app.app_context():
        yield make_owner()


@pytest.fixture
def interview(owner: Interviewer) -> Session:
    session, _ = sessions.create(str(owner.id), "Backend", "Zoë Zwart", "zoe@example.org", consent=VOUCHED)
    sessions.start(session, clock.now() - timedelta(minutes=5))
    return session


@pytest.fixture
def admin(client: Any, owner: Interviewer) -> Any:
    """Sam, signed in as an administrator."""
    sam = make_stranger()
    sam.modify(set__is_admin=True)
    return sign_in(client, sam)


def told() -> list[tuple[str, str, str | None]]:
    return [(one.by, one.action, one.about) for one in service.entries().order_by("id")]


def test_what_an_interviewer_does_is_written_down_once_and_by_ids(
    client: Any, owner: Interviewer, interview: Session
) -> None:
    incident, path = observe(interview, "absence", None, 10, 12), f"/sessions/{interview.id}"
    sign_in(client, owner)
    for _ in range(3):
        assert client.get(path).status_code == 200
    client.post(f"{path}/incidents/{incident}/review", data={"verdict": "dismissed", "reason": "Camera fell"})
    assert client.get(f"{path}/report.pdf").status_code == 409, "there is none yet, so nothing was opened"
    client.post(f"{path}/end")
    client.post("/account", data={"name": "Olga O.", "email": "olga@example.org"})
    client.post("/sign-out")
    me, about = str(owner.id), interview.id
    assert told() == [
        (me, "signed_in", None),
        (me, "viewed", about),
        (me, "reviewed", about),
        (me, "ended", about),
        (me, "account", None),
        (me, "signed_out", None),
    ]
    text = str([one.to_mongo() for one in AuditEntry.objects])
    assert not [word for word in ("Zoë", "zoe", "Olga", "olga", "Camera fell") if word in text]


def test_erasing_a_person_keeps_who_did_it_and_nothing_about_them(owner: Interviewer, interview: Session) -> None:
    ending.end(interview, str(owner.id))
    records.zipped(interview.id, str(owner.id))
    records.erase(interview.id, OPERATOR)
    assert told()[-2:] == [(str(owner.id), "exported", interview.id), (OPERATOR, "erased", interview.id)]
    assert sessions.find(interview.id) is None and service.first_broken() is None


@pytest.mark.parametrize("tampering", ["changed", "dropped", "slipped in", "hash"])
def test_an_entry_that_was_changed_shows(app: Any, tampering: str) -> None:
    with app.app_context():
        for number in range(5):
            service.record(Action.REVIEWED, "someone", "a-session", incident=f"i{number}")
        assert service.first_broken() is None
        rows = AuditEntry._get_collection()
        if tampering == "changed":
            rows.update_one({"_id": 3}, {"$set": {"by": "someone else"}})
        elif tampering == "dropped":
            rows.delete_one({"_id": 3})
        elif tampering == "slipped in":
            rows.insert_one({**rows.find_one({"_id": 5}), "_id": 6})
        else:
            rows.update_one({"_id": 3}, {"$set": {"hash": "0" * 64}})
        assert service.first_broken() == (6 if tampering == "slipped in" else 3)


def test_many_who_write_at_once_leave_one_unbroken_row(app: Any) -> None:
    def write() -> None:
        with app.app_context():
            for _ in range(10):
                service.record(Action.REPORT, "someone", "a-session")

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert AuditEntry.objects.count() == 50 and service.first_broken() is None


def test_two_processes_that_take_the_same_number_both_get_in(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        add, raced = service._add, []

        def late(fields: dict[str, Any]) -> bool:
            if not raced:
                raced.append(add({**fields, "by": "the other process"}))
                monkeypatch.setattr(service, "_rows", lambda: _Stale(AuditEntry._get_collection()))
                lost = add(fields)
                monkeypatch.undo()
                return lost
            return add(fields)

        monkeypatch.setattr(service, "_add", late)
        service.record(Action.REPORT, "this process")
        assert sorted(one.by for one in AuditEntry.objects) == ["the other process", "this process"]
        assert service.first_broken() is None


class _Stale:
    """The collection as a process sees it that read the last number a moment too early."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def find_one(self, *_: Any, **__: Any) -> None:
        return None

    def insert_one(self, row: dict[str, Any]) -> Any:
        return self._rows.insert_one(row)


def test_an_administrator_filters_pages_checks_and_exports(admin: Any) -> None:
    for number in range(60):
        service.record(Action.REVIEWED, "someone", f"session-{number % 2}", incident=f"i{number}")
    first = admin.get("/audit").text
    assert "Sam Stranger" in first and "Signed in" not in table_of(first) and 'rel="next"' in first
    assert table_of(first).count("<tr>") == 50
    older = admin.get("/audit?before=12").text
    assert table_of(older).count("<tr>") == 11 and "Signed in" in table_of(older)
    assert table_of(admin.get("/audit?about=session-1").text).count("<tr>") == 30
    assert table_of(admin.get("/audit?action=signed_in").text).count("<tr>") == 1
    assert "Nothing fits" in admin.get("/audit?until=2020-01-01").text
    assert "is no day" in admin.get("/audit?since=yesterday").text
    assert "none is missing" in admin.get("/audit?check=1").text
    exported = admin.get("/audit/export.json?about=session-1").json
    assert exported["first_broken"] is None and len(exported["entries"]) == 30
    rows = list(csv.DictReader(io.StringIO(admin.get("/audit/export.csv").text)))
    assert [int(row["number"]) for row in rows] == list(range(1, 63)) and rows[-1]["action"] == "audit"


def test_it_does_not_exist_for_anybody_else(client: Any, owner: Interviewer) -> None:
    assert client.get("/audit").status_code == 302
    sign_in(client, owner)
    assert client.get("/audit").status_code == 404 and client.get("/audit/export.csv").status_code == 404
    assert 'href="/audit"' not in client.get("/").text


# What changes something and is not in the audit log, with the reason.
ELSEWHERE = {
    "accounts.try_sign_in": "signing in is written down by its signal, as by every other way in",
    "second_factor.check": "as above",
    "passkeys.sign_in": "as above",
    "accounts.sign_out": "so is signing out",
    "api.erase": "records.erase",
    "data.erase": "records.erase",
    "api.review": "reviews.service",
    "console.review": "reviews.service",
    "api.create": "a session's own steps of life",
    "api.set_phase": "a session's own steps of life",
    "console.set_phase": "a session's own steps of life",
    "home.create": "a session's own steps of life",
    "console.add_note": "the note stands with its author and time",
    "reports.retry": "it changes how far the report is, not what it says",
    "policies.show_preview": "it changes nothing",
    "passkeys.creation_options": "it changes nothing",
    "passkeys.request_options": "it changes nothing",
}
# Candidates have no account; what they decide is stored with their session.
CANDIDATES = ("join.",)


def test_every_route_that_changes_something_is_written_down_or_says_why_not(app: Any) -> None:
    for rule in app.url_map.iter_rules():
        for method in rule.methods - set(doors.READING):
            known = doors.action_of(rule.endpoint, method) or rule.endpoint in ELSEWHERE
            assert known or rule.endpoint.startswith((*CANDIDATES, "resets.")), f"{method} {rule.rule}"
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(doors.AUDITED) <= endpoints and set(ELSEWHERE) <= endpoints


def table_of(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]
