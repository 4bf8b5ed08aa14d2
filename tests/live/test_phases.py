"""Phases: the candidate's page watches by them, and the interviewer's side learns no more than the phase."""

import urllib.error
import urllib.request
from typing import Any

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.incidents import service as incidents
from proctor_app.incidents.models import Observation
from proctor_app.policies.rules import Relief
from tests.conftest import Program
from tests.live.conftest import Cast, Connect, Socket, observation
from tests.waiting import wait_until


def mark(cast: Cast, server: Program, phase: str) -> int:
    """Mark a phase as a program of the owner's does. Returns the HTTP status."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/sessions/{cast.session.id}/phase",
        method="POST",
        data=f'{{"phase": "{phase}"}}'.encode(),
        headers={"Authorization": f"Bearer {cast.owner_token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def heard(socket: Socket, phase: str | None) -> Any:
    return socket.wait_for("phase", lambda data: data["phase"] == phase)


def test_the_candidate_watches_by_the_phase(
    cast: Cast, server: Program, candidate: Socket, interviewer: Socket
) -> None:
    usual = heard(candidate, None)
    assert "looking_away" in usual["policy"]["detectors"] and usual["relaxed"] == []
    assert mark(cast, server, "thinking") == 200
    orders = heard(candidate, "thinking")
    assert set(usual["policy"]["detectors"]) - set(orders["policy"]["detectors"]) == {"looking_away"}
    assert (orders["relaxed"], orders["grace_policy"], orders["grace_ms"]) == (["looking_away"], None, 0)
    assert mark(cast, server, "break") == 200
    assert heard(candidate, "break")["policy"]["detectors"] == []


def test_a_question_is_followed_by_time_to_think_and_so_is_the_next(
    cast: Cast, server: Program, candidate: Socket, interviewer: Socket
) -> None:
    def questions() -> list[Any]:
        return [one for one in candidate.all("phase") if one["phase"] == "question"]

    assert mark(cast, server, "question") == mark(cast, server, "question") == 200
    wait_until(lambda: len(questions()) == 2, "two questions")
    first, second = questions()
    assert first["grace_ms"] == 8000 and second["since"] > first["since"]
    assert "looking_away" not in second["grace_policy"]["detectors"]
    assert "looking_away" in second["policy"]["detectors"]


def test_a_page_that_was_away_hears_what_holds_now(
    cast: Cast, server: Program, connect: Connect, candidate: Socket, interviewer: Socket
) -> None:
    candidate.close()
    assert mark(cast, server, "reading") == 200
    again = connect("candidate", cast.session, token=cast.candidate_token, peer="page-1")
    assert "looking_away" not in heard(again, "reading")["policy"]["detectors"]


def test_what_a_page_notes_in_a_break_that_it_knows_nothing_of_is_kept_and_does_not_count(
    cast: Cast, server: Program, candidate: Socket, interviewer: Socket
) -> None:
    before = observation(seq=1)
    before["started_at"] -= 6000
    assert candidate.call("observation", before)["ok"]
    assert mark(cast, server, "break") == 200
    # The page has not told its end: it did not hear of the break.
    ended = interviewer.wait_for("incident", lambda data: data["ended_at"] is not None)
    assert ended["id"] == before["id"]
    meanwhile = observation(seq=2, kind="absence", reason=None)
    for message in (
        meanwhile,
        meanwhile,
        closing := meanwhile | {"seq": 3, "ended_at": meanwhile["started_at"] + 2000},
    ):
        assert candidate.call("observation", message)["ok"]
    assert mark(cast, server, "") == 200
    candidate.call("observation", before | {"seq": 4, "ended_at": meanwhile["started_at"] + 9000})
    candidate.call("observation", meanwhile)
    assert candidate.call("observation", closing)["ok"]
    assert interviewer.call("sync")["score"] == 98
    # A process that reads what is stored, as the next one does, makes no incident of it.
    assert incidents.counts_for(cast.session.id) == {"focus_loss": 1}
    [stored] = incidents.list_for(cast.session.id)
    assert clock.to_iso(stored.ended_at) == ended["ended_at"], "what counted ends at the break"
    kept = {one.id: one for one in Observation.objects(session=cast.session.id)}
    assert (kept[before["id"]].incident, kept[meanwhile["id"]].incident) == (before["id"], None)
    assert kept[meanwhile["id"]].client_ended_ms == closing["ended_at"]


def test_what_an_accommodation_takes_off_reaches_the_candidate_alone(
    app: Any, cast: Cast, server: Program, connect: Connect, interviewer: Socket
) -> None:
    with app.app_context():
        profile = accommodations.create_profile("Moves a lot", Relief(("window_blur",), {"looking_away": 42}))
        accommodations.use_code(accommodations.make_code(profile), cast.session.id)
    candidate = connect("candidate", cast.session, token=cast.candidate_token, peer="page-1")
    orders = heard(candidate, None)
    assert "window_blur" not in orders["policy"]["detectors"]
    assert orders["policy"]["thresholds"]["looking_away"] == 42
    assert mark(cast, server, "coding") == 200
    assert set(heard(interviewer, "coding")) == {"phase", "since", "grace_ms", "now"}
    assert not [name for name, data in interviewer.heard if "looking_away" in str(data) or "Moves" in str(data)]


def test_no_phase_before_the_start_nor_by_a_word_that_is_none(cast: Cast, server: Program, connect: Connect) -> None:
    assert mark(cast, server, "coding") == 409
    connect("candidate", cast.session, token=cast.candidate_token, peer="page-1")
    assert mark(cast, server, "lunch") == 422
