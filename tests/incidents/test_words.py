"""How times and what was seen are said."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind, Reason
from proctor_app.incidents.rules import IncidentRecord

AT = datetime(2026, 11, 24, 14, 5, 31, tzinfo=UTC)


# Kinds whose details say more than their label.
CAMERA_AND_PAGE = (("camera_frozen", None), ("camera_changed", None), ("clipboard_paste", None))


def record(kind: str, reason: str | None = None, **detail: Any) -> IncidentRecord:
    return IncidentRecord("i", 1, kind, reason, AT, None, 0.9, detail, "candidate")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (0.5, "1 s"), (59.4, "59 s"), (59.5, "1 min 00 s"), (64, "1 min 04 s"), (3720, "1 h 02 min")],
)
def test_duration(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(-3, "00:00"), (724, "12:04"), (3724.9, "1:02:04")])
def test_time_into_the_interview(seconds: float, said: str) -> None:
    assert words.offset(seconds) == said


def test_time_of_day_is_that_of_the_place_and_says_so() -> None:
    assert words.time_of_day(AT, UTC) == "14:05:31 UTC"
    assert words.time_of_day(AT, ZoneInfo("Europe/Berlin")) == "15:05:31 CET"


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        (record("focus_loss", "looking_away", direction="right"), "Looking to the right"),
        (record("focus_loss", "looking_away", direction="down"), "Looking down"),
        (record("focus_loss", "looking_away", direction="<b>"), "Looking away"),
        (record("focus_loss", "looking_away"), "Looking away"),
        (record("focus_loss"), "Focus loss"),
        (record("absence"), "No one in view"),
        (record("multiple_faces", faces=2), "Two faces"),
        (record("multiple_faces", faces=9), "Several faces"),
        (record("multiple_faces", faces="many"), "Several faces"),
    ],
)
def test_what_was_seen(incident: IncidentRecord, said: str) -> None:
    assert words.seen(incident) == said


def test_every_kind_and_reason_has_an_icon_and_words() -> None:
    everything = [record(kind) for kind in Kind] + [record("focus_loss", reason) for reason in Reason]
    assert all(words.icon_of(one) and words.seen(one) for one in everything)


def test_details_are_those_that_our_own_page_sends() -> None:
    assert words.details(record("focus_loss", "looking_away", degrees=28.5)) == ["turned 28.5°"]
    by_eyes = record("focus_loss", "looking_away", by="eyes", degrees=25)
    assert words.details(by_eyes) == ["by the eyes alone, about 25°"]
    body = record("focus_loss", "face_not_visible", body_in_view=True)
    assert words.details(body) == ["somebody in view without a face"]
    before = record("absence", turned_before="left", degrees_before=30, closed_by="session_end")
    assert words.details(before) == ["turned 30° to the left before", "still going on at the end"]
    assert words.details(record("focus_loss", "window_blur", page="hidden")) == ["page hidden"]
    phone = record("phone_visible", score=0.52, looks_like="remote control")
    assert words.details(phone) == ["it may be a remote control", "the detector was 52% sure"]


def test_a_second_voice_is_told_as_speech_and_still_lips() -> None:
    heard = record(Kind.SECOND_VOICE, voice_percent=93, lips_percent=0.11)
    assert words.seen(heard) == "Speech, lips still"
    assert words.details(heard) == ["the detector was 93% sure of speech"]
    assert words.details(record(Kind.SECOND_VOICE, voice_percent="<b>")) == []


def test_people_seen_by_their_bodies_are_no_faces() -> None:
    bodies = record("multiple_faces", people=2, seen_by="body")
    assert (words.seen(bodies), words.details(bodies)) == ("Two people in view", ["seen by their bodies"])
    both = record("multiple_faces", people=2, seen_by="body", faces=2)
    assert (words.seen(both), words.details(both)) == ("Two faces", [])


def test_of_the_camera_it_is_said_what_was_seen_and_what_is_a_hint() -> None:
    assert words.details(record("camera_frozen", picture="still")) == []
    loop = record("camera_frozen", picture="repeats", round_seconds=12.4)
    assert words.details(loop) == ["the same 12.4 s again, picture by picture"]
    size = {"from": "640×480", "to": "1280×720"}
    assert words.details(record("camera_changed", what="resolution", **size)) == [
        "another picture size",
        "from 640×480 to 1280×720",
    ]
    virtual = record("camera_changed", what="device", virtual="ManyCam", hint=True, **size)
    assert words.details(virtual) == [
        "another camera",
        "named like a virtual one: ManyCam",
        "a name is a hint and no more",
    ]


def test_of_a_paste_its_length_is_said() -> None:
    assert words.details(record("clipboard_paste", characters=240, files=0)) == ["characters: 240"]
    assert words.details(record("clipboard_paste", characters=0, files=2)) == ["characters: 0, files: 2"]


@pytest.mark.parametrize("value", ["<b>", True, None, 1e300, -0.5, 3])
def test_no_detail_that_a_page_can_send_breaks_the_list(value: Any) -> None:
    keys = (
        "degrees",
        "degrees_before",
        "turned_before",
        "direction",
        "faces",
        "people",
        "seen_by",
        "score",
        "page",
        "closed_by",
        "what",
        "from",
        "to",
        "virtual",
        "round_seconds",
        "picture",
        "characters",
        "files",
    )
    for kind, reason in (
        ("focus_loss", "looking_away"),
        ("focus_loss", "window_blur"),
        ("multiple_faces", None),
        *CAMERA_AND_PAGE,
    ):
        odd = record(kind, reason, **dict.fromkeys(keys, value))
        assert words.seen(odd)
        assert all(len(said) < 60 for said in words.details(odd))


def test_the_servers_own_say_what_they_rest_on() -> None:
    assert words.details(record("monitoring_gap")) == ["the page answered meanwhile"]
    nobody = record("monitor_mismatch", received_faces=0, told_faces=1)
    assert words.details(nobody) == ["received picture: nobody", "candidate’s page: one face"]
    several = record("monitor_mismatch", received_faces=3, told_faces=0)
    assert words.details(several) == ["received picture: three faces", "candidate’s page: nobody"]
