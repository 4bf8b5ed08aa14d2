"""Taking stills in: what is kept, what is refused, and that each lies with its incident once."""

from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.errors import ProctorError
from proctor_app.evidence import service
from proctor_app.evidence.models import Evidence, EvidencePicture
from proctor_app.policies.rules import Relief
from proctor_app.sessions import service as sessions
from tests.evidence.conftest import Interview, jpeg, keep_stills
from tests.held import VOUCHED, observe


def code_of(action: Any) -> str:
    with pytest.raises(ProctorError) as refused:
        action()
    return refused.value.code


def test_a_still_lies_with_its_incident(interview: Interview) -> None:
    interview.still(interview.looking_away)
    [(incident, still)] = service.stills_of(interview.session.id).items()
    assert (incident, still.style, still.width, still.height) == (interview.looking_away, "still", 320, 240)
    kept = EvidencePicture.objects(id=incident).first()
    assert kept.jpeg[:3] == b"\xff\xd8\xff"
    assert (kept.expires_at - still.taken_at).days == 30
    assert service.stills_of(interview.other.id) == {}


def test_an_incident_keeps_its_first_still(interview: Interview) -> None:
    interview.still(interview.absence, jpeg(colour=(250, 0, 0)))
    first = service.find(interview.session.id, interview.absence)
    interview.still(interview.absence, jpeg(colour=(0, 0, 250)))
    assert service.find(interview.session.id, interview.absence) == first
    # Less than two seconds apart, so the server makes one incident of the two.
    joined = observe(interview.session, "absence", None, 545 + 15, 5)
    interview.still(joined)
    assert Evidence.objects(session=interview.session.id).count() == 1


def test_nothing_is_kept_where_the_policy_has_none(interview: Interview) -> None:
    keep_stills(interview.session, "off")
    assert code_of(lambda: interview.still(interview.absence)) == "not_wanted"
    assert EvidencePicture.objects.count() == 0


def test_nothing_is_kept_where_an_accommodation_says_so(interview: Interview) -> None:
    profile = accommodations.create_profile("No pictures", Relief(no_pictures=True))
    accommodations.use_code(accommodations.make_code(profile), interview.session.id)
    assert code_of(lambda: interview.still(interview.absence)) == "not_wanted"
    assert EvidencePicture.objects.count() == 0


def test_line_art_is_told_from_a_picture(interview: Interview) -> None:
    keep_stills(interview.session, "line_art")
    interview.still(interview.absence)
    assert service.stills_of(interview.session.id)[interview.absence].style == "line_art"


def test_what_the_camera_did_not_see_has_none(interview: Interview) -> None:
    pasted = observe(interview.session, "clipboard_paste", None, 1000, 1)
    for observation in (interview.blur, pasted):
        assert code_of(lambda one=observation: interview.still(one)) == "not_wanted"
    assert Evidence.objects.count() == 0


def test_a_still_without_an_observation_of_this_session_is_refused(interview: Interview) -> None:
    elsewhere = observe(interview.other, "absence", None, 100, 12)
    for unknown in (elsewhere, "b52da354-3b98-48e7-a5ad-c2f3d9ecc970"):
        assert code_of(lambda one=unknown: interview.still(one)) == "unknown_observation"
    assert Evidence.objects.count() == 0


def test_a_candidate_who_declined_has_none(interview: Interview) -> None:
    session, _ = sessions.create(str(interview.owner.id), "Third", "Cleo", "", consent=VOUCHED)
    sessions.start(session, clock.now() - timedelta(minutes=5))
    session.reload()
    keep_stills(session, "still")
    seen = observe(session, "absence", None, 10, 12)
    session.modify(set__consent__decision="declined")
    interview.session = session
    assert code_of(lambda: interview.still(seen)) == "not_wanted"


def test_no_more_are_kept_than_a_person_looks_at(interview: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OF_A_SESSION", 1)
    interview.still(interview.looking_away)
    assert code_of(lambda: interview.still(interview.absence)) == "not_wanted"


def test_a_clock_that_is_ahead_does_not_lengthen_the_keeping(interview: Interview) -> None:
    interview.still(interview.absence, at=clock.now() + timedelta(days=3000))
    assert Evidence.objects(id=interview.absence).first().expires_at <= clock.now() + timedelta(days=30)


def test_one_that_arrives_after_its_time_is_not_stored(interview: Interview) -> None:
    late = clock.now() - timedelta(days=31)
    assert code_of(lambda: interview.still(interview.absence, at=late)) == "not_wanted"


def test_a_picture_that_cannot_be_read_leaves_nothing_behind(interview: Interview) -> None:
    assert code_of(lambda: interview.still(interview.absence, jpeg()[:300])) == "invalid"
    assert Evidence.objects.count() == EvidencePicture.objects.count() == 0
