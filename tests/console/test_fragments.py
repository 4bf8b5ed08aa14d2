"""Fragments over real sockets: what a candidate's page reports is on every console, drawn once."""

import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import socketio

from tests.cast import sign_in
from tests.conftest import Program
from tests.console.conftest import Interview
from tests.live.conftest import Socket, observation


class Console(Socket):
    """A browser's console: a socket that is signed in by cookie."""

    def __init__(self, url: str, session: str, cookie: str) -> None:
        self.namespace = "/interviewer"
        self.heard: list[tuple[str, Any]] = []
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", self._keep, namespace=self.namespace)
        self._client.connect(
            url,
            headers={"Cookie": cookie},
            namespaces=[self.namespace],
            auth={"session": session, "peer": "console", "tab": "tab"},
            transports=["websocket"],
        )

    def fragment(self, *parts: str) -> str:
        """The first fragment that holds all of `parts`."""
        found: str = self.wait_for("fragment", lambda html: all(part in html for part in parts))
        return found


@pytest.fixture
def browser(app: Any, interview: Interview) -> Any:
    """Olga's browser, signed in."""
    return sign_in(app.test_client(), interview.owner)


@pytest.fixture
def console(server: Program, browser: Any, interview: Interview) -> Iterator[Console]:
    cookie = browser.get_cookie("proctor")
    opened = Console(server.url, interview.session.id, f"proctor={cookie.value}")
    opened.wait_for("presence")
    yield opened
    opened.close()


@pytest.fixture
def candidate(server: Program, interview: Interview) -> Iterator[Socket]:
    auth = {"session": interview.session.id, "token": interview.token, "peer": "page-1"}
    opened = Socket(server.url, "/candidate", auth)
    yield opened
    opened.close()


def test_what_a_candidates_page_reports_is_on_the_console_within_a_second(console: Console, candidate: Socket) -> None:
    seen = observation(kind="multiple_faces", reason=None, detail={"faces": 2})
    sent_at = time.monotonic()
    assert candidate.call("observation", seen)["ok"]
    html = console.fragment(f'id="incident-{seen["id"]}"', 'data-state="open"')
    assert time.monotonic() - sent_at < 1
    assert '<hx-partial hx-target="#incident-rows" hx-swap="rows">' in html
    assert "Two faces" in html
    assert 'data-testid="integrity-score">85</output>' in html
    assert "csrf_token" not in html

    told = console.wait_for("incident", lambda one: one["observation_id"] == seen["id"])
    assert (told["kind"], told["score"], told["ended_at"]) == ("multiple_faces", 85, None)
    score = console.wait_for("score", lambda one: one["raw"] == 85)
    assert score["counts"] == {"focus_loss": 1, "absence": 1, "multiple_faces": 2}

    candidate.call("observation", seen | {"seq": 2, "ended_at": seen["started_at"] + 4000})
    assert "4 s" in console.fragment(f'id="incident-{seen["id"]}"', 'data-state="closed"')

    # Of a burst, all is drawn, whatever is gathered into one drawing.
    start = seen["started_at"] - 900_000
    times = [(start + 10_000 * n, start + 10_000 * n + 6000) for n in range(20)]
    burst = [observation(3 + n, started_at=one, ended_at=other) for n, (one, other) in enumerate(times)]
    for message in burst:
        candidate.emit("observation", message)
    console.fragment('data-testid="integrity-score">45</output>')
    for message in burst:
        console.fragment(f'id="incident-{message["id"]}"')


def test_coming_and_going_and_monitoring_are_shown(console: Console, candidate: Socket) -> None:
    console.fragment('data-testid="candidate-presence" data-state="in_call"')
    beat = {"seq": 1, "at": round(time.time() * 1000), "fps": 5, "frame_ms": 30, "faces": 1}
    candidate.emit("heartbeat", beat | {"state": "watching"})
    console.fragment('id="monitor"', "5 pictures a second")
    slow = beat | {"seq": 2, "state": "watching", "fps": 2.0, "target_fps": 5, "slowed_by": "battery"}
    candidate.emit("heartbeat", slow)
    console.fragment('id="monitor"', "2 of 5 pictures a second: their battery is low")
    candidate.emit("heartbeat", beat | {"seq": 3, "state": "could_not_tell", "reason": "too_dark"})
    console.fragment('id="monitor"', "too dark")
    candidate.close()
    console.fragment('data-testid="candidate-presence" data-state="reconnecting"')


def test_what_is_done_on_one_page_shows_on_the_others(
    server: Program, console: Console, browser: Any, interview: Interview
) -> None:
    post(server, browser, interview.review_path(interview.two_faces), {"verdict": "dismissed", "note": "her child"})
    html = console.fragment(f'id="incident-{interview.two_faces}"', 'data-verdict="dismissed"')
    assert 'data-testid="integrity-score">95</output>' in html
    post(server, browser, f"{interview.path}/notes", {"text": "good answer"})
    console.fragment('id="notes"', "good answer")


def post(server: Program, browser: Any, path: str, data: dict[str, str]) -> None:
    """Send a form to the server as the page does, with the token in a header."""
    cookie = {"Cookie": f"proctor={browser.get_cookie('proctor').value}"}
    page = urllib.request.Request(server.url + path.split("/incidents")[0].split("/notes")[0], headers=cookie)
    with urllib.request.urlopen(page) as answer:
        token = re.search(r'name="csrf-token" content="([^"]+)"', answer.read().decode())
        fresh = answer.headers.get("Set-Cookie", "").partition(";")[0]
    assert token is not None
    headers = {"Cookie": fresh or cookie["Cookie"], "X-CSRFToken": token[1], "HX-Request": "true"}
    body = urllib.parse.urlencode(data).encode()
    with urllib.request.urlopen(urllib.request.Request(server.url + path, body, headers)) as answer:
        assert answer.status == 200
