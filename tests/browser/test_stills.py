"""A policy with stills, from the candidate's consent to the page of the report, with a camera that is directed."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from proctor_app import datadir
from proctor_app.migrate import DEFAULT_DATABASE
from proctor_app.policies.rules import CLASSIC
from tests.browser import scenes
from tests.browser.camera import Camera
from tests.browser.conftest import Site, Witness
from tests.browser.people import Candidate, Interviewer
from tests.waiting import wait_until

# The camera's picture as scenes draw it: the shelf with books stands here, beyond head and shoulders.
BOOKS = (338, 80, 455, 128)


@pytest.fixture
def database(site: Site) -> Iterator[Any]:
    """The product's own database."""
    running = datadir.find_running(site.program.log_path.parent / "var")
    assert running is not None and running.mongodb_uri
    with pymongo.MongoClient(running.mongodb_uri) as client:
        yield client[DEFAULT_DATABASE]


def enter(database: Any, interviewer: Interviewer, candidate: Candidate, evidence: str) -> str:
    """Both in the call of a new interview whose policy keeps stills made this way. Returns its id."""
    session_id, link = interviewer.create("Data engineer", "Li Wei")
    name = f"with {evidence}"
    values = replace(CLASSIC, name=name, evidence=evidence).as_dict()
    version = {"number": 1, "values": values, "made_at": datetime.now(UTC), "made_by": "a test"}
    policy = {"name": name, "name_key": name, "version": 1, "versions": [version]}
    database["policy"].replace_one({"_id": name}, policy, upsert=True)
    database["session"].update_one({"_id": session_id}, {"$set": {"policy_name": name}})
    candidate.page.goto(link)
    candidate.picture(f"consent-{evidence}")
    named = {"still": "one small picture of your head", "line_art": "one line drawing of points found on your face"}
    expect(candidate.page.get_by_text(named[evidence]).first).to_be_visible()
    candidate.find("consent-accept").click()
    candidate.join()
    interviewer.sees_the_other()
    candidate.expect_watched()
    return session_id


def still_of(interviewer: Interviewer, kind: str) -> Image.Image:
    """Open the incident's still by keyboard, as an interviewer does, and return what is shown."""
    page = interviewer.page
    row = interviewer.incidents(kind).first
    expect(row.get_by_test_id("incident-still")).to_be_visible(timeout=20_000)
    row.focus()
    page.keyboard.press("s")
    picture = interviewer.find("still-picture")
    expect(picture).to_be_visible()
    wait_until(lambda: picture.evaluate("image => image.complete && image.naturalWidth > 0"), "the still to load")
    interviewer.picture(f"dialog-{kind}")
    assert picture.get_attribute("alt")
    data = page.evaluate(
        "async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())]", picture.get_attribute("src")
    )
    page.keyboard.press("Escape")
    expect(picture).to_have_count(0)
    return Image.open(io.BytesIO(bytes(data))).convert("RGB")


def viewings(database: Any, session_id: str) -> int:
    """How often somebody was shown one of the stills."""
    return int(database["evidence_view"].count_documents({"session": session_id}))


def detail_of(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How much fine detail a part of a picture has: the mean difference to its own blurred copy, of 255."""
    part = image.convert("L").crop(box)
    soft = part.filter(ImageFilter.GaussianBlur(1.5))
    pairs = zip(part.get_flattened_data(), soft.get_flattened_data(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (part.width * part.height)


@pytest.mark.long
def test_stills_from_the_camera_to_the_report(
    database: Any, camera: Camera, interviewer: Interviewer, candidate: Candidate, site: Site
) -> None:
    session_id = enter(database, interviewer, candidate, "still")
    camera.show("two_faces")
    two = still_of(interviewer, "multiple_faces")
    expect(candidate.page.get_by_test_id("mirror-still").first).to_be_attached()
    camera.show("absent")
    empty = still_of(interviewer, "absence")
    camera.show("present")
    candidate.expect_look_known()
    camera.show("turned")
    away = still_of(interviewer, "focus_loss")
    camera.show("present")

    for name, image in (("away", away), ("empty", empty), ("two", two)):
        image.save(candidate.pictures / f"still-{name}.png")
        assert image.width <= 320 and image.height <= 240
    # The head keeps its detail. Of an empty room nothing does: its books are the finest thing in the camera's picture.
    room, scale = scenes.picture("absent"), empty.width / scenes.WIDTH
    books = tuple(round(scale * side) for side in BOOKS)
    seen = room.resize(empty.size)
    assert detail_of(seen, books) > 4
    assert detail_of(empty, (4, 4, empty.width - 4, empty.height - 4)) < 0.8
    middle = (away.width // 2 - 30, away.height // 2 - 40, away.width // 2 + 30, away.height // 2 + 20)
    assert detail_of(away, middle) > 2
    assert detail_of(away, (2, 2, 40, 60)) < 0.8

    # A row's details have the still, too: loaded when they are opened, and not before.
    before = viewings(database, session_id)
    assert before == 6, "each was opened, and fetched once more by this test"
    row = interviewer.incidents("absence").first
    row.focus()
    interviewer.page.keyboard.press("Enter")
    expect(row.locator(".incident__thumb img")).to_be_visible()
    wait_until(lambda: viewings(database, session_id) == before + 1, "the viewing to be written down")
    interviewer.picture("details")
    candidate.page.locator("#noticed").click()
    candidate.picture("mirror")
    stored = list(database["evidence"].find({"session": session_id}))
    assert {one["style"] for one in stored} == {"still"}
    incidents = {one["_id"]: one for one in database["incident"].find({"session": session_id})}
    assert sorted(incidents[one["_id"]]["kind"] for one in stored) == ["absence", "focus_loss", "multiple_faces"]
    for picture in database["evidence_picture"].find({"session": session_id}):
        assert len(picture["jpeg"]) <= 40 * 1024

    interviewer.page.goto(f"{site.url}/sessions/{session_id}/stills")
    interviewer.picture("viewings")
    expect(interviewer.find("viewings").locator("tbody tr")).to_have_count(7)
    interviewer.page.goto(f"{site.url}/sessions/{session_id}")
    interviewer.end()
    report = download(interviewer.page, site, session_id)
    (candidate.pictures / "report.pdf").write_bytes(report)
    reader = PdfReader(io.BytesIO(report))
    assert sum(len(page.images) for page in reader.pages) == 3
    mailed = site.mail.wait_for_report(session_id)
    attached = next(part for part in mailed.iter_attachments()).get_payload(decode=True)
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(attached)).pages) == 0
    told = interviewer.report(session_id)["incidents"]
    assert sum(1 for one in told if one["still"]) == 3


@pytest.mark.long
def test_line_art(database: Any, camera: Camera, interviewer: Interviewer, candidate: Candidate, site: Site) -> None:
    session_id = enter(database, interviewer, candidate, "line_art")
    camera.show("two_faces")
    drawn = still_of(interviewer, "multiple_faces")
    camera.show("absent")
    nothing = still_of(interviewer, "absence")
    camera.show("present")
    for name, image in (("two", drawn), ("nothing", nothing)):
        image.save(candidate.pictures / f"line-art-{name}.png")
    # Paper, and lines on it: nearly all of a drawing is one colour, which no camera's picture is.
    paper = [sum(1 for p in image.get_flattened_data() if min(p) > 215) for image in (drawn, nothing)]
    assert paper[0] > 0.6 * drawn.width * drawn.height
    assert paper[1] > 0.95 * nothing.width * nothing.height
    assert detail_of(drawn, (0, 0, drawn.width, drawn.height)) > 1
    assert {one["style"] for one in database["evidence"].find({"session": session_id})} == {"line_art"}
    interviewer.end()
    report = download(interviewer.page, site, session_id)
    (candidate.pictures / "report.pdf").write_bytes(report)
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(report)).pages) == 2


@pytest.mark.long
def test_a_phone_stays_sharp(database: Any, camera: Camera, interviewer: Interviewer, candidate: Candidate) -> None:
    enter(database, interviewer, candidate, "still")
    # The model for things is loaded after the one for faces.
    expect(candidate.find("monitor-status")).to_have_attribute("data-objects", "looking", timeout=60_000)
    camera.show("phone")
    held = still_of(interviewer, "phone_visible")
    held.save(candidate.pictures / "still-phone.png")
    # This face fills so much of the picture that all of it is kept, scaled.
    scale = held.width / scenes.WIDTH
    camera_lenses = tuple(round(scale * side) for side in (308, 234, 346, 264))
    assert detail_of(held, camera_lenses) > 2
    assert detail_of(held, tuple(round(scale * side) for side in BOOKS)) < 1.5


def test_delivered_after_the_end(
    database: Any, camera: Camera, interviewer: Interviewer, candidate: Candidate, site: Site, witness: Witness
) -> None:
    # The object model may still be on its way when the network goes.
    witness.expected += ["ERR_INTERNET_DISCONNECTED", "wasm"]
    session_id = enter(database, interviewer, candidate, "still")
    network = candidate.page.context
    network.set_offline(True)
    camera.show("two_faces")
    candidate.expect_noticed("multiple_faces", "open")
    # What the candidate sees is what waits in their browser.
    expect(candidate.page.get_by_test_id("mirror-still")).to_have_count(1)
    candidate.page.close()
    interviewer.end()
    expect(interviewer.find("report-link")).to_be_visible(timeout=40_000)
    assert database["evidence"].count_documents({"session": session_id}) == 0

    network.set_offline(False)
    later = network.new_page()
    later.goto(f"{site.url}/join/{session_id}")
    expect(later.get_by_test_id("last-notes")).to_have_attribute("data-state", "done", timeout=20_000)
    still_of(interviewer, "multiple_faces")
    wait_until(
        lambda: [one for one in interviewer.report(session_id)["incidents"] if one["still"]],
        "the report made anew with the still",
        timeout=30,
    )
    left = later.evaluate(
        """async () => (await (await import('/static/js/evidence-storage.js')).indexedDbEvidence()).waiting(location
          .pathname.split('/').pop())"""
    )
    assert left == [], "what was delivered is gone from the browser"


def download(page: Page, site: Site, session_id: str) -> bytes:
    """The report as PDF, once it is there."""
    expect(page.get_by_test_id("report-link")).to_be_visible(timeout=40_000)
    answer = page.request.get(f"{site.url}/sessions/{session_id}/report.pdf")
    assert answer.status == 200, json.dumps(answer.text()[:200])
    return bytes(answer.body())
