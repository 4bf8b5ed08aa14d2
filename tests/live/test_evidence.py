"""A still over the wire: from the candidate's socket, as bytes, to the interviewer's row."""

import io
from typing import Any

import pytest
from PIL import Image

from proctor_app.evidence import service as evidence
from proctor_app.evidence.models import EvidencePicture
from proctor_app.sessions import service as sessions
from tests.evidence.conftest import jpeg, keep_stills
from tests.live.conftest import Cast, Connect, Socket, observation


@pytest.fixture
def with_stills(cast: Cast, candidate: Socket) -> Cast:
    """The session has begun, and its policy keeps stills."""
    cast.session.reload()
    keep_stills(cast.session, "still")
    return cast


def still(seen: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"observation": seen["id"], "at": seen["started_at"], "jpeg": jpeg()} | changed


def test_a_still_is_stored_before_it_is_acknowledged(with_stills: Cast, candidate: Socket) -> None:
    seen = observation()
    assert candidate.call("evidence", still(seen))["error"]["code"] == "unknown_observation"
    assert candidate.call("observation", seen)["ok"]
    for _ in range(2):
        assert candidate.call("evidence", still(seen)) == {"ok": True, "observation": seen["id"]}
    [kept] = EvidencePicture.objects(session=with_stills.session.id)
    assert Image.open(io.BytesIO(kept.jpeg)).size == (320, 240)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("observation", "x"),
        ("at", "now"),
        ("jpeg", b"GIF89a"),
        ("jpeg", "data:image/jpeg;base64,/9j/"),
        ("jpeg", b"\xff\xd8\xff" + b"x" * 60_000),
        ("jpeg", jpeg()[:300]),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_stored(
    with_stills: Cast, candidate: Socket, field: str, value: Any
) -> None:
    seen = observation()
    candidate.call("observation", seen)
    answer = candidate.call("evidence", still(seen, **{field: value}))
    assert (answer["ok"], answer["error"]["field"]) == (False, field)
    assert EvidencePicture.objects.count() == 0
    # The connection has not suffered.
    assert candidate.call("evidence", still(seen))["ok"]


def test_each_keeps_to_their_own(connect: Connect, with_stills: Cast, candidate: Socket, interviewer: Socket) -> None:
    seen = observation()
    candidate.call("observation", seen)
    other = connect("candidate", with_stills.other_session, token=with_stills.other_token)
    with_stills.other_session.reload()
    keep_stills(with_stills.other_session, "still")
    assert other.call("evidence", still(seen))["error"]["code"] == "unknown_observation"
    assert evidence.stills_of(with_stills.session.id) == evidence.stills_of(with_stills.other_session.id) == {}
    # Interviewers have no such message: nobody answers.
    with pytest.raises(Exception, match=r"(?i)timeout|^$"):
        interviewer._client.call("evidence", still(seen), namespace="/interviewer", timeout=1)
    assert EvidencePicture.objects.count() == 0


def test_a_policy_without_stills_takes_none(cast: Cast, candidate: Socket) -> None:
    seen = observation()
    candidate.call("observation", seen)
    assert candidate.call("evidence", still(seen))["error"]["code"] == "not_wanted"


def test_one_that_comes_after_the_end_is_taken(with_stills: Cast, candidate: Socket) -> None:
    seen = observation()
    candidate.call("observation", seen)
    sessions.end(sessions.get(with_stills.session.id), "test", evidence.clock.now())
    assert candidate.call("evidence", still(seen))["ok"]
