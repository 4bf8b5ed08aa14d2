"""The PDF, read back: the numbers, every script, nothing fetched, and as many incidents as there may be."""

import re
import socket
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.reports import samples
from tests.reports.conftest import text_of


def test_page_one_explains_the_score(pages: Any) -> None:
    reader = pages(samples.report())
    text = " ".join(reader.pages[0].extract_text().split())
    assert "Backend engineer" in text and "Asha Verma" in text and "Ines Moreau" in text
    assert "24 November 2026" in text and "09:30 to 10:12 UTC, 42 min" in text
    assert "86 / 100" in text and "100 − (3·2 + 1·3 + 1·5) = 86" in text
    assert "Watched 98 % of 42 min" in text and "too dark, 31 s" in text
    assert "What this report is not" in text and "It is no verdict" in text


def test_incidents_are_listed_with_times_kinds_reasons_and_points(pages: Any) -> None:
    text = text_of(pages(samples.report()))
    assert "2 09:05 09:39:05 Absence No one in view 14 s −3 confirmed by Ines Moreau" in text
    assert "4 24:10 09:54:10 Focus loss Looking down, turned 24° 9 s −2 not reviewed" in text
    assert "dismissed by Ines Moreau: Took notes" in text
    assert "Clear explanation of how an index is chosen." in text
    assert "classic”, version 1" in text and "64184e229b263107" in text and "text version 2026-11-24" in text


def test_every_page_says_which_it_is_and_of_what(pages: Any) -> None:
    report = samples.report(seen=samples.many(120))
    reader = pages(report)
    assert len(reader.pages) > 3
    for number, page in enumerate(reader.pages, 1):
        text = " ".join(page.extract_text().split())
        assert f"Page {number} of {len(reader.pages)}" in text and report.session_id in text


def test_no_incidents_is_said_calmly(pages: Any) -> None:
    text = text_of(pages(samples.report(seen=(), blind=(), notes=())))
    assert "100 − (0·2 + 0·3 + 0·5) = 100" in text
    assert "Nothing was noted in the call. There is nothing to review." in text
    assert "Notes of the interviewer" not in text


def test_a_thousand_incidents_take_seconds_and_none_is_cut(pages: Any) -> None:
    began = time.process_time()
    reader = pages(samples.report(seen=samples.many(1000), length=7200))
    assert time.process_time() - began < 10
    numbers: list[int] = []
    for page in reader.pages[1:]:
        text = page.extract_text()
        rows = re.findall(r"^(\d+) [\d:]+ \d\d:\d\d:\d\d ", text, re.MULTILINE)
        assert not rows or "What was seen" in text, "headings repeat on every page of the table"
        numbers += map(int, rows)
    assert numbers == list(range(1, 1001))


def test_too_little_watched_gives_no_number(pages: Any) -> None:
    text = text_of(pages(samples.report(blind=((0, 2000, "too_dark"),))))
    assert "Insufficient data" in text and "/ 100" not in text and "100 − (" not in text


def test_markup_in_names_is_shown_as_it_was_typed(pages: Any) -> None:
    name = '<script>alert(1)</script> & <b>"Co"</b>'
    note = samples.Moment(5, samples.BEGAN, "<pdf:nextpage><img src=x>{{ 7*7 }}")
    reader = pages(samples.report(title=name, candidate=name, notes=(note,)))
    text = text_of(reader)
    assert text.count('<script>alert(1)</script> & <b>"Co"</b>') == 2
    plain = pages(samples.report(notes=(replace(note, text="Took notes"),)))
    assert "<pdf:nextpage><img src=x>{{ 7*7 }}" in text and len(reader.pages) == len(plain.pages)


# ---------------------------------------------------------------- scripts


@pytest.mark.parametrize(
    "name",
    ["Ольга Щербакова", "Ελένη Παπαδοπούλου", "Nguyễn Thị Łucja", "王芳 欧阳娜娜", "歐陽靖", "佐藤さくら", "김민준"],
)
def test_names_can_be_read_back(pages: Any, name: str) -> None:
    assert text_of(pages(samples.report(title=name, candidate=name))).count(name) == 2


@pytest.mark.parametrize("name", ["محمد عبد الأحمد", "شیرین پژمان", "שרה כהן"])
def test_right_to_left_names_are_joined_and_in_order(pages: Any, name: str) -> None:
    text = text_of(pages(samples.report(candidate=name)))
    assert name in unicodedata.normalize("NFKC", text)
    if not "א" <= name[0] <= "ת":
        assert any(unicodedata.decomposition(char).startswith(("<initial>", "<medial>")) for char in text)


@pytest.mark.parametrize("name", ["अनुष्का श्रीवास्तव", "অনন্যা চট্টোপাধ্যায়", "தமிழ்ச்செல்வி", "ประเสริฐ"])
def test_shaped_names_stay_findable(pages: Any, name: str) -> None:
    reader = pages(samples.report(candidate=name))
    assert name.split(" ")[0].encode("utf-16-be").hex().encode() in _content(reader)
    assert "\ufffd" not in text_of(reader)


def test_one_name_in_many_scripts_and_emoji(pages: Any) -> None:
    reader = pages(samples.report(candidate="Asha 王芳 🎉 𓀀 Ольга"))
    text = text_of(reader)
    assert "王芳" in text and "🎉" in text and "Ольга" in text and "\ufffd" in text


def test_a_reason_in_another_script_is_drawn_in_the_table(pages: Any) -> None:
    seen = (
        (10, 4, "absence", None, {}, "dismissed", "他去开门了"),
        (60, 4, "absence", None, {}, "dismissed", "פתח דלת"),
    )
    text = text_of(pages(samples.report(seen=seen)))
    assert "他去开门了" in text and "פתח דלת" in text and "\ufffd" not in text


def _content(reader: Any) -> bytes:
    return b"".join(page.get_contents().get_data() for page in reader.pages)


# ---------------------------------------------------------------- nothing is fetched


@pytest.fixture
def listener() -> Iterator[tuple[str, list[Any]]]:
    """The address of a server that must not be asked for anything, and who asked."""
    callers: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, caller = server.accept()
                except TimeoutError:
                    continue
                callers.append(caller)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", callers
        stop.set()
        thread.join()


def test_no_address_that_a_text_names_is_opened(pages: Any, listener: tuple[str, list[Any]], tmp_path: Any) -> None:
    address, callers = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("the content of a file")
    bait = (
        f'<img src="{address}/a.png"><link rel="stylesheet" href="{address}/b.css">'
        f"<style>@import url({address}/c);</style>"
        f'<pdf:insertpdf src="{address}/d.pdf"><iframe src="{address}"></iframe> url({address}/e) <img src="{secret}">'
    )
    notes = (samples.Moment(5, samples.BEGAN, bait),)
    seen = ((10, 4, "absence", None, {}, "dismissed", bait),)
    text = text_of(pages(samples.report(title=bait, candidate=bait, interviewer=bait, notes=notes, seen=seen)))
    assert callers == []
    assert "the content of a file" not in text
