"""Consent taken back in the call: nothing is taken any more, the call goes on, and it can be given again."""

import time
from typing import Any

from proctor_app import clock
from proctor_app.incidents import service as incidents
from proctor_app.sessions import service as sessions
from tests.live.conftest import Cast, Connect, Socket, heartbeat, observation

JUST_NOW_MS = 300


def withdraw(candidate: Socket) -> Any:
    told = candidate.call("consent", {"decision": "withdrawn"})
    assert told["ok"] and told["decision"] == "withdrawn"
    return told["at"]


def agree(app: Any, cast: Cast, candidate: Socket) -> Any:
    with app.app_context():
        version = sessions.consent_text_for(sessions.get(cast.session.id)).version
    return candidate.call("consent", {"decision": "accepted", "version": version})


def seen(app: Any, cast: Cast) -> list[Any]:
    with app.app_context():
        return incidents.list_for(cast.session.id)


def test_nothing_is_taken_any_more_and_the_call_goes_on(
    app: Any, cast: Cast, candidate: Socket, interviewer: Socket
) -> None:
    open_one = observation()
    candidate.call("observation", open_one)
    at = withdraw(candidate)
    assert withdraw(candidate) == at
    interviewer.wait_for("presence", lambda data: data["candidate"]["consent"] == "withdrawn")
    orders = candidate.wait_for("phase", lambda data: data["policy"]["detectors"] == [])
    assert orders["policy"]["evidence"] == "off"

    refused = candidate.call("observation", observation(2, started_at=at + 1))
    assert refused["error"]["code"] == "consent_withdrawn"
    candidate.emit("heartbeat", heartbeat())
    assert candidate.call("chat", {"text": "I am still here"})["ok"]
    [kept] = seen(app, cast)
    assert kept.id == open_one["id"] and clock.to_ms(kept.ended_at) == at
    assert kept.detail["closed_by"] == "consent_withdrawn"


def test_what_began_before_is_taken_until_then(app: Any, cast: Cast, candidate: Socket) -> None:
    before = observation(started_at=round(time.time() * 1000) - JUST_NOW_MS)
    at = withdraw(candidate)
    assert candidate.call("observation", before | {"ended_at": at + JUST_NOW_MS})["ok"]
    assert [clock.to_ms(one.ended_at) for one in seen(app, cast)] == [at]


def test_coverage_names_the_time_and_does_not_hold_the_page_silent(app: Any, cast: Cast, candidate: Socket) -> None:
    candidate.emit("heartbeat", heartbeat())
    candidate.call("clock", {"at": 1})
    at = withdraw(candidate)
    with app.app_context():
        session = sessions.get(cast.session.id)
        coverage = incidents.coverage_for(session, clock.from_ms(at + 20_000))
    assert coverage.not_observable["consent_withdrawn"] == 20
    assert coverage.call_seconds > 20


def test_it_can_be_given_again_to_the_same_text_only(app: Any, cast: Cast, candidate: Socket) -> None:
    at = withdraw(candidate)
    assert candidate.call("consent", {"decision": "accepted", "version": "another"})["error"]["field"] == "version"
    assert candidate.call("consent", {"decision": "perhaps"})["error"]["field"] == "decision"
    again = agree(app, cast, candidate)
    assert again["decision"] == "accepted" and again["at"] >= at
    candidate.wait_for("phase", lambda data: data["policy"]["detectors"])
    assert candidate.call("observation", observation(started_at=again["at"] + 1))["ok"]
    with app.app_context():
        answers = [(one.decision, one.source) for one in sessions.get(cast.session.id).decisions]
    assert answers == [("accepted", "api"), ("withdrawn", "page"), ("accepted", "page")]


def test_who_withdrew_comes_back_into_the_call(cast: Cast, connect: Connect, candidate: Socket) -> None:
    withdraw(candidate)
    candidate.close()
    back = connect("candidate", cast.session, token=cast.candidate_token, peer="page-2")
    assert back.wait_for("phase")["policy"]["detectors"] == []
    back.wait_for("presence", lambda data: data["candidate"]["state"] == "in_call")
