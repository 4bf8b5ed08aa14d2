"""The owner downloads the report's files; nobody else learns that there is one."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from proctor_app.reports import service as reports
from tests.cast import make_stranger, sign_in
from tests.reports.conftest import Held

FILES = ("report.pdf", "report.json", "incidents.csv")


@pytest.fixture
def made(held: Held) -> Held:
    """An interview whose report is there."""
    held.end()
    reports.make_report(held.session.id)
    return held


def test_the_owner_gets_each_file(client: Any, made: Held) -> None:
    sign_in(client, made.owner)
    base = f"/sessions/{made.session.id}"
    answers = {name: client.get(f"{base}/{name}") for name in FILES}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len(PdfReader(io.BytesIO(answers["report.pdf"].data)).pages) == 2
    assert json.loads(answers["report.json"].data)["session"] == made.session.id
    assert answers["incidents.csv"].data.startswith(b"\xef\xbb\xbfnumber,")
    for name, answer in answers.items():
        stem, _, ending = name.partition(".")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{stem}-{made.session.id}.{ending}"'
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert answers["report.pdf"].content_type == "application/pdf"


@pytest.mark.parametrize("name", FILES)
def test_a_stranger_learns_nothing(client: Any, made: Held, name: str) -> None:
    sign_in(client, make_stranger())
    there = client.get(f"/sessions/{made.session.id}/{name}")
    nowhere = client.get(f"/sessions/lusab-babad-gutih-tugad/{name}")
    assert there.status_code == nowhere.status_code == 404
    assert made.session.title not in there.text


@pytest.mark.parametrize("name", FILES)
def test_who_is_not_signed_in_is_asked_to(client: Any, made: Held, name: str) -> None:
    answer = client.get(f"/sessions/{made.session.id}/{name}")
    assert answer.status_code == 302 and "sign-in" in answer.headers["Location"]


def test_before_the_end_there_is_none(client: Any, held: Held) -> None:
    sign_in(client, held.owner)
    answer = client.get(f"/sessions/{held.session.id}/report.pdf")
    assert answer.status_code == 409 and "when the interview has ended" in answer.text


def test_while_it_is_made_the_page_says_so(client: Any, held: Held) -> None:
    held.end()
    sign_in(client, held.owner)
    answer = client.get(f"/sessions/{held.session.id}/report.pdf")
    assert answer.status_code == 409 and "being made" in answer.text


def test_the_old_one_stays_while_a_new_one_is_made(client: Any, made: Held) -> None:
    reports.request_report(made.session.id)
    sign_in(client, made.owner)
    assert client.get(f"/sessions/{made.session.id}/report.pdf").status_code == 200


def test_one_that_failed_says_why_and_is_tried_again(client: Any, made: Held) -> None:
    made.report.update(set__status="failed", set__error="No font for a letter.", set__revision=0)
    sign_in(client, made.owner)
    base = f"/sessions/{made.session.id}"
    answer = client.get(f"{base}/report.pdf")
    assert answer.status_code == 409 and "No font for a letter." in answer.text
    assert client.post(f"{base}/report/retry").status_code == 302
    assert made.report.status == "waiting"


def test_a_stranger_cannot_have_it_made_again(client: Any, made: Held) -> None:
    sign_in(client, make_stranger())
    assert client.post(f"/sessions/{made.session.id}/report/retry").status_code == 404
    assert made.report.status == "ready"
