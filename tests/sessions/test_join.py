"""The candidate's door: link, knock, consent, and the page with check and call."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape

from proctor_app import clock
from proctor_app.policies import rules as policies
from proctor_app.sessions import links, service
from proctor_app.sessions.kinds import KnockStatus
from proctor_app.sessions.models import Knock, Session
from tests.cast import make_owner, make_stranger

NOBODYS_ID = "lusab-babad-gutih-tugad"


@pytest.fixture
def invited(client: Any) -> tuple[Session, str]:
    """An interview with Asha, and its link's token; another one as noise."""
    owner = make_owner()
    service.create(str(make_stranger().id), "Frontend", "Ben", "")
    return service.create(str(owner.id), "Backend engineer", "Asha Verma", "asha@example.org")


def open_link(client: Any, session: Session, token: str) -> Any:
    return client.get(f"/join/{session.id}?t={token}")


def decide(client: Any, session: Session, decision: str, version: str | None = None) -> Any:
    """Answer the text that is shown, or the one of another version."""
    version = version or version_in(client.get(f"/join/{session.id}/consent").text)
    return client.post(f"/join/{session.id}/consent", data={"decision": decision, "version": version})


def version_in(page: str) -> str:
    """The version of the text that a page shows; empty where it shows none."""
    found = re.search(r'name="version" value="([^"]+)"', page)
    return found[1] if found else ""


def without_tokens(page: str, session_id: str) -> str:
    """The page without what is its own on each load: the id in its addresses, and CSRF tokens."""
    page = page.replace(session_id, "ID")
    return re.sub(r'(name="csrf[_-]token" (?:value|content)=|"X-CSRFToken": )"[^"]*"', r"\1TOKEN", page)


class TestTheLink:
    def test_lets_the_browser_in_and_leaves_the_address_bar(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        answer = open_link(client, session, token)
        assert (answer.status_code, answer.location) == (303, f"/join/{session.id}")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and token not in cookie
        page = client.get(answer.location).text
        assert "Asha Verma" in page and 'data-testid="consent-accept"' in page

    def test_is_needed_once_only(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        for _ in range(2):
            assert "Backend engineer" in client.get(f"/join/{session.id}").text

    def test_with_a_wrong_token_shows_the_door_and_nothing_else(
        self, client: Any, invited: tuple[Session, str]
    ) -> None:
        session, token = invited
        real = open_link(client, session, token[:-1])
        made_up = client.get(f"/join/{NOBODYS_ID}?t={token}")
        assert real.status_code == made_up.status_code == 200
        assert 'data-testid="knock-name"' in real.text
        assert without_tokens(real.text, session.id) == without_tokens(made_up.text, NOBODYS_ID)

    def test_of_one_interview_does_not_open_another(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        other, _ = service.create(session.owner, "Design", "Cleo", "")
        open_link(client, session, token)
        assert "Cleo" not in client.get(f"/join/{other.id}").text
        assert 'data-testid="knock-name"' in open_link(client, other, token).text

    def test_made_anew_shuts_out_who_came_by_the_old_one(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        links.renew(session, session.owner)
        page = client.get(f"/join/{session.id}").text
        assert 'data-testid="knock-name"' in page and "Asha" not in page

    def test_tells_the_interviewer_that_it_was_opened(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        client.get(open_link(client, session, token).location)
        assert service.get(session.id).opened_at is not None


class TestTheKnock:
    def test_page_is_the_same_for_every_id(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        real, made_up = client.get(f"/join/{session.id}"), client.get(f"/join/{NOBODYS_ID}")
        assert real.status_code == made_up.status_code == 200
        assert without_tokens(real.text, session.id) == without_tokens(made_up.text, NOBODYS_ID)

    def test_waits_the_same_for_every_id(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        pages = []
        for session_id in (session.id, NOBODYS_ID):
            answer = client.post(f"/join/{session_id}/knock", data={"name": "Asha"})
            assert answer.status_code == 303
            pages.append(without_tokens(client.get(f"/join/{session_id}").text, session_id))
            poll = client.get(f"/join/{session_id}/knock")
            assert (poll.status_code, poll.data) == (204, b"")
        assert pages[0] == pages[1]
        assert "Backend" not in pages[0]

    def test_is_heard_on_the_console(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "  Asha   V. "})
        client.post(f"/join/{NOBODYS_ID}/knock", data={"name": "Noise"})
        assert [one.name for one in service.waiting_knocks(session.id)] == ["Asha V."]

    def test_repeated_is_the_same_knock(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        for _ in range(2):
            client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        assert len(service.waiting_knocks(session.id)) == 1

    @pytest.mark.parametrize("name", ["", "   ", "x" * 201])
    def test_needs_a_name(self, client: Any, invited: tuple[Session, str], name: str) -> None:
        session, _ = invited
        answer = client.post(f"/join/{session.id}/knock", data={"name": name})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert service.waiting_knocks(session.id) == []

    def test_admitted_leads_to_consent(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        [waiting] = service.waiting_knocks(session.id)
        service.answer_knock(session, waiting.id, KnockStatus.ADMITTED)
        assert client.get(f"/join/{session.id}/knock").headers["HX-Redirect"] == f"/join/{session.id}"
        answer = client.get(f"/join/{session.id}", follow_redirects=True)
        assert 'data-testid="consent-accept"' in answer.text

    def test_admitted_before_a_new_link_was_made_is_shut_out_too(
        self, client: Any, invited: tuple[Session, str]
    ) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        [waiting] = service.waiting_knocks(session.id)
        service.answer_knock(session, waiting.id, KnockStatus.ADMITTED)
        client.get(f"/join/{session.id}")
        links.renew(session, session.owner)
        assert 'data-testid="knock-refused"' in client.get(f"/join/{session.id}").text

    def test_admitted_lets_in_only_the_browser_that_knocked(
        self, app: Any, client: Any, invited: tuple[Session, str]
    ) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        [waiting] = service.waiting_knocks(session.id)
        service.answer_knock(session, waiting.id, KnockStatus.ADMITTED)
        somebody = app.test_client()
        assert 'data-testid="knock-name"' in somebody.get(f"/join/{session.id}").text

    def test_refused_is_told_politely_and_may_be_repeated(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        [waiting] = service.waiting_knocks(session.id)
        service.answer_knock(session, waiting.id, KnockStatus.REFUSED)
        assert "HX-Redirect" in client.get(f"/join/{session.id}/knock").headers
        page = client.get(f"/join/{session.id}").text
        assert "not let in" in page and "Backend" not in page
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        assert len(service.waiting_knocks(session.id)) == 1

    def test_of_a_closed_page_is_not_waited_for(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha"})
        Knock.objects(session=session.id).update(set__seen_at=clock.now() - timedelta(minutes=5))
        assert service.waiting_knocks(session.id) == []
        client.get(f"/join/{session.id}/knock")
        assert len(service.waiting_knocks(session.id)) == 1

    def test_is_limited(self, settings: dict[str, str], request: Any) -> None:
        settings["RATE_LIMITS"] = "on"
        client = request.getfixturevalue("client")
        answers = [client.post(f"/join/{NOBODYS_ID}-{n}/knock", data={"name": "A"}).status_code for n in range(8)]
        assert answers[0] == 303 and answers[-1] == 429


class TestConsent:
    def test_page_says_what_when_and_for_how_long(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        page = client.get(open_link(client, session, token).location).text
        for heading in ("What is watched", "What is not", "What is stored", "Your choices"):
            assert heading in page
        assert "after 90 days" in page
        assert f"Text version {version_in(page)}" in page

    def test_accepted_is_stored_and_leads_to_the_check(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        asked = client.get(f"/join/{session.id}").text
        before = clock.now()
        page = client.get(decide(client, session, "accepted").location).text
        stored = service.get(session.id).consent
        assert (stored.decision, stored.version, stored.source) == ("accepted", version_in(asked), "page")
        # Each line of a list is kept with what its heading says of it.
        assert "Not watched: Your expressions, mood or stress" in stored.text
        assert all(escape(line.partition(": ")[2] or line) in asked for line in stored.text)
        assert before <= stored.decided_at <= clock.now()
        assert 'data-testid="join-call"' in page

    def test_declined_is_told_and_may_be_thought_over(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        page = client.get(decide(client, session, "declined").location).text
        assert 'data-testid="declined"' in page and "join-call" not in page
        assert service.get(session.id).consent.decision == "declined"
        assert 'data-testid="consent-accept"' in client.get(f"/join/{session.id}/consent").text
        assert 'data-testid="join-call"' in client.get(decide(client, session, "accepted").location).text

    def test_of_an_older_text_is_not_taken(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        assert decide(client, session, "accepted", "1999-1").status_code == 422
        assert service.get(session.id).consent is None

    def test_of_another_policys_text_is_asked_for_again(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        decide(client, session, "accepted")
        service.get(session.id).modify(set__policy=replace(policies.CLASSIC, evidence="still").as_dict())
        page = client.get(f"/join/{session.id}").text
        assert "one small picture of your head and shoulders" in page and "join-call" not in page
        assert 'data-testid="join-call"' in client.get(decide(client, session, "accepted").location).text

    def test_needs_one_of_two_answers(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        assert decide(client, session, "maybe").status_code == 422
        assert service.get(session.id).consent is None

    def test_is_only_the_candidates_to_give(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        assert decide(client, session, "accepted").status_code == 404
        assert client.get(f"/join/{session.id}/consent").status_code == 404
        assert decide(client, Session(id=NOBODYS_ID), "accepted").status_code == 404
        assert service.get(session.id).consent is None

    def test_vouched_for_by_a_program_is_not_asked_again(self, client: Any, invited: tuple[Session, str]) -> None:
        vouched = ("ours-3", clock.now())
        session, token = service.create(invited[0].owner, "Design", "Cleo", "", consent=vouched)
        assert 'data-testid="join-call"' in client.get(open_link(client, session, token).location).text


class TestThePage:
    def data_of(self, page: str) -> Any:
        found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.DOTALL)
        assert found
        return json.loads(found[1])

    def test_tells_the_scripts_what_they_need(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        data = self.data_of(client.get(decide(client, session, "accepted").location).text)
        assert (data["session"], data["status"], data["interviewer"]) == (session.id, "scheduled", "Olga Owner")
        assert data["policy"]["thresholds"]["absence"] == 10
        assert data["ice_servers"] == []

    def test_holds_names_of_every_kind(self, client: Any, invited: tuple[Session, str]) -> None:
        name = "</script><script>alert(1)</script> आशा"
        session, token = service.create(invited[0].owner, name, name, "")
        assert "<script>alert" not in client.get(open_link(client, session, token).location).text
        page = client.get(decide(client, session, "accepted").location).text
        assert "<script>alert" not in page
        assert self.data_of(page)["candidate"] == name

    def test_after_the_end_only_delivers(self, app: Any, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        decide(client, session, "accepted")
        with app.app_context():
            service.start(service.get(session.id), clock.now())
            service.end(service.get(session.id), "interviewer", clock.now())
        page = client.get(f"/join/{session.id}").text
        assert self.data_of(page)["status"] == "ended"
        assert decide(client, session, "declined").status_code == 303
        assert service.get(session.id).consent.decision == "accepted"

    def test_after_an_end_without_the_candidate_says_so(
        self, app: Any, client: Any, invited: tuple[Session, str]
    ) -> None:
        session, token = invited
        open_link(client, session, token)
        with app.app_context():
            service.end(service.get(session.id), "interviewer", clock.now())
        assert 'data-testid="over"' in client.get(f"/join/{session.id}").text

    def test_is_never_kept_by_the_browser(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        assert client.get(open_link(client, session, token).location).headers["Cache-Control"] == "no-store"
        assert client.get(f"/join/{session.id}").headers["Referrer-Policy"] == "no-referrer"


def test_a_forged_cookie_opens_nothing(client: Any, invited: tuple[Session, str]) -> None:
    session, _ = invited
    client.set_cookie(f"candidate-{session.id}", json.dumps({"session": session.id, "link": session.invite_hash[:16]}))
    assert 'data-testid="knock-name"' in client.get(f"/join/{session.id}").text


class TestTheReceipt:
    def test_says_what_was_answered_to_which_words(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        assert 'data-testid="receipt-download"' not in client.get(f"/join/{session.id}/receipt").text
        decide(client, session, "declined")
        decide(client, session, "accepted")
        given = service.get(session.id).consent
        page = client.get(f"/join/{session.id}/receipt").text
        assert "You declined to be watched" in page and "You agreed to be watched" in page
        file = client.get(f"/join/{session.id}/receipt?as=text")
        assert file.headers["Content-Disposition"].startswith("attachment") and file.mimetype == "text/plain"
        for shown in (page, file.text):
            assert session.id in shown and given.version in shown
            assert all(line in shown or str(escape(line)) in shown for line in given.text)
        assert clock.to_iso(given.decided_at) in file.text

    def test_is_linked_where_the_candidate_is(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        open_link(client, session, token)
        decide(client, session, "accepted")
        assert client.get(f"/join/{session.id}").text.count('data-testid="receipt-link"') == 2

    def test_is_nobody_elses(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        assert client.get(f"/join/{session.id}/receipt").status_code == 404
