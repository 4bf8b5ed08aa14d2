"""Stills in the report: under the incidents, each with its number; none in the copy that is mailed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from proctor_app.evidence.kinds import Style
from proctor_app.evidence.rules import Still
from proctor_app.reports import json_writer
from proctor_app.reports.report import Report, Stills
from tests.evidence.conftest import jpeg
from tests.reports import samples
from tests.reports.conftest import text_of


def with_stills(count: int, style: Style = Style.STILL, kept: int | None = None, **changes: Any) -> Report:
    """The sample report, or one with `count` incidents, of which the first `count` have a still."""
    report = samples.report(**changes)
    told, pictures = {}, {}
    for number, row in enumerate(report.rows[:count]):
        deleted = kept is not None and number >= kept
        gone_at = report.made_at if deleted else None
        told[row.record.id] = Still(
            row.record.id, style, row.record.started_at + timedelta(seconds=3), 320, 240, "ab" * 32, gone_at
        )
        if not deleted:
            pictures[row.record.id] = jpeg(colour=(60 + 20 * number % 190, 120, 140))
    return replace(report, stills=Stills(30, told, pictures))


def images_of(reader: Any) -> list[Any]:
    return [image for page in reader.pages for image in page.images]


def test_each_still_stands_over_its_incidents_number_time_and_kind(pages: Any) -> None:
    reader = pages(with_stills(3))
    text = text_of(reader)
    assert "No. 2, 09:05: No one in view" in text and "all blurred" in text
    assert "No. 1, 03:15: Looking to the right" in text and "blurred around head and shoulders; dismissed" in text
    assert "No one in view, see its still" in text
    assert "They are kept for 30 days, and every viewing is written down." in text
    assert [image.image.size for image in images_of(reader)] == [(320, 240)] * 3


def test_line_art_says_that_it_is_drawn(pages: Any) -> None:
    assert "line drawing of landmarks" in text_of(pages(with_stills(2, Style.LINE_ART)))


def test_the_mailed_copy_has_no_pictures_and_says_where_they_are(pages: Any) -> None:
    reader = pages(with_stills(3).without_pictures)
    assert images_of(reader) == []
    text = text_of(reader)
    assert "This copy was sent by e-mail and shows none" in text and "see its still" not in text


def test_what_was_deleted_is_said_and_not_shown(pages: Any) -> None:
    reader = pages(with_stills(3, kept=1))
    assert len(images_of(reader)) == 1
    assert "Two were deleted when that time was over." in text_of(reader)


def test_a_report_without_stills_says_nothing_of_them(pages: Any) -> None:
    assert "Stills" not in text_of(pages(samples.report()))
    assert "Stills" not in text_of(pages(replace(samples.report(), stills=Stills(30, {}, {}))))


def test_many_go_over_pages_whole(pages: Any) -> None:
    reader = pages(with_stills(40, seen=samples.many(40)))
    assert len(images_of(reader)) == 40
    assert "No. 40, " in text_of(reader)


def test_json_says_which_incidents_have_one() -> None:
    incidents = json_writer.as_data(with_stills(2, kept=1))["incidents"]
    assert [one["still"] is not None for one in incidents] == [True, True, False, False, False, False]
    still = incidents[0]["still"]
    assert (still["style"], still["width"], still["height"], still["deleted_at"]) == ("still", 320, 240, None)
    assert len(still["sha256"]) == 64 and incidents[1]["still"]["deleted_at"] is not None
    assert "jpeg" not in still
