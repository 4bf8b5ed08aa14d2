"""Looking at stills: only the owner does, and each time it is written down who did."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mongoengine.connection import get_db
from PIL import Image

from proctor_app import clock, records
from proctor_app.evidence import service
from proctor_app.evidence.kinds import Door
from proctor_app.evidence.models import EvidencePicture, EvidenceView
from proctor_app.reports.models import StoredReport
from tests.evidence.conftest import Interview

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def kept(interview: Interview) -> None:
    """Two of the incidents have a still."""
    interview.still(interview.looking_away)
    interview.still(interview.absence)


def test_the_owner_sees_a_still_and_that_they_did(owner: Any, interview: Interview) -> None:
    path = f"{interview.path}/stills/{interview.looking_away}"
    shown = owner.get(f"{path}.jpg")
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(shown.data)).size == (320, 240)
    assert "no-store" in shown.headers["Cache-Control"]
    [viewing] = service.viewings_of(interview.session.id)
    assert (viewing.incident, viewing.by, viewing.door) == (
        interview.looking_away,
        str(interview.owner.id),
        Door.CONSOLE,
    )
    assert abs((clock.now() - viewing.at).total_seconds()) < 10
    owner.get(f"{path}.jpg")
    assert len(service.viewings_of(interview.session.id)) == 2


def test_what_is_told_of_a_still(owner: Any, interview: Interview) -> None:
    path = f"{interview.path}/stills/{interview.looking_away}"
    first = owner.get(path, headers=HTMX).text
    assert f'src="{path}.jpg"' in first and "Nobody was shown it before" in first
    assert 'alt="Still from the candidate’s camera at 03:20: Looking to the right. The candidate’s head' in first
    owner.get(f"{path}.jpg")
    assert "<strong>Olga Owner</strong> on the console" in owner.get(path, headers=HTMX).text
    # Without scripts it is a page; telling of a still is not showing it.
    assert "<html" in owner.get(path).text
    assert len(service.viewings_of(interview.session.id)) == 1


def test_the_log_of_viewings(owner: Any, interview: Interview) -> None:
    assert "Nobody has looked at one so far" in owner.get(f"{interview.path}/stills").text
    owner.get(f"{interview.path}/stills/{interview.absence}.jpg")
    page = owner.get(f"{interview.path}/stills").text
    assert "There are 2 stills" in page and "Olga Owner" in page and "No one in view, 09:05" in page


def addresses(interview: Interview) -> list[str]:
    path = f"{interview.path}/stills"
    return [path, f"{path}/{interview.absence}", f"{path}/{interview.absence}.jpg"]


def test_a_stranger_learns_nothing(stranger: Any, interview: Interview) -> None:
    for address in addresses(interview):
        answer = stranger.get(address)
        assert answer.status_code == 404 and "Asha" not in answer.text
    assert service.viewings_of(interview.session.id) == []


def test_who_is_not_signed_in_is_sent_to_the_door(client: Any, interview: Interview) -> None:
    for address in addresses(interview):
        assert client.get(address).status_code == 302
    assert service.viewings_of(interview.session.id) == []


def test_a_still_of_another_interview_is_not_found_in_this_one(owner: Any, interview: Interview) -> None:
    path = f"/sessions/{interview.other.id}/stills/{interview.absence}"
    assert owner.get(path).status_code == owner.get(f"{path}.jpg").status_code == 404


def test_the_rows_of_the_console_lead_there(owner: Any, interview: Interview) -> None:
    page = owner.get(interview.path).text
    assert page.count('data-testid="incident-still"') == 2
    assert f'href="{interview.path}/stills/{interview.absence}"' in page
    assert service.viewings_of(interview.session.id) == []


def test_the_review_leads_to_the_log(owner: Any, interview: Interview) -> None:
    interview.session.modify(set__status="ended", set__ended_at=clock.now())
    assert f'<a href="{interview.path}/stills">and who looked at them</a>' in owner.get(interview.path).text


def test_a_download_of_the_report_is_written_down(owner: Any, interview: Interview) -> None:
    StoredReport(id=interview.session.id, revision=1, wanted=1, status="ready", pdf=b"%PDF", json=b"{}").save()
    owner.get(f"{interview.path}/report.json")
    assert service.viewings_of(interview.session.id) == []
    assert owner.get(f"{interview.path}/report.pdf").status_code == 200
    [viewing] = service.viewings_of(interview.session.id)
    assert (viewing.incident, viewing.door) == (None, Door.REPORT)
    assert [one.door for one in service.viewings_of(interview.session.id, interview.absence)] == [Door.REPORT]


def test_the_export_has_the_pictures_and_says_who_saw_them(owner: Any, interview: Interview) -> None:
    owner.get(f"{interview.path}/stills/{interview.absence}.jpg")
    archive = zipfile.ZipFile(io.BytesIO(records.zipped(interview.session.id, "the operator")))
    assert Image.open(io.BytesIO(archive.read(f"stills/{interview.absence}.jpg"))).size == (320, 240)
    content = json.loads(archive.read("session.json"))
    assert {one["id"] for one in content["evidence"]} == {interview.looking_away, interview.absence}
    assert [one["door"] for one in content["evidence_view"]] == ["console"]
    assert service.viewings_of(interview.session.id)[-1].by == "the operator"


def test_erasing_takes_the_stills_along(interview: Interview) -> None:
    service.saw(interview.session.id, "someone", Door.CONSOLE, interview.absence)
    interview.session.modify(set__status="ended")
    records.erase(interview.session.id)
    for name in ("evidence", "evidence_picture", "evidence_view"):
        assert get_db()[name].count_documents({"session": interview.session.id}) == 0, name


def test_when_their_time_is_over_the_pictures_go_and_the_report_is_made_anew(owner: Any, interview: Interview) -> None:
    StoredReport(id=interview.session.id, revision=1, wanted=1, status="ready").save()
    now = clock.now() + timedelta(days=31)
    assert records.purge_stills(clock.now() + timedelta(days=29)) == []
    assert records.purge_stills(now) == [interview.session.id]
    assert EvidencePicture.objects.count() == 0
    assert StoredReport.objects(id=interview.session.id).first().wanted == 2
    assert owner.get(f"{interview.path}/stills/{interview.absence}.jpg").status_code == 404
    assert "deleted when its time was over" in owner.get(f"{interview.path}/stills/{interview.absence}").text
    assert records.purge_stills(now) == []


def test_a_shorter_time_holds_for_what_is_there_already(app: Any, interview: Interview) -> None:
    app.config["PROCTOR"] = replace(app.config["PROCTOR"], evidence_retention_days=7)
    assert records.purge_stills(clock.now() + timedelta(days=6)) == []
    assert records.purge_stills(clock.now() + timedelta(days=8)) == [interview.session.id]
    assert EvidencePicture.objects.count() == 0


def test_nobody_is_shown_one_whose_time_is_over_though_no_job_ran(owner: Any, interview: Interview) -> None:
    EvidencePicture.objects.update(set__expires_at=clock.now() - timedelta(seconds=1))
    assert owner.get(f"{interview.path}/stills/{interview.absence}.jpg").status_code == 404
    assert service.pictures_of(interview.session.id) == {}
    assert EvidenceView.objects.count() == 0
