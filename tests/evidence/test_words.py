"""What people read about stills, and that browser and server agree on what has one."""

import re
from datetime import UTC, datetime

from config import ROOT
from proctor_app.evidence import words
from proctor_app.evidence.kinds import Style
from proctor_app.evidence.rules import PICTURED
from proctor_app.incidents.rules import IncidentRecord


def record(kind: str, reason: str | None = None) -> IncidentRecord:
    return IncidentRecord("1", 1, kind, reason, datetime(2026, 1, 1, tzinfo=UTC), None, 1, {}, "candidate")


def test_the_alternative_text_says_when_what_and_how() -> None:
    assert words.alt(Style.STILL, record("absence"), "09:05") == (
        "Still from the candidate’s camera at 09:05: No one in view. The whole picture, blurred."
    )
    away = words.alt(Style.LINE_ART, record("focus_loss", "looking_away"), "03:15")
    assert away == "Line drawing at 03:15: Looking away. Drawn from the face’s landmarks; no picture was kept."


def test_it_says_that_the_phone_is_sharp() -> None:
    how = words.how(Style.STILL, record("phone_visible"))
    assert how == "The candidate’s head and shoulders, and the phone; everything else, other people too, is blurred"


def test_it_never_says_that_a_face_is_shown_where_none_was_found() -> None:
    for faceless in (record("absence"), record("focus_loss", "face_not_visible"), record("camera_blocked")):
        assert words.in_short(Style.STILL, faceless) == "all blurred"
        assert words.in_short(Style.LINE_ART, faceless) == "no face to draw"
    assert words.in_short(Style.STILL, record("camera_frozen")) == "blurred around head and shoulders"


def test_the_candidates_browser_takes_stills_of_the_same_kinds() -> None:
    source = (ROOT / "proctor_app/static/js/watch/stills.js").read_text("utf-8")
    listed = re.search(r"const PICTURED = new Set\(\[(.*?)\]\)", source, re.DOTALL)
    assert listed and set(re.findall(r"'(\w+)'", listed[1])) == {str(kind) for kind in PICTURED}
