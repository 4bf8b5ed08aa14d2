"""A whole interview with a person whose words stand nowhere else: the logs tell what happened, and nothing of them."""

import json
import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from proctor_app import embedded
from proctor_app.accounts import service as accounts
from proctor_app.evidence.models import EvidencePicture
from proctor_app.reports.models import StoredReport
from proctor_app.sessions import service as sessions
from tests.cast import make_owner
from tests.conftest import Program, Start
from tests.evidence.conftest import jpeg, keep_stills
from tests.live.conftest import Socket, heartbeat, observation
from tests.privacy.canary import EMAIL, NAME, NOTE, TITLE, traces
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def talkative(settings: dict[str, str]) -> None:
    """Log as much as can be set, and have the e-mail fail: what fails is written down at length."""
    settings |= {"LOG_LEVEL": "DEBUG", "SMTP_URL": f"smtp://127.0.0.1:{embedded.free_port()}"}


def ask(url: str, token: str, method: str = "GET", body: Any = None) -> Any:
    """What a program of the owner's gets from the JSON API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        content = answer.read()
        return json.loads(content) if answer.headers.get_content_type() == "application/json" else content


def post(browser: urllib.request.OpenerDirector, url: str, page: str, **form: str) -> str:
    """Send a form of `page` as a browser does, with its hidden fields."""
    hidden = dict(re.findall(r'name="(csrf_token|version)" value="([^"]+)"', page))
    with browser.open(url, urllib.parse.urlencode(hidden | form).encode(), timeout=20) as answer:
        return str(answer.read().decode())


def test_logs_hold_ids_and_never_a_name_a_token_or_a_still(
    app: Any, settings: dict[str, str], start_server: Start, start_program: Start
) -> None:
    web = start_server()
    work = start_program("jobs", sys.executable, "-m", "proctor_app.cli", "jobs", env=settings)
    with app.app_context():
        api_token = accounts.add_token(make_owner(), "tests")
    api = f"{web.url}/api/v1/sessions"
    made = ask(api, api_token, "POST", {"title": TITLE, "candidate": {"name": NAME, "email": EMAIL}})
    door, secrets = f"{web.url}/join/{made['id']}", [api_token, made["candidate_token"]]

    stranger = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    post(stranger, f"{door}/knock", stranger.open(door, timeout=20).read().decode(), name=NAME)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(made["join_url"], timeout=20).read().decode()
    secrets += urllib.parse.parse_qs(urllib.parse.urlsplit(made["join_url"]).query)["t"]
    post(browser, f"{door}/consent", page, decision="accepted")
    browser.open(f"{door}/receipt?as=text", timeout=20).close()

    picture = hold(web, made, api_token)
    ask(f"{api}/{made['id']}/end", api_token, "POST")
    wait_until(
        lambda: StoredReport.objects(id=made["id"], email_status="retrying").first(), "the e-mail to fail", timeout=60
    )
    ask(f"{api}/{made['id']}/report", api_token)
    ask(f"{api}/{made['id']}/export", api_token)
    ask(f"{api}/{made['id']}", api_token, "DELETE")

    logs = {program.log_path: program.log_path.read_bytes() for program in (web, work)}
    logs |= {path: path.read_bytes() for path in Path(settings["DATA_DIR"]).rglob("*") if "log" in path.name}
    found = [f"{path.name}: {one!r}" for path, text in logs.items() for one in traces(*secrets, picture) if one in text]
    assert found == []
    assert b"send_report" in logs[work.log_path] and b"Traceback" in logs[work.log_path], "it was written down"


def hold(web: Program, made: dict[str, Any], api_token: str) -> bytes:
    """The call, with what goes right and wrong in it. Returns the still as it was stored."""
    session = sessions.get(made["id"])
    auth = {"session": session.id, "token": made["candidate_token"], "peer": "page-1"}
    candidate = Socket(web.url, "/candidate", auth)
    console = Socket(web.url, "/interviewer", {"session": session.id, "api_token": api_token})
    try:
        session.reload()
        keep_stills(session, "still")
        candidate.emit("heartbeat", heartbeat())
        seen = observation()
        assert candidate.call("observation", seen)["ok"]
        assert candidate.call("evidence", {"observation": seen["id"], "at": seen["started_at"], "jpeg": jpeg()})["ok"]
        candidate.call("observation", {"kind": NAME})
        candidate.call("chat", {"text": NOTE})
        sessions.add_note(session, session.owner, NOTE)
        candidate.call("consent", {"decision": "withdrawn"})
        console.call("sync")
        return bytes(EvidencePicture.objects(session=session.id).first().jpeg)
    finally:
        candidate.close()
        console.close()
