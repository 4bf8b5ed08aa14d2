"""Everything about a person, in every collection and file: there before, and provably gone when it is erased."""

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mongoengine.connection import get_db
from pypdf import PdfReader

from proctor_app import clock, jobs, records
from proctor_app.accommodations import service as accommodations
from proctor_app.accounts.models import Interviewer
from proctor_app.decisions.models import DecisionRecord
from proctor_app.evidence import service as evidence
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import HeartbeatPayload
from proctor_app.live import ending
from proctor_app.policies.rules import Relief
from proctor_app.reports import service as reports
from proctor_app.reviews import service as reviews
from proctor_app.sessions import agreement, phases
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in
from tests.conftest import Mailbox
from tests.evidence.conftest import jpeg, keep_stills
from tests.held import observe
from tests.privacy.canary import EMAIL, NAME, NOTE, TITLE, in_database, in_files, traces


@pytest.fixture(autouse=True)
def set_up(settings: dict[str, str], smtp: Mailbox) -> None:
    settings |= {"SMTP_URL": smtp.url, "DECISION_RETENTION_DAYS": "1460"}


@pytest.fixture
def canary(app: Any, client: Any) -> tuple[Session, list[bytes]]:
    """Olga's interview with a candidate who left something in every collection, and what to look for. She is in."""
    owner = make_owner()
    sign_in(client, owner)
    with app.app_context():
        session, wanted = hold(owner)
    assert client.get(f"/sessions/{session.id}").status_code == 200
    return session, wanted


def hold(owner: Interviewer) -> tuple[Session, list[bytes]]:
    session, token = sessions.create(str(owner.id), TITLE, NAME, EMAIL)
    sessions.knock(session.id, NAME)
    profile = accommodations.create_profile("Wider thresholds", Relief(thresholds={"absence": 60}))
    accommodations.use_code(accommodations.make_code(profile), session.id)
    sessions.accept_consent(session, sessions.consent_text_for(session).version)
    began = clock.now() - timedelta(minutes=10)
    sessions.start(session, began)
    keep_stills(session, "still")
    for seconds in range(0, 60, 4):
        at = began + timedelta(seconds=seconds)
        with clock.at(at):
            incidents.record_heartbeat(session, HeartbeatPayload(clock.to_ms(at), 5, 33, 1, "watching", None, None), 0)
    seen = observe(session, "absence", None, 30, 12)
    still = {"observation": seen, "at": clock.to_ms(began + timedelta(seconds=40)), "jpeg": jpeg()}
    evidence.record(session.id, EvidencePayload.parse(still), 0)
    picture = evidence.picture(session.id, seen, str(owner.id))
    phases.mark(session, "coding", str(owner.id), clock.now())
    sessions.add_note(session, str(owner.id), NOTE)
    reviews.review(session, seen, "dismissed", f"{NAME} had warned of it", str(owner.id))
    agreement.withdraw(session)
    sessions.accept_consent(session, sessions.consent_text_for(session).version)
    ending.end(session, str(owner.id))
    reports.make_report(session.id)
    reports.send_report(session.id)
    jobs.failed("purge", session.id, RuntimeError(NAME))
    return session, traces(token, sessions.get(session.id).invite_hash, picture)


def erase(client: Any, session: Session, **form: str) -> Any:
    return client.post(f"/sessions/{session.id}/erase", data={"confirm": session.id, **form})


def test_every_collection_was_filled(canary: tuple[Session, list[bytes]]) -> None:
    session, wanted = canary
    empty = [name for name in records.ABOUT_A_SESSION if not get_db()[name].find_one({"session": session.id})]
    assert empty == [], "fill these, so that the other tests see them erased"
    assert {one.partition(":")[0] for one in in_database(wanted)} >= {"session", "note", "review", "evidence_picture"}


def test_nothing_is_left_in_the_database_nor_in_any_file(
    canary: tuple[Session, list[bytes]], client: Any, app: Any
) -> None:
    session, wanted = canary
    answer = erase(client, session)
    assert answer.status_code == 303 and answer.location == "/"
    assert "is deleted" in client.get("/").text
    assert in_database(wanted) == []
    assert in_files(app.config["PROCTOR"].data_dir, wanted) == []
    # That an interview was deleted, and what was done with it, is all that is known: by its id.
    left = {one.partition(":")[0] for one in in_database([session.id.encode()])}
    assert left == {"audit_entry"}
    assert client.get(f"/sessions/{session.id}").status_code == 404
    assert client.get(f"/sessions/{session.id}/data").status_code == 404


def test_a_report_that_was_being_made_does_not_bring_it_back(canary: tuple[Session, list[bytes]], client: Any) -> None:
    session, wanted = canary
    reports.request_report(session.id)
    erase(client, session)
    reports.make_report(session.id)
    reports.send_report(session.id)
    assert in_database(wanted) == []


def test_the_id_must_be_typed(canary: tuple[Session, list[bytes]], client: Any) -> None:
    session, _ = canary
    page = client.post(f"/sessions/{session.id}/erase", data={"confirm": "yes"})
    assert page.status_code == 422 and "Nothing was deleted" in page.text
    assert sessions.find(session.id) is not None


def test_a_stranger_gets_and_deletes_nothing(canary: tuple[Session, list[bytes]], app: Any) -> None:
    session, _ = canary
    stranger = sign_in(app.test_client(), make_stranger())
    for path in ("data", "export.zip", "compliance"):
        assert stranger.get(f"/sessions/{session.id}/{path}").status_code == 404
    assert erase(stranger, session).status_code == 404
    assert sessions.find(session.id) is not None


def test_all_of_it_can_be_downloaded(canary: tuple[Session, list[bytes]], client: Any) -> None:
    session, _ = canary
    page = client.get(f"/sessions/{session.id}/data").text
    assert f"/sessions/{session.id}/export.zip" in page and "cannot be undone" in page
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/sessions/{session.id}/export.zip").data))
    assert {"session.json", "report.pdf", "report.json", "incidents.csv"} <= set(archive.namelist())
    content = json.loads(archive.read("session.json"))
    assert content["session"]["candidate_name"] == NAME and content["note"][0]["text"] == NOTE
    assert [one["decision"] for one in content["session"]["decisions"]] == ["accepted", "withdrawn", "accepted"]


class TestTheDecisionRecord:
    def test_has_figures_and_no_person(self, canary: tuple[Session, list[bytes]], client: Any) -> None:
        session, wanted = canary
        ended_at = sessions.get(session.id).ended_at
        erase(client, session, keep="yes")
        assert in_database(wanted) == []
        [kept] = DecisionRecord.objects
        assert (kept.id, kept.score, kept.incidents, kept.dismissed) == (session.id, None, 1, 1)
        assert kept.policy == "classic" and len(kept.consent) == 3
        assert kept.expires_at == ended_at + timedelta(days=1460)

    def test_stays_only_where_it_is_asked_for(self, canary: tuple[Session, list[bytes]], client: Any) -> None:
        session, _ = canary
        erase(client, session)
        assert DecisionRecord.objects.count() == 0

    def test_stays_when_the_time_of_all_else_is_over(self, canary: tuple[Session, list[bytes]], app: Any) -> None:
        from proctor_app import worker

        session, wanted = canary
        with app.app_context(), clock.at(clock.now() + timedelta(days=91)):
            worker.purge()
        assert in_database(wanted) == []
        assert [one.id for one in DecisionRecord.objects] == [session.id]

    def test_is_offered_only_where_it_is_set_up(
        self, canary: tuple[Session, list[bytes]], app: Any, client: Any
    ) -> None:
        session, _ = canary
        assert 'data-testid="keep-decision"' in client.get(f"/sessions/{session.id}/data").text
        app.config["PROCTOR"] = replace(app.config["PROCTOR"], decision_retention_days=0)
        assert 'data-testid="keep-decision"' not in client.get(f"/sessions/{session.id}/data").text

    def test_can_be_deleted_too(self, canary: tuple[Session, list[bytes]], client: Any) -> None:
        session, _ = canary
        erase(client, session, keep="yes")
        assert records.erase(session.id) == 1
        assert DecisionRecord.objects.count() == 0


def test_the_compliance_page_tells_under_what_it_was_held(canary: tuple[Session, list[bytes]], client: Any) -> None:
    session, _ = canary
    assert f'href="/sessions/{session.id}/compliance"' in client.get(f"/sessions/{session.id}").text
    page = re.sub(r"\s+", " ", client.get(f"/sessions/{session.id}/compliance").text)
    for wanted in (
        sessions.get(session.id).consent.version,
        "Took their consent back",
        "Policy “classic”, version 1",
        "An accommodation applies",
        "1 of 1 incidents was reviewed, 1 dismissed",
        "Olga Owner",
        "Was shown stills",
        "coding from",
        "labelled clips",
    ):
        assert wanted in page, wanted
    assert "Wider thresholds" not in page
    report = PdfReader(io.BytesIO(client.get(f"/sessions/{session.id}/report.pdf").data))
    assert f"/sessions/{session.id}/compliance" in "".join(one.extract_text() for one in report.pages)
