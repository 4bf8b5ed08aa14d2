"""The candidate's link: good for one browser, for a while, and only until it is withdrawn or made anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proctor_app import clock
from proctor_app.sessions import links, rules, service
from proctor_app.sessions.kinds import KnockStatus, LinkState
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger

IN, AT_THE_DOOR, USED = 'data-testid="consent-accept"', 'data-testid="knock-name"', 'data-testid="link-used"'


@pytest.fixture
def invited(app: Any) -> tuple[Session, str]:
    """An interview with Asha, and its link's token; another one as noise."""
    service.create(str(make_stranger().id), "Frontend", "Ben", "")
    return service.create(str(make_owner().id), "Backend engineer", "Asha Verma", "")


@pytest.fixture
def other_device(app: Any, client: Any) -> Any:
    return app.test_client()


def opened(client: Any, session: Session, token: str, **headers: str) -> str:
    answer = client.get(f"/join/{session.id}?t={token}", headers=headers, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.text)


def knock_with_link(client: Any, session: Session, token: str) -> None:
    assert f'name="token" value="{token}"' in opened(client, session, token)
    client.post(f"/join/{session.id}/knock", data={"name": "Asha", "token": token})


class TestUsedOnce:
    def test_a_second_device_is_told_and_learns_nothing(
        self, client: Any, other_device: Any, invited: tuple[Session, str]
    ) -> None:
        session, token = invited
        assert IN in opened(client, session, token)
        page = opened(other_device, session, token)
        assert USED in page and AT_THE_DOOR in page
        assert "Asha" not in page and "Backend" not in page
        assert other_device.get(f"/join/{session.id}/consent").status_code == 404

    def test_the_first_device_may_open_it_again(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        for _ in range(2):
            assert IN in opened(client, session, token)

    def test_a_second_device_is_let_in_by_the_interviewer(
        self, client: Any, other_device: Any, invited: tuple[Session, str]
    ) -> None:
        session, token = invited
        opened(client, session, token)
        knock_with_link(other_device, session, token)
        [waiting] = service.waiting_knocks(session.id)
        assert waiting.has_link
        service.answer_knock(session, waiting.id, KnockStatus.ADMITTED)
        for device in (other_device, client):
            assert IN in device.get(f"/join/{session.id}", follow_redirects=True).text

    def test_who_only_says_to_have_the_link_is_not_believed(self, client: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        client.post(f"/join/{session.id}/knock", data={"name": "Asha", "token": "made up"})
        assert [one.has_link for one in service.waiting_knocks(session.id)] == [False]

    @pytest.mark.parametrize(
        "headers",
        [
            {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
            {"User-Agent": "WhatsApp/2.23.20.0"},
            {"Sec-Purpose": "prefetch;prerender"},
        ],
    )
    def test_a_preview_does_not_use_it_up(
        self, client: Any, other_device: Any, invited: tuple[Session, str], headers: dict[str, str]
    ) -> None:
        session, token = invited
        assert "Asha" not in opened(other_device, session, token, **headers)
        assert IN in opened(client, session, token)

    def test_nor_does_a_request_for_headers_alone(self, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        client.head(f"/join/{session.id}?t={token}")
        assert service.get(session.id).invite_used_at is None

    def test_a_telephone_whose_maker_is_called_cubot_is_no_preview(self) -> None:
        phone = "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
        assert not rules.is_only_a_look("GET", {"User-Agent": phone})

    def test_only_the_first_of_two_at_once_gets_in(self, app: Any, invited: tuple[Session, str]) -> None:
        session, _ = invited
        both = [service.get(session.id), service.get(session.id)]
        with app.app_context():
            assert [links.use(one, "page") for one in both] == [True, False]

    def test_a_programs_token_opens_the_page_once_too(
        self, client: Any, other_device: Any, invited: tuple[Session, str]
    ) -> None:
        session, _ = invited
        token = links.add_program_token(session)
        assert IN in opened(client, session, token)
        assert USED in opened(other_device, session, token)


class TestItsTime:
    MADE = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def test_runs_from_the_making_or_the_planned_time(self) -> None:
        assert rules.link_expires_at(self.MADE, None, 14) == datetime(2026, 3, 15, 9, tzinfo=UTC)
        planned = datetime(2026, 4, 1, 9, tzinfo=UTC)
        assert rules.link_expires_at(self.MADE, planned, 14) == datetime(2026, 4, 15, 9, tzinfo=UTC)
        assert rules.link_expires_at(planned, self.MADE, 1) == datetime(2026, 4, 2, 9, tzinfo=UTC)

    def test_over_it_opens_no_more_but_whoever_is_in_stays(self, settings: dict[str, str], request: Any) -> None:
        settings["JOIN_LINK_DAYS"] = "2"
        client, app = request.getfixturevalue("client"), request.getfixturevalue("app")
        owner = str(make_owner().id)
        opened_in_time, token = service.create(owner, "Backend", "Asha", "")
        opened(client, opened_in_time, token)
        unopened, late_token = service.create(owner, "Backend", "Cleo", "")
        for one in (opened_in_time, unopened):
            one.modify(set__invite_made_at=clock.now() - timedelta(days=2, minutes=1))
        assert IN in client.get(f"/join/{opened_in_time.id}").text
        page = opened(client, unopened, late_token)
        assert 'data-testid="link-expired"' in page and "Cleo" not in page
        with app.app_context():
            assert links.state(service.get(unopened.id), clock.now()) == LinkState.EXPIRED


class TestWithdrawn:
    def test_it_shuts_out_everybody_until_a_new_one_is_made(
        self, client: Any, other_device: Any, invited: tuple[Session, str]
    ) -> None:
        session, token = invited
        opened(client, session, token)
        knock_with_link(other_device, session, token)
        [waiting] = service.waiting_knocks(session.id)
        service.answer_knock(session, waiting.id, KnockStatus.ADMITTED)
        other_device.get(f"/join/{session.id}")
        links.withdraw(service.get(session.id), session.owner)
        for device in (client, other_device):
            assert "Asha Verma" not in device.get(f"/join/{session.id}").text
            page = opened(device, session, token)
            assert USED not in page and "does not open an interview" in page
        assert IN in opened(client, session, links.renew(service.get(session.id), session.owner))

    def test_it_stands_in_the_interviews_story(self, app: Any, client: Any, invited: tuple[Session, str]) -> None:
        session, token = invited
        opened(client, session, token)
        links.withdraw(service.get(session.id), session.owner)
        links.renew(service.get(session.id), session.owner)
        steps = [(step.action, step.by) for step in service.transitions_of(session.id)]
        assert steps == [
            ("link_opened", "candidate"),
            ("link_withdrawn", session.owner),
            ("link_renewed", session.owner),
        ]


def test_after_the_end_the_link_says_so_and_opens_nothing(app: Any, client: Any, invited: tuple[Session, str]) -> None:
    session, token = invited
    with app.app_context():
        service.end(service.get(session.id), session.owner, clock.now())
    assert 'data-testid="over"' in opened(client, session, token)
    assert AT_THE_DOOR in client.get(f"/join/{session.id}").text
