"""Names, titles, notes and reasons that attack whoever reads them: shown as they were typed, on every surface."""

import csv
import io
import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from proctor_app import clock, typed
from proctor_app.live import ending
from proctor_app.reports import build, csv_writer, json_writer, mail, pdf
from proctor_app.reviews import service as reviews
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, sign_in
from tests.held import VOUCHED, observe
from tests.live.conftest import Cast, Connect, cast, connect  # noqa: F401

OVERRIDE = "\u202e"
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "attribute": "' onmouseover='alert(1)",
    "partial": '<hx-partial hx-target="#score">0</hx-partial>',
    "template": "{{ 7*7 }}{% raw %}",
    "pdf tag": "<pdf:nextpage><pdf:include>",
    "formula": '=HYPERLINK("http://127.0.0.1/","x")',
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "header": "Asha\r\nBcc: eve@example.org\r\n\r\nHello",
    "override": f"Asha {OVERRIDE}fdp.exe",
    "isolate": "\u2067Asha\u2066",
    "control": "A\x00s\x07h\x1b[31ma\x9b",
    "line": "Asha\u2028Verma\u2029",
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 5,
    "emoji": "👩🏽‍💻 Asha 🏳️‍🌈",
    "combining": "A" + "\u0301" * 60,
    "right to left": "محمد عبد الأحمد",
}
UNSEEN = "\x00\x07\x1b\x9b\r\u2028\u2029\u202e\u2066\u2067"


class Page(HTMLParser):
    """A page as a browser takes it apart: its text, and whatever could run or load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.alive: list[str] = []
        self.partials = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        own = (told.get("src") or "").startswith(("/static/", "/vendor/"))
        if (tag == "script" and not own and told.get("type") != "application/json") or any(
            name.startswith("on") for name in told
        ):
            self.alive.append(self.get_starttag_text() or tag)
        if tag == "img" and not (told.get("src") or "").startswith("/"):
            self.alive.append(self.get_starttag_text() or tag)
        self.partials += tag == "hx-partial"

    def handle_data(self, data: str) -> None:
        self.text += data


def check_page(html: str, expected: str) -> None:
    """The page shows `expected` as it was typed, and nothing of it lives."""
    page = Page(html)
    assert not page.alive
    assert page.partials == 0
    assert not set(UNSEEN) & set(html)
    seen = "".join(page.text.split())
    assert "".join(typed.shown(expected).split()) in seen


@pytest.fixture
def interview(app: Any) -> Iterator[Any]:
    """`interview(text)`: an interview of Olga's in which everybody typed `text` wherever they could."""
    with app.app_context():
        owner = make_owner()

        def hold(text: str, canary: str = "") -> Session:
            owner.modify(set__name=text)
            session, _ = sessions.create(str(owner.id), text + canary, text, "", consent=VOUCHED)
            sessions.start(session, clock.now() - timedelta(minutes=10))
            session.reload()
            incident = observe(session, "absence", None, 60, 14)
            reviews.review(session, incident, "dismissed", text, str(owner.id))
            sessions.add_note(session, text, str(owner.id))
            sessions.knock(session.id, text)
            return session

        hold.owner = owner  # type: ignore[attr-defined]
        yield hold


@pytest.mark.parametrize("kind", HOSTILE)
def test_pages_show_it_as_it_was_typed(client: Any, interview: Any, kind: str) -> None:
    text = HOSTILE[kind]
    session = interview(text)
    sign_in(client, interview.owner)
    paths = ["/", f"/sessions/{session.id}", f"/sessions/{session.id}/end", "/account"]
    for path in paths:
        check_page(client.get(path).text, text)
    ending.end(session, str(interview.owner.id))
    check_page(client.get(f"/sessions/{session.id}").text, text)
    # What refuses it shows it again, too.
    answer = client.post("/", data={"title": text, "candidate_name": "", "candidate_email": text})
    assert not Page(answer.text).alive


@pytest.mark.parametrize("kind", HOSTILE)
def test_tables_and_mail_do_nothing_with_it(app: Any, interview: Any, kind: str) -> None:
    session = interview(HOSTILE[kind])
    sessions.end(session, str(interview.owner.id), clock.now())
    report = build.build(session.id, 1, clock.now())
    for row in csv.reader(io.StringIO(csv_writer.write_csv(report).decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
            assert not set(UNSEEN) & set(cell)
    assert json_writer.as_data(report)["title"] == session.title, "programs get what was typed"
    message = mail.report_message(app.config["PROCTOR"], session, interview.owner, b"%PDF")
    sent = message.as_bytes()
    head = sent.partition(b"\n\n")[0]
    assert message["Bcc"] is None and b"\nBcc:" not in head
    assert message["To"] == interview.owner.email and len(message["Subject"].splitlines()) == 1
    body = message.get_body(("plain",))
    assert body and not set(UNSEEN) & set(body.get_content()) and not set(UNSEEN) & set(message["Subject"])


def test_chat_and_presence_carry_no_override(connect: Connect, cast: Cast, app: Any) -> None:  # noqa: F811
    with app.app_context():
        cast.session.modify(set__candidate_name=HOSTILE["override"])
    page = connect("candidate", cast.session, token=cast.candidate_token)
    console = connect("interviewer", cast.session, api_token=cast.owner_token)
    assert page.call("chat", {"text": HOSTILE["override"] + HOSTILE["control"]})["ok"]
    heard = console.wait_for("chat")
    assert heard["name"] == "Asha fdp.exe" and heard["text"] == "Asha fdp.exeAsh[31ma"
    assert console.wait_for("presence")["candidate"]["name"] == "Asha fdp.exe"


# ---------------------------------------------------------------- the PDF


class Listener:
    """An address that a text can name; `asked` counts who came."""

    def __init__(self) -> None:
        self.asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        """Listen no more. Waking the thread counts nobody."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def test_the_pdf_fetches_nothing_and_reads_no_file(app: Any, interview: Any, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("the canary of this test")
    fifo = tmp_path / "fifo.png"
    os.mkfifo(fifo)  # whoever opens it would wait here, and the test with them
    listener = Listener()
    at = f"http://127.0.0.1:{listener.port}"
    tempting = [
        f'<img src="{at}/a.png">',
        f'<img src="{fifo}">',
        f'<img src="file://{canary}">',
        f'<link rel="stylesheet" href="{at}/b.css">',
        f'<style>@import url("{at}/c.css"); @font-face {{font-family: x; src: url("file://{canary}")}}</style>',
        f'<pdf:include src="file://{canary}">',
        f'<iframe src="{at}/d"></iframe>',
        f"url({at}/e.png)",
        f'"><svg><image href="{at}/f.png"/></svg>',
        f'<a href="{at}/g">here</a>',
    ]
    session = interview("".join(tempting)[:190])
    for number, text in enumerate([*tempting, *HOSTILE.values()]):
        sessions.add_note(session, text, str(interview.owner.id))
        incident = observe(session, "absence", None, 100 + 20 * number, 12)
        reviews.review(session, incident, "dismissed", text, str(interview.owner.id))
    sessions.end(session, str(interview.owner.id), clock.now())
    content = pdf.write_pdf(build.build(session.id, 1, clock.now()))
    listener.close()
    assert listener.asked == 0
    text = "".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "thecanaryofthistest" not in text
    for typed_text in (tempting[0], HOSTILE["script"], HOSTILE["formula"], HOSTILE["template"]):
        assert "".join(typed_text.split()) in text
    assert not set(UNSEEN) & set(text)
    # A link that somebody typed is text: nothing in the file can be clicked.
    assert b"/URI" not in content


def test_markup_stays_markup() -> None:
    from markupsafe import Markup

    assert typed.shown(Markup("<b>\u202e</b>")) == Markup("<b></b>")
    assert isinstance(typed.shown(Markup("<b>\u202e</b>")), Markup)
    assert typed.shown("half \ud800") == "half \ufffd"
    assert typed.shown("tab\tand\nline") == "tab\tand\nline"
