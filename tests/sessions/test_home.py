"""The first page: an interviewer's interviews, and creating one."""

import re
from datetime import timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.accounts.models import Interviewer
from proctor_app.incidents.models import Incident, WatchSpan
from proctor_app.policies import rules as policies
from proctor_app.sessions import service
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in


@pytest.fixture
def owner(client: Any) -> Interviewer:
    """Olga, signed in."""
    interviewer = make_owner()
    sign_in(client, interviewer)
    return interviewer


def make(owner: Interviewer, title: str = "Backend engineer", candidate: str = "Asha Verma") -> Session:
    return service.create(str(owner.id), title, candidate, "")[0]


def hold(session: Session, seen_share: float = 1.0) -> None:
    """Turn a session into one of 40 minutes that has ended, watched for a share of the time."""
    end = clock.now() - timedelta(hours=1)
    start = end - timedelta(minutes=40)
    seen_until = start + (end - start) * seen_share
    policy = policies.CLASSIC.as_dict()
    session.modify(set__status="ended", set__started_at=start, set__ended_at=end, set__policy=policy)
    spans = [("seen", None, start, seen_until), ("could_not_tell", "too_dark", seen_until, end)]
    for number, (state, reason, begin, until) in enumerate(spans):
        WatchSpan(
            session=session.id, number=number, state=state, reason=reason, started_at=begin, ended_at=until
        ).save()


def see(session: Session, number: int, kind: str, reason: str | None = None, verdict: str | None = None) -> None:
    at = session.started_at + timedelta(minutes=number)
    Incident(
        id=f"{session.id}-{number}",
        session=session.id,
        number=number,
        kind=kind,
        reason=reason,
        source="candidate",
        started_at=at,
        ended_at=at + timedelta(seconds=6),
        confidence=0.9,
        verdict=verdict,
    ).save()


def row_of(page: str, session: Session) -> str:
    """The text of one row of the list, without its markup."""
    found = re.search(rf'<tr id="row-{session.id}">(.*?)</tr>', page, re.DOTALL)
    assert found, f"{session.title} is not in the list"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_nobody_signed_in_sees_nothing(client: Any) -> None:
    make(make_owner())
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_first_visit_explains_the_first_step(client: Any, owner: Interviewer) -> None:
    page = client.get("/").text
    assert "No interviews yet" in page and "link to send to the candidate" in page
    assert 'data-testid="create-session"' in page


def test_creating_opens_the_console_and_keeps_the_link(client: Any, owner: Interviewer) -> None:
    answer = client.post(
        "/",
        data={"title": " Backend engineer ", "candidate_name": " Asha Verma ", "candidate_email": "Asha@Example.org"},
    )
    session = Session.objects.get()
    assert (answer.status_code, answer.location) == (302, f"/sessions/{session.id}")
    assert (session.title, session.candidate_name, session.candidate_email, session.owner, session.status) == (
        "Backend engineer",
        "Asha Verma",
        "asha@example.org",
        str(owner.id),
        "scheduled",
    )
    invite = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("invite="))
    assert f"Path=/sessions/{session.id}" in invite and "HttpOnly" in invite
    assert "Asha Verma" in row_of(client.get("/").text, session)


def test_candidates_address_may_stay_empty(client: Any, owner: Interviewer) -> None:
    assert client.post("/", data={"title": "T", "candidate_name": "C"}).status_code == 302


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": ""}, "Give the interview a title"),
        ({"title": "   "}, "Give the interview a title"),
        ({"title": "x" * 201}, "The title holds 200 characters at most"),
        ({"candidate_name": ""}, "Give the candidate&#39;s name"),
        ({"candidate_name": "x" * 201}, "The name holds 200 characters at most"),
        ({"candidate_email": "asha"}, "That is not an e-mail address"),
    ],
)
def test_bad_input_is_named_and_nothing_is_created(
    client: Any, owner: Interviewer, changed: dict[str, str], sentence: str
) -> None:
    data = {"title": "Backend engineer", "candidate_name": "Asha <b>", "candidate_email": "asha@example.org"} | changed
    answer = client.post("/", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text and answer.text.count('aria-invalid="true"') == 1
    assert "Asha &lt;b&gt;" in answer.text or "candidate_name" in changed, "what was typed stays in the form"
    assert Session.objects.count() == 0


def test_stranger_sees_nothing_of_it(app: Any, client: Any, owner: Interviewer) -> None:
    make(owner, "Secret project")
    stranger = sign_in(app.test_client(), make_stranger())
    page = stranger.get("/").text
    assert "Secret project" not in page and "No interviews yet" in page


def test_row_tells_score_coverage_and_what_is_to_review(client: Any, owner: Interviewer) -> None:
    session, noise = make(owner), make(owner, "Another")
    for one in (session, noise):
        hold(one, seen_share=0.9)
    see(session, 1, "focus_loss", "looking_away")
    see(session, 2, "focus_loss", "window_blur", "confirmed")
    see(session, 3, "absence")
    see(session, 4, "multiple_faces", verdict="dismissed")
    see(noise, 1, "multiple_faces")
    row = row_of(client.get("/").text, session)
    assert "Ended" in row and "40 min" in row and "90 %" in row
    assert "score 93" in row, "100 − (2·2 + 1·3): the dismissed one does not count"
    assert "2 to review" in row


def test_too_little_watched_takes_the_place_of_the_score(client: Any, owner: Interviewer) -> None:
    session = make(owner)
    hold(session, seen_share=0.4)
    row = row_of(client.get("/").text, session)
    assert "insufficient data" in row and "score" not in row and "40 %" in row


def test_never_held_has_no_score(app: Any, client: Any, owner: Interviewer) -> None:
    session = make(owner)
    with app.app_context():
        service.end(session, "interviewer", clock.now())
    row = row_of(client.get("/").text, session)
    assert "Ended, not held" in row and "score" not in row and "%" not in row


def test_knock_is_seen_from_the_list(client: Any, owner: Interviewer) -> None:
    session, quiet = make(owner), make(owner, "Quiet")
    assert "Scheduled" in row_of(client.get("/").text, session)
    service.knock(session.id, "Asha")
    page = client.get("/", headers={"HX-Request": "true"}).text
    assert "Knocks at the door" in row_of(page, session)
    assert "Scheduled" in row_of(page, quiet)
    assert "<html" not in page and "csrf_token" not in page, "the list refreshes itself, alone"


def test_list_is_chosen_by_status_and_sorted(client: Any, owner: Interviewer) -> None:
    first, second, third = make(owner, "B", "Zoe"), make(owner, "C", "Ann"), make(owner, "A", "Max")
    hold(second)

    def order(query: str) -> list[str]:
        return re.findall(r'<tr id="row-([\w-]+)"', client.get("/", query_string=query).text)

    assert order("") == [third.id, second.id, first.id]
    assert order("sort=oldest") == [first.id, second.id, third.id]
    assert order("sort=title") == [third.id, first.id, second.id]
    assert order("sort=candidate") == [second.id, third.id, first.id]
    assert order("status=ended") == [second.id]
    assert order("status=scheduled&sort=oldest") == [first.id, third.id]
    assert order("status=nonsense&sort=nonsense&page=nonsense") == [third.id, second.id, first.id]
    assert "None live at the moment" in client.get("/?status=live").text


def test_long_lists_come_in_pages_of_fifty(client: Any, owner: Interviewer) -> None:
    for number in range(53):
        make(owner, f"Number {number}")
    pages = [client.get(f"/?page={page}").text for page in (1, 2, 99)]
    assert [page.count('<tr id="row-') for page in pages] == [50, 3, 3]
    assert "Page 1 of 2" in pages[0] and "page=2" in pages[0]
    assert "Number 52" in pages[0] and "Number 0<" in pages[1]


def test_titles_and_names_are_shown_as_text(client: Any, owner: Interviewer) -> None:
    make(owner, "<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    page = client.get("/").text
    assert "<script>alert" not in page and "<img" not in page


def test_pages_hold_no_inline_style_or_script(client: Any, owner: Interviewer) -> None:
    hold(make(owner))
    for path in ("/", "/account", "/nothing-here"):
        page = client.get(path).text
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)", page), path
