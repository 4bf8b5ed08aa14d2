"""One interview from the invitation to the report in the inbox, as two people in two browsers go through it."""

import csv
import io
import re
import urllib.parse

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.camera import Camera
from tests.browser.conftest import INTERVIEWER_EMAIL, Site
from tests.browser.people import Candidate, Interviewer

pytestmark = pytest.mark.timeout(300)

TITLE, NAME = "Backend engineer", "Asha Verma"
# What the camera sees, and what becomes of it: kind and reason.
SCENES = (("turned", "focus_loss", "looking_away"), ("absent", "absence", ""), ("two_faces", "multiple_faces", ""))


def test_whole_flow(site: Site, interviewer: Interviewer, candidate: Candidate, camera: Camera) -> None:
    interviewer.picture("01-home")
    session_id, link = interviewer.create(TITLE, NAME, "asha@example.org")
    assert urllib.parse.urlsplit(link).path == f"/join/{session_id}"
    interviewer.expect_candidate("invited")
    interviewer.picture("02-console-before")

    go_through_the_doors(interviewer, candidate, link)
    meet(interviewer, candidate)
    blink(camera)
    for scene, kind, reason in SCENES:
        row = provoke(interviewer, camera, scene, kind, reason)
        assert_shown_at_once(interviewer, candidate, kind, reason)
        interviewer.picture(f"1-{scene}")
        camera.show("present")
        expect(row).to_have_attribute("data-state", "closed", timeout=10_000)
    assert interviewer.counts() == {"focus_loss": 1, "absence": 1, "multiple_faces": 1}
    interviewer.expect_score(100 - (1 * 2 + 1 * 3 + 1 * 5))

    review(interviewer)
    interviewer.end()
    expect(candidate.find("ended")).to_be_visible(timeout=15_000)
    expect(candidate.find("last-notes")).to_have_attribute("data-state", "done")
    candidate.picture("30-goodbye")
    check_report(interviewer, site, session_id)


def go_through_the_doors(interviewer: Interviewer, candidate: Candidate, link: str) -> None:
    """Consent, checks, call; the console follows each step."""
    candidate.page.goto(link)
    interviewer.expect_candidate("consenting")
    candidate.picture("03-consent")
    candidate.find("consent-accept").click()
    expect(candidate.find("join-call")).to_be_enabled(timeout=20_000)
    interviewer.expect_candidate("checking")
    candidate.picture("04-checks")
    candidate.join()
    interviewer.expect_candidate("in_call")


def meet(interviewer: Interviewer, candidate: Candidate) -> None:
    """Both see and hear each other, and can write."""
    for person in (interviewer, candidate):
        person.sees_the_other()
        person.hears_the_other()
        expect(person.find("local-video")).to_be_visible()
    interviewer.says("Can you hear me?")
    expect(candidate.find("chat-log")).to_contain_text("Can you hear me?")
    candidate.expect_watched()
    candidate.expect_look_known()
    candidate.picture("05-call")
    interviewer.picture("05-call-console")


def blink(camera: Camera) -> None:
    """Moments too short to count: at the end they must not be in the list."""
    for scene in ("absent", "turned", "two_faces"):
        camera.show_for(scene, 0.5)


def provoke(interviewer: Interviewer, camera: Camera, scene: str, kind: str, reason: str) -> Locator:
    """Show the scene until its incident is on the console; returns its row, open."""
    camera.show(scene)
    row = interviewer.incidents(kind, reason)
    if kind == "absence":
        # Until it has lasted long enough it is a loss of focus; that row then becomes the absence.
        expect(interviewer.incidents("focus_loss", "face_not_visible")).to_have_count(1, timeout=10_000)
    expect(row).to_have_count(1, timeout=20_000)
    expect(row).to_have_attribute("data-state", "open")
    return row


def assert_shown_at_once(interviewer: Interviewer, candidate: Candidate, kind: str, reason: str) -> None:
    """From the moment the candidate's page stored it to the moment it stood on the console."""
    stored, shown = (
        person.page.evaluate("window.notedAt")[f"{kind} {reason}".strip()] for person in (candidate, interviewer)
    )
    assert 0 <= shown - stored < 1000, f"{kind} {reason} stood on the console after {shown - stored} ms"


def review(interviewer: Interviewer) -> None:
    """Confirm one, dismiss one; the score follows, also back, and on every open console."""
    second_page = interviewer.page.context.new_page()
    second_page.goto(interviewer.page.url)
    second = Interviewer(second_page, interviewer.pictures)
    interviewer.incidents("focus_loss").get_by_test_id("incident-confirm").click()
    expect(interviewer.incidents("focus_loss")).to_have_attribute("data-verdict", "confirmed")
    interviewer.expect_score(90)
    for score_after in (95, 90, 95):
        row = interviewer.incidents("multiple_faces")
        if score_after == 95:
            row.get_by_test_id("incident-dismiss").click()
            row.get_by_test_id("dismiss-reason").fill("A poster on the wall")
            row.get_by_test_id("dismiss-submit").click()
        else:
            row.get_by_test_id("incident-undo").click()
        for console in (interviewer, second):
            console.expect_score(score_after)
    interviewer.picture("20-reviewed")
    second_page.close()
    interviewer.sees_the_other()


def check_report(interviewer: Interviewer, site: Site, session_id: str) -> None:
    """The PDF by download and by e-mail, the JSON and the CSV say the same as the console did."""
    link = interviewer.find("report-link")
    expect(link).to_be_visible(timeout=30_000)
    expect(interviewer.page.get_by_text(f"Sent to {INTERVIEWER_EMAIL}")).to_be_visible(timeout=30_000)
    interviewer.picture("31-report-ready")
    with interviewer.page.expect_download() as download:
        link.click()
    download.value.save_as(interviewer.pictures / "report.pdf")
    text = pdf_text(download.value.path().read_bytes())
    for expected in (TITLE, NAME, "95", "What this report is not"):
        assert expected in text
    assert re.search(r"100 − \(1\s*·\s*2 \+ 1\s*·\s*3 \+ 0\s*·\s*5\)", text), text

    request = interviewer.page.request
    report = interviewer.report(session_id)
    assert (report["score"], report["raw"]) == (95, 95)
    assert report["counts"] == {"focus_loss": 1, "absence": 1, "multiple_faces": 0}
    rows = list(csv.DictReader(io.StringIO(request.get(f"{site.url}/sessions/{session_id}/incidents.csv").text())))
    assert [row["kind"] for row in rows] == [kind for _, kind, _ in SCENES]
    assert [row["verdict"] for row in rows] == ["confirmed", "", "dismissed"]

    mail = site.mail.wait_for_report(session_id)
    assert mail["To"].addresses[0].addr_spec == INTERVIEWER_EMAIL
    attached = next(part for part in mail.iter_attachments() if part.get_content_type() == "application/pdf")
    assert "95" in pdf_text(attached.get_content())


def pdf_text(content: bytes) -> str:
    """All text of a PDF, with single spaces."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
