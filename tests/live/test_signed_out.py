"""Signing a browser out also closes what it has open of a call."""

import http.cookiejar
import urllib.request

import pytest
import socketio

from proctor_app.accounts import service as accounts
from proctor_app.accounts import sign_ins
from proctor_app.accounts.models import SignIn
from tests.conftest import Program
from tests.live.conftest import Cast
from tests.waiting import wait_until


def open_console(server: Program, cast: Cast) -> tuple[socketio.Client, str]:
    """A socket of a browser that was signed in by a link, and the browser's cookies."""
    owner = accounts.find_by_email("owner@example.org")
    assert owner is not None
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.open(f"{server.url}/sign-in/{accounts.make_sign_in_link(owner)}", timeout=20).close()
    cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
    return connected(server, cast, cookies), cookies


def connected(server: Program, cast: Cast, cookies: str) -> socketio.Client:
    client = socketio.Client(reconnection=False)
    client.connect(
        server.url,
        headers={"Cookie": cookies},
        namespaces=["/interviewer"],
        auth={"session": cast.session.id},
        transports=["websocket"],
    )
    return client


def test_sockets_of_a_browser_end_with_its_sign_in_and_do_not_come_back(server: Program, cast: Cast) -> None:
    dropped, cookies = open_console(server, cast)
    stays, _ = open_console(server, cast)
    owner = accounts.find_by_email("owner@example.org")
    assert owner is not None
    _, second = SignIn.objects.order_by("created_at")
    # As the command line does: the web process has to find it out by itself.
    sign_ins.end_all(owner, but=second)
    wait_until(lambda: "/interviewer" not in dropped.namespaces, "the socket to be closed")
    assert "/interviewer" in stays.namespaces
    with pytest.raises(socketio.exceptions.ConnectionError):
        connected(server, cast, cookies)
    stays.disconnect()


def test_signing_out_closes_the_browsers_sockets_at_once(server: Program, cast: Cast) -> None:
    client, cookies = open_console(server, cast)
    page = urllib.request.urlopen(
        urllib.request.Request(f"{server.url}/account", headers={"Cookie": cookies}), timeout=20
    )
    token = page.read().decode().partition('name="csrf-token" content="')[2].partition('"')[0]
    out = urllib.request.Request(
        f"{server.url}/sign-out", headers={"Cookie": cookies, "X-CSRFToken": token}, data=b"", method="POST"
    )
    urllib.request.urlopen(out, timeout=20).close()
    wait_until(lambda: "/interviewer" not in client.namespaces, "the socket to be closed", timeout=3)
