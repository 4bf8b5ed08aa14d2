"""Every route and every socket event, asked by everybody: each answer is the one in the table."""

import time
from typing import Any

import pytest
from flask_socketio.test_client import SocketIOTestClient

from config import ROOT
from proctor_app.extensions import socketio
from tests.authorisation import table, world
from tests.authorisation.world import Interview, Person, World
from tests.evidence.conftest import jpeg
from tests.live.conftest import heartbeat, observation

# What is sent, where an empty form would not show that the door is open.
FORMS: dict[str, dict[str, Any]] = {
    "POST /": {"title": "Another", "candidate_name": "Somebody"},
    "POST /sessions/<session_id>/incidents/<incident_id>/review": {"verdict": "confirmed"},
    "POST /sessions/<session_id>/phase": {"phase": "coding"},
    "POST /sessions/<session_id>/notes": {"text": "a note"},
    "POST /sessions/<session_id>/knocks/<knock_id>": {"answer": "admitted"},
    "POST /join/<session_id>/knock": {"name": "Somebody"},
    "POST /join/<session_id>/consent": {"decision": "declined"},
}
BODIES: dict[str, Any] = {
    "POST /api/v1/sessions": {"title": "Another", "candidate": {"name": "Somebody"}},
    "POST /api/v1/sessions/<session_id>/incidents/<incident_id>/review": {"verdict": "confirmed"},
    "POST /api/v1/sessions/<session_id>/phase": {"phase": "coding"},
}
# Parts of addresses that mean another thing here than elsewhere.
PARTS: dict[str, dict[str, Any]] = {
    "/static/<path:filename>": {"filename": "js/base.js"},
    "/vendor/<package>/<path:name>": {"name": "htmx.min.js"},
    "/models/objects/<name>": {"name": "model.json"},
}
REFUSED = {401: "sign-in", 403: "no", 404: "nothing"}
ENDS_SIGN_INS = ("/sign-out", "/account/sign-ins")
USES_UP = ("/revoke", "/end", "/withdraw", "/remove")
ROUTES, EVENTS = table.routes(), table.events()


@pytest.fixture
def everybody(app: Any, client: Any) -> Any:
    return world.make_world(app)


def routes_of(app: Any) -> dict[table.Key, str]:
    """Every route by (method, rule), with its endpoint."""
    return {
        (method, rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row_and_every_row_a_route(app: Any) -> None:
    found = set(routes_of(app))
    missing, gone = sorted(found - set(ROUTES)), sorted(set(ROUTES) - found)
    assert not missing, "say in tests/authorisation/table.py who may ask for: " + "; ".join(map(" ".join, missing))
    assert not gone, "these routes are no more: " + "; ".join(map(" ".join, gone))


def test_every_event_has_a_row_and_every_row_an_event(app: Any) -> None:
    handlers = socketio.server.handlers
    assert set(handlers) == set(table.NAMESPACES)
    found = {(space, event) for space in handlers for event in handlers[space] if event not in table.NOT_SENT}
    missing, gone = sorted(found - set(EVENTS)), sorted(set(EVENTS) - found)
    assert not missing, "say in tests/authorisation/table.py who may send: " + "; ".join(map(" ".join, missing))
    assert not gone, "these events are no more: " + "; ".join(map(" ".join, gone))


def test_nobody_is_let_in_or_changes_anything_where_the_table_says_no(app: Any, everybody: World) -> None:
    endpoints, wrong, people = routes_of(app), [], everybody.people
    interviews = [one.interview for one in people.values()]
    shared = world.address_parts(everybody, people["owner"].interview)
    parts = {role: shared | world.parts_of(one.interview) for role, one in people.items()}
    before = world.stored(interviews) | world.shared()
    # What a page may be read for, nobody should change by reading: all of them are looked at together.
    for (method, rule), row in sorted(ROUTES.items(), key=lambda one: one[0][0] != "GET"):
        for role, expected in row.items():
            if expected != "in":
                answer = ask(app, people[role], method, rule, endpoints[method, rule], parts[role])
                wrong += differences(f"{method} {rule} as {role}", answer, role, expected)
        if method != "GET" and "in" not in (row["nobody"], row["stranger"]):
            after = world.stored(interviews) | world.shared()
            wrong += changes(f"{method} {rule}, or reading", before, after)
            before = after
    assert not wrong, "\n".join(wrong)


def test_everybody_is_let_in_where_the_table_says_so(app: Any, everybody: World) -> None:
    endpoints, wrong, people = routes_of(app), [], everybody.people
    shared = world.address_parts(everybody, people["owner"].interview)
    parts = {role: shared | world.parts_of(one.interview) for role, one in people.items()}
    for (method, rule), row in ROUTES.items():
        for role, expected in row.items():
            if expected == "in":
                person, values = people[role], parts[role]
                if method != "GET":
                    person, values = with_something_to_lose(everybody, role, rule, values)
                answer = ask(app, person, method, rule, endpoints[method, rule], values)
                wrong += differences(f"{method} {rule} as {role}", answer, role, expected)
                if rule.startswith(ENDS_SIGN_INS):
                    people[role] = world.sign_in_anew(everybody, people[role])
    assert not wrong, "\n".join(wrong)


def differences(what: str, answer: Any, role: str, expected: str) -> list[str]:
    """What is wrong with an answer: it is another than the table's, or tells what the asker may not know."""
    content = answer.get_data()
    answer.close()
    found = classified(answer, content)
    wrong = [f"{what} tells {secret!r}" for secret in secrets_in(content, role, expected)]
    if found != ("in" if expected == "idle" else expected):
        wrong.append(f"{what}: {found}, and the table says {expected} ({answer.status})")
    return wrong


def changes(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What was changed by people who were not let in."""
    return [f"{what} changed {name} for who was not let in" for name in before if before[name] != after[name]]


def with_something_to_lose(
    everybody: World, role: str, rule: str, values: dict[str, Any]
) -> tuple[Person, dict[str, Any]]:
    """An interview, or a sign-in or what an account has, for somebody who may end it."""
    person = everybody.people[role]
    if "<session_id>" in rule:
        person = world.make_person(everybody, role, world.make_interview(everybody))
        return person, values | world.parts_of(person.interview)
    if rule.startswith(ENDS_SIGN_INS):
        person = world.sign_in_anew(everybody, person)
    return person, world.address_parts(everybody, person.interview) if rule.endswith(USES_UP) else values


def ask(app: Any, person: Person, method: str, rule: str, endpoint: str, values: dict[str, Any]) -> Any:
    """One request, with all that the person has in hand."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        wanted = {name: (values | PARTS.get(rule, {}))[name] for name in arguments(rule)}
        path = adapter.build(endpoint, wanted, method=method, force_external=False)
    key = f"{method} {rule}"
    content: dict[str, Any] = {"json": BODIES[key]} if key in BODIES else {"data": FORMS.get(key, {})}
    if method == "GET":
        content = {"query_string": {"wait": "0"}} if path.endswith("/report") else {}
    headers = {"Authorization": f"Bearer {person.bearer}"} if person.bearer else {}
    return person.browser.open(path, method=method, headers=headers, **content)


def arguments(rule: str) -> list[str]:
    return [part.partition(">")[0].rpartition(":")[2] for part in rule.split("<")[1:]]


def classified(answer: Any, content: bytes) -> str:
    """The table's word for an answer."""
    if answer.status_code >= 500:
        return "error"
    if answer.status_code in REFUSED:
        return REFUSED[answer.status_code]
    location = answer.headers.get("Location", "")
    if location.startswith("/sign-in?") or (location == "/sign-in" and answer.request.path != "/sign-out"):
        return "sign-in"
    is_door = "/knock" in answer.request.path or b'data-testid="knock-name"' in content
    return "door" if is_door and answer.request.path.startswith("/join/") else "in"


def secrets_in(content: bytes, role: str, expected: str) -> list[str]:
    """What an answer tells of the interview that the asker may not know."""
    hidden = [world.NOTE, world.EMAIL, world.KNOCKER, world.TITLE, world.CANDIDATE]
    if role == "owner":
        return []
    # A candidate reads on their own page what they are called and what it is about.
    if role in ("candidate", "after_end") and expected == "in":
        hidden = hidden[:3]
    return [secret for secret in hidden if secret.encode() in content]


# ---------------------------------------------------------------- sockets


def messages(incident: str) -> dict[str, Any]:
    """A sound message for each event."""
    now = round(time.time() * 1000)
    return {
        "clock": {"at": now},
        "observation": observation(),
        "heartbeat": heartbeat(),
        "evidence": {"observation": incident, "at": now, "jpeg": jpeg()},
        "consent": {"decision": "withdrawn"},
        "signal": {"description": {"type": "offer", "sdp": "v=0"}},
        "chat": {"text": "hello"},
        "media": {"microphone": True, "camera": True},
        "second_look": {"at": now, "faces": 1, "could_not_tell": None},
    }


def connected(app: Any, person: Person, namespace: str) -> list[SocketIOTestClient]:
    """A socket for each way in that the person can try; those that were let in."""
    auth = {"session": person.interview.session.id}
    token_name = "token" if namespace == "/candidate" else "api_token"
    ways = [auth, *(auth | {token_name: token} for token in (person.candidate_token, person.bearer) if token)]
    opened = [
        SocketIOTestClient(app, socketio, namespace=namespace, auth=way, flask_test_client=person.browser)
        for way in ways
    ]
    return [one for one in opened if one.is_connected(namespace)]


def test_every_event_answers_everybody_as_the_table_says(app: Any, everybody: World) -> None:
    wrong = []
    for role, person in everybody.people.items():
        for namespace in table.NAMESPACES:
            before = world.stored([person.interview])
            sockets = connected(app, person, namespace)
            for (space, event), row in EVENTS.items():
                found = sent(sockets, namespace, event, person.interview) if space == namespace else row[role]
                if found != row[role]:
                    wrong.append(f"{namespace} {event} as {role}: {found}, and the table says {row[role]}")
            if not sockets:
                wrong += changes(f"{namespace} as {role}", before, world.stored([person.interview]))
            close(sockets, namespace)
    assert not wrong, "\n".join(wrong)


def sent(sockets: list[SocketIOTestClient], namespace: str, event: str, interview: Interview) -> str:
    """The table's word for what comes of an event, sent on the socket that was opened last."""
    open_now = [one for one in sockets if one.is_connected(namespace)]
    if not open_now:
        return "out"
    if event == "connect":
        return "in"
    answer = open_now[-1].emit(event, messages(interview.incident).get(event, {}), namespace=namespace, callback=True)
    if isinstance(answer, dict) and not answer.get("ok"):
        return "no" if answer["error"]["code"] in ("not_allowed", "ended") else f"refused: {answer['error']}"
    return "in"


def close(sockets: list[SocketIOTestClient], namespace: str) -> None:
    for one in sockets:
        if one.is_connected(namespace):
            one.disconnect(namespace)


def test_what_is_revoked_cuts_the_sockets_that_came_by_it(app: Any, everybody: World) -> None:
    for role, namespace in (("candidate", "/candidate"), ("owner", "/interviewer")):
        person = everybody.people[role]
        sockets = connected(app, person, namespace)
        assert sockets
        world.revoke(everybody, person)
        assert [one for one in sockets if one.is_connected(namespace)] == [], namespace


def test_the_tables_size_is_what_the_reliability_page_says() -> None:
    cells = (len(ROUTES) + len(EVENTS)) * len(table.ROLES)
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    assert f"{len(ROUTES)} routes and {len(EVENTS)} socket events × {len(table.ROLES)} roles = {cells:,} cells" in text
