"""Whatever a socket sends, it is taken or refused by name: no failure of ours, and nothing stored by halves."""

import json
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from hypothesis import given

from proctor_app.api import payloads as api
from proctor_app.errors import ProctorError
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.extensions import socketio
from proctor_app.incidents.models import Incident, Observation
from proctor_app.incidents.payloads import HeartbeatPayload, LookPayload, ObservationPayload
from tests.conftest import Program
from tests.live.conftest import Cast, Socket, cast, heartbeat, observation  # noqa: F401
from tests.security.conftest import failures
from tests.security.fuzzing import budget, spoiled

ID = "b52da354-3b98-48e7-a5ad-c2f3d9ecc970"
AT = 1795518528655
CLAIM = observation() | {"id": ID, "started_at": AT, "ended_at": AT + 4000}
STILL = {"observation": ID, "at": AT, "jpeg": b"\xff\xd8\xff"}
SESSION = {
    "title": "Backend",
    "candidate": {"name": "Asha", "email": "asha@example.org"},
    "policy": "classic",
    "scheduled_for": "2026-11-24T10:36:52Z",
    "consent": {"version": "1", "accepted_at": "2026-01-01T00:00:00Z"},
}
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PARSERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "observation": (ObservationPayload.parse, CLAIM),
    "heartbeat": (HeartbeatPayload.parse, heartbeat() | {"since": AT, "notes": "left", "reason": "too_dark"}),
    "second_look": (LookPayload.parse, {"at": AT, "faces": 1, "could_not_tell": None}),
    "evidence": (EvidencePayload.parse, STILL),
    "new session": (lambda raw: api.NewSession.parse(raw, NOW), SESSION),
    "candidate": (lambda raw: api.NewSession.parse(SESSION | {"candidate": raw}, NOW), SESSION["candidate"]),
    "consent": (lambda raw: api.NewSession.parse(SESSION | {"consent": raw}, NOW), SESSION["consent"]),
    "verdict": (api.Verdict.parse, {"verdict": "confirmed", "note": "yes"}),
    "phase": (api.phase, {"phase": "coding"}),
}
# What a sound message of each event looks like; an event without a row here fails the test that reads the list.
SOUND: dict[str, dict[str, Any]] = {
    "observation": CLAIM,
    "heartbeat": PARSERS["heartbeat"][1],
    "second_look": PARSERS["second_look"][1],
    "evidence": {"observation": ID, "at": AT, "jpeg": "not bytes"},
    "clock": {"at": AT, "echo": AT},
    "signal": {"description": {"type": "offer", "sdp": "v=0"}, "call": "9f2c", "to": "page-1"},
    "chat": {"text": "Can you hear me?"},
    "media": {"microphone": True, "camera": False},
    "take_call": {},
    "sync": {},
    "consent": {"decision": "withdrawn"},
    "leave": {},
    "goodbye": {},
}
NOT_ACKNOWLEDGED = ("heartbeat", "second_look")


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_it_or_names_the_field(name: str) -> None:
    parse, sound = PARSERS[name]

    @budget(150)
    @given(spoiled(sound))
    def fuzz(raw: Any) -> None:
        try:
            taken = parse(raw)
        except ProctorError as error:
            assert (error.code, bool(error.field), bool(error.message)) == ("invalid", True, True)
            json.dumps(error.as_ack()).encode()
        else:
            # Both the database and the pages must be able to hold what was let through.
            fields = vars(taken) if hasattr(taken, "__dict__") else {"value": taken}
            bson.encode({key: value for key, value in fields.items() if key != "kind"})

    fuzz()


def events_of(namespace: str) -> list[str]:
    """The events that the server listens for, but for the library's; after `consent` nothing may be taken any more."""
    found = set(socketio.server.handlers[namespace]) - {"connect", "disconnect"}
    return sorted(found, key=lambda event: (event == "consent", event))


def test_no_event_is_left_out(app: Any) -> None:
    assert {*events_of("/candidate"), *events_of("/interviewer")} <= set(SOUND)


def send_all_sorts(page: Socket, event: str, taken: set[str]) -> None:
    """Spoil `event` in many ways; ids of observations that were acknowledged go into `taken`."""

    @budget(12)
    @given(spoiled(SOUND[event]))
    def fuzz(payload: Any) -> None:
        if event in NOT_ACKNOWLEDGED:
            page.emit(event, payload)
            return
        answer = page.call(event, payload)
        assert isinstance(answer["ok"], bool), payload
        if answer["ok"] and event == "observation":
            taken.add(answer["id"])
        if not answer["ok"]:
            assert answer["error"]["code"] not in ("internal", "not_stored"), payload
            assert answer["error"]["message"]

    fuzz()


def test_fuzzed_messages_are_all_answered(server: Program, cast: Cast, app: Any) -> None:  # noqa: F811
    theirs = {"session": cast.session.id, "token": cast.candidate_token, "peer": "page-1"}
    candidate = Socket(server.url, "/candidate", theirs)
    owner = {"session": cast.session.id, "api_token": cast.owner_token, "peer": "page-2"}
    interviewer = Socket(server.url, "/interviewer", owner)
    before = len(server.log())
    taken: set[str] = set()
    for page in (candidate, interviewer):
        for event in events_of(page.namespace):
            send_all_sorts(page, event, taken)
    assert candidate.call("clock", {})["ok"] and interviewer.call("sync", {})["ok"], "both are still served"
    candidate.close()
    interviewer.close()
    assert not failures(server.log()[before:], cast.session.id)
    with app.app_context():
        stored = {row.id for row in Observation.objects(session=cast.session.id)}
        told = {one for incident in Incident.objects(session=cast.session.id) for one in incident.observations}
    assert stored == told, "each observation has its incident, and each incident its observations"
    assert taken <= stored
