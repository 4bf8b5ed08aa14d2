"""From the candidate's socket to the database and the interviewer's socket."""

from typing import Any

import pytest

from proctor_app.incidents import service as incidents
from proctor_app.incidents.models import Observation
from tests.live.conftest import Cast, Connect, Socket, heartbeat, observation


def test_an_observation_is_stored_scored_and_told(app: Any, cast: Cast, candidate: Socket, interviewer: Socket) -> None:
    sent = observation()
    assert candidate.call("observation", sent) == {"ok": True, "id": sent["id"]}
    told = interviewer.wait_for("incident")
    assert (told["observation_id"], told["kind"], told["reason"], told["score"]) == (
        sent["id"],
        "focus_loss",
        "looking_away",
        98,
    )
    assert interviewer.wait_for("score", lambda data: data["score"] == 98)["counts"]["focus_loss"] == 1
    [stored] = incidents.list_for(cast.session.id)
    assert stored.is_open


def test_opening_and_closing_again_and_again_is_one(cast: Cast, candidate: Socket, interviewer: Socket) -> None:
    opening = observation(seq=1)
    closing = opening | {"seq": 2, "ended_at": opening["started_at"] + 6000}
    for message in (opening, opening, closing, opening, closing):
        assert candidate.call("observation", message)["ok"]
    [stored] = incidents.list_for(cast.session.id)
    assert (stored.ended_at - stored.started_at).total_seconds() == 6
    assert Observation.objects(session=cast.session.id).count() == 1
    assert interviewer.call("sync")["score"] == 98


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "not-a-uuid"),
        ("seq", -1),
        ("seq", True),
        ("kind", "daydreaming"),
        ("kind", "monitor_mismatch"),
        ("reason", "boredom"),
        ("started_at", "now"),
        ("ended_at", 5),
        ("confidence", 1.5),
        ("detail", "much"),
        ("detail", {"text": "x" * 3000}),
        ("detail", {"deep": {"er": 1}}),
        # Both sides' JSON can say these; the database or a browser cannot take them.
        ("detail", {"whole": 10**30}),
        ("detail", {"text": "\ud800"}),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_stored(cast: Cast, candidate: Socket, field: str, value: Any) -> None:
    answer = candidate.call("observation", observation() | {field: value})
    assert (answer["ok"], answer["error"]["field"]) == (False, field)
    assert incidents.list_for(cast.session.id) == []


def test_a_message_that_is_no_object_is_refused(candidate: Socket) -> None:
    for message in (None, 7, "text", [1]):
        assert candidate.call("observation", message)["error"]["code"] == "invalid"


def test_an_id_of_another_session_is_refused(connect: Connect, cast: Cast, candidate: Socket) -> None:
    sent = observation()
    candidate.call("observation", sent)
    other = connect("candidate", cast.other_session, token=cast.other_token)
    assert other.call("observation", sent)["error"]["code"] == "id_taken"
    assert incidents.list_for(cast.other_session.id) == []
    assert len(incidents.list_for(cast.session.id)) == 1


def test_a_clock_that_is_a_day_ahead_is_put_right(cast: Cast, candidate: Socket) -> None:
    day = 86_400_000
    sent = observation()
    first = candidate.call("clock", {"at": sent["started_at"] + day})
    candidate.call("clock", {"at": sent["started_at"] + day, "echo": first["now"]})
    candidate.call("observation", sent | {"started_at": sent["started_at"] + day})
    [stored] = incidents.list_for(cast.session.id)
    assert abs(stored.started_at.timestamp() * 1000 - sent["started_at"]) < 1000


@pytest.mark.parametrize(
    ("aheads", "jumped"),
    [
        # What a network held up for eight seconds comes all at once; a clock that jumped stays where it is.
        ((-8000, -6000, -4000), False),
        ((60_000, 60_000), True),
    ],
)
def test_a_clock_that_jumps_is_told_from_a_slow_network(
    cast: Cast, candidate: Socket, aheads: tuple[int, ...], jumped: bool
) -> None:
    sent = observation()
    now = sent["started_at"]
    for ahead in aheads:
        candidate.emit("heartbeat", heartbeat(at=now + ahead))
    candidate.call("observation", sent | {"started_at": now + aheads[-1] if jumped else now})
    [stored] = incidents.list_for(cast.session.id)
    assert abs(stored.started_at.timestamp() * 1000 - now) < 1500


def test_a_server_that_is_killed_loses_nothing_acknowledged(app: Any, cast: Cast, start_server: Any) -> None:
    first = start_server()
    candidate = Socket(first.url, "/candidate", {"session": cast.session.id, "token": cast.candidate_token})
    an_hour_ago = observation()["started_at"] - 3_600_000
    acknowledged = [
        candidate.call(
            "observation",
            observation(
                seq=n,
                kind="absence",
                reason=None,
                started_at=an_hour_ago + n * 60_000,
                ended_at=an_hour_ago + n * 60_000 + 1,
            ),
        )["id"]
        for n in range(20)
    ]
    first.process.kill()
    first.process.wait()
    second = start_server()
    again = Socket(second.url, "/interviewer", {"session": cast.session.id, "api_token": cast.owner_token})
    assert again.call("sync")["raw"] == 100 - 20 * 3
    assert {one.id for one in incidents.list_for(cast.session.id)} == set(acknowledged)
    again.close()
