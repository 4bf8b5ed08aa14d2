"""The candidate's link at the sockets: what a new link shuts out, and what each token opens."""

import re
import urllib.parse
import urllib.request

import pytest
import socketio

from proctor_app.accounts import service as accounts
from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from tests.conftest import Program
from tests.live.conftest import Cast, Connect, Socket
from tests.waiting import wait_until


def submit(server: Program, interviewer_id: str, page: str, form: str) -> None:
    """Sign in as that interviewer, open a page, and send one of its forms."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    link = accounts.make_sign_in_link(accounts.get(interviewer_id))
    browser.open(f"{server.url}/sign-in/{link}", timeout=20).close()
    with browser.open(server.url + page, timeout=20) as answer:
        token = re.search(r'name="csrf-token" content="([^"]+)"', answer.read().decode())
    assert token is not None
    body = urllib.parse.urlencode({"csrf_token": token[1]}).encode()
    browser.open(f"{server.url}{page}/{form}", body, timeout=20).close()


@pytest.mark.parametrize("change", ["invite", "invite/withdraw"])
def test_the_old_links_socket_is_dropped_at_once(
    server: Program, cast: Cast, connect: Connect, candidate: Socket, interviewer: Socket, change: str
) -> None:
    elsewhere = connect("candidate", cast.other_session, token=cast.other_token)
    submit(server, cast.session.owner, f"/sessions/{cast.session.id}", change)
    assert candidate.wait_for("shut_out")["code"] == "not_allowed"
    wait_until(lambda: not candidate.is_connected, "the candidate's socket to be closed")
    assert interviewer.wait_for("shut_out") == {"peer": "page-1"}
    interviewer.wait_for("presence", lambda data: data["candidate"]["state"] == "offline")
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect("candidate", cast.session, token=cast.candidate_token)
    assert elsewhere.call("chat", {"text": "hello"}) == {"ok": True}


def test_the_links_token_is_a_programs_only_where_no_browser_was_first(
    server: Program, cast: Cast, connect: Connect
) -> None:
    for_program = links.renew(sessions.get(cast.session.id), cast.session.owner)
    for _ in range(2):
        connect("candidate", cast.session, token=for_program)
    for_browser = links.renew(sessions.get(cast.other_session.id), cast.session.owner)
    urllib.request.urlopen(f"{server.url}/join/{cast.other_session.id}?t={for_browser}", timeout=20).close()
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect("candidate", cast.other_session, token=for_browser)
