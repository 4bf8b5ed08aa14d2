"""Policies: administrators make and change them beside a preview; nothing that was said is ever lost."""

import re
from typing import Any

import pytest

from proctor_app.accounts.models import Interviewer
from proctor_app.policies import payloads, service
from proctor_app.policies.kinds import Phase
from proctor_app.policies.models import OwnPolicy
from proctor_app.policies.rules import CLASSIC, Policy
from proctor_app.sessions import service as sessions
from tests.cast import make_owner, make_stranger, sign_in


@pytest.fixture
def admin(client: Any) -> Interviewer:
    """Olga, who is an administrator, signed in."""
    olga = make_owner()
    olga.modify(set__is_admin=True)
    sign_in(client, olga)
    return olga


def filled(policy: Policy = CLASSIC, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it, with some fields filled in otherwise."""
    fields: dict[str, Any] = dict(payloads.draft_of(policy, "").typed)
    fields |= {"name": "Frontend", "on": list(policy.detectors), "evidence": policy.evidence, "from": "classic"}
    fields |= {f"relaxed.{phase}": list(policy.relaxed[phase]) for phase in Phase}
    return fields | {name.replace("__", "."): value for name, value in changed.items()}


def made(client: Any, **changed: Any) -> str:
    """A new policy; its key."""
    answer = client.post("/policies", data=filled(**changed))
    assert answer.status_code == 303, re.findall(r"field__error.*", answer.text)
    return str(answer.location.rsplit("/", 1)[1])


def test_a_policy_says_what_was_filled_in(client: Any, admin: Interviewer) -> None:
    key = made(
        client, points__absence="4", cap__absence="8", seconds__looking_away="7,5", on=["absence", "looking_away"],
        relaxed__coding=["absence"], frames_per_second="3", grace_seconds="0", evidence="line_art", summary="Short",
    )  # fmt: skip
    policy = service.current(key)
    assert (policy.name, policy.version, policy.weights["absence"], policy.caps) == ("Frontend", 1, 4, {"absence": 8})
    assert policy.thresholds["looking_away"] == 7.5 and policy.detectors == ("looking_away", "absence")
    assert policy.relaxed["coding"] == ("absence",) and policy.relaxed["break"] == CLASSIC.relaxed["break"]
    assert (policy.frames_per_second, policy.grace_seconds, policy.evidence) == (3, 0, "line_art")
    assert "Frontend" in client.get("/").text and "Short" in client.get("/policies").text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Give the policy a name"),
        ({"name": "Classic"}, "name", "Another policy has this name"),
        ({"points__absence": "-1"}, "points.absence", "Give a whole number from 0 to 100."),
        ({"points__absence": "2.5"}, "points.absence", "Give a whole number from 0 to 100."),
        ({"seconds__absence": "soon"}, "seconds.absence", "Give a number from 0.5 to 600 s."),
        ({"seconds__absence": "nan"}, "seconds.absence", "Give a number from 0.5 to 600 s."),
        ({"seconds__absence": "2"}, "seconds.absence", "it needs 3 s or more"),
        ({"seconds__monitoring_gap": "2"}, "seconds.monitoring_gap", "Give a number from 5 to 600 s."),
        ({"cap__multiple_faces": "3"}, "cap.multiple_faces", "One incident takes 5 off"),
        ({"frames_per_second": "30"}, "frames_per_second", "Give a number from 2 to 10 a second."),
        ({"on": []}, "on", "Nothing is watched for"),
        ({"evidence": "video"}, "evidence", "Choose one of the three."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client: Any, admin: Interviewer, changed: dict[str, Any], field: str, sentence: str
) -> None:
    answer = client.post("/policies", data=filled(**changed))
    assert answer.status_code == 422
    error = re.search(rf'id="{re.escape(field)}-error">(.*?)</(?:p|span></span)>', answer.text, re.DOTALL)
    assert error and sentence in error[1]
    assert OwnPolicy.objects.count() == 0


def test_what_was_typed_is_not_lost(client: Any, admin: Interviewer) -> None:
    page = client.post("/policies", data=filled(points__absence="lots", seconds__looking_away="9")).text
    assert 'value="lots"' in page and re.search(r'name="seconds\.looking_away"[^>]*value="9"', page)


def test_the_preview_computes_as_interviews_are_scored(client: Any, admin: Interviewer) -> None:
    def score(**changed: Any) -> int:
        found = re.search(r'preview-score">(\d+)<', client.post("/policies/preview", data=filled(**changed)).text)
        return int(found[1]) if found else -1

    usual = score()
    # Of two absences that last long enough in the sample, each takes three off.
    assert score(points__absence="5") == usual - 4
    assert score(points__absence="5", cap__absence="5") == usual + 1
    assert score(on=["multiple_faces"]) == 95
    assert score(points__absence="many") == usual


def test_changes_make_versions_and_going_back_makes_one_more(client: Any, admin: Interviewer) -> None:
    key = made(client)
    assert client.post(f"/policies/{key}", data=filled(points__absence="9", base="1")).status_code == 303
    assert service.current(key).weights["absence"] == 9
    page = client.get(f"/policies/{key}").text
    assert "Absence: 3 → 9 points" in page and "by Olga Owner" in page
    client.post(f"/policies/{key}/versions/1")
    policy = service.current(key)
    assert (policy.version, policy.weights["absence"]) == (3, 3)
    assert "back to version 1" in client.get(f"/policies/{key}").text


def test_saving_what_it_says_already_makes_no_version(client: Any, admin: Interviewer) -> None:
    key = made(client)
    client.post(f"/policies/{key}", data=filled(base="1"))
    assert service.current(key).version == 1


def test_nobody_overwrites_what_another_saved_meanwhile(client: Any, admin: Interviewer) -> None:
    key = made(client)
    client.post(f"/policies/{key}", data=filled(points__absence="9", base="1"))
    answer = client.post(f"/policies/{key}", data=filled(points__absence="1", base="1"))
    assert answer.status_code == 422 and "Somebody saved another version" in answer.text
    assert service.current(key).weights["absence"] == 9


def test_an_archived_one_is_not_offered_keeps_what_is_scheduled_and_comes_back(
    client: Any, app: Any, admin: Interviewer
) -> None:
    key = made(client)
    client.post("/", data={"title": "T", "candidate_name": "C", "policy": key})
    session = sessions.list_for(str(admin.id)).first()
    client.post(f"/policies/{key}/archive")
    assert f'value="{key}"' not in client.get("/").text
    refused = client.post("/", data={"title": "T", "candidate_name": "C", "policy": key})
    assert refused.status_code == 422 and f"There is no policy “{key}”" in refused.text
    with app.app_context():
        assert sessions.policy_of(session).name == "Frontend"
    client.post(f"/policies/{key}/restore")
    assert f'value="{key}"' in client.get("/").text


def test_an_interview_keeps_the_version_that_it_started_with(client: Any, app: Any, admin: Interviewer) -> None:
    key = made(client)
    session, _ = sessions.create(str(admin.id), "T", "C", "", policy_name=key)
    with app.app_context():
        sessions.start(session, session.created_at)
    client.post(f"/policies/{key}", data=filled(points__absence="9", base="1"))
    kept = sessions.policy_of(sessions.get(session.id))
    assert (kept.version, kept.weights["absence"]) == (1, 3)


def test_others_may_read_and_not_change(client: Any, admin: Interviewer) -> None:
    key = made(client)
    sign_in(client, make_stranger())
    page = client.get(f"/policies/{key}").text
    assert "Frontend" in page and 'data-testid="policy-save"' not in page
    for path in ("/policies", f"/policies/{key}", f"/policies/{key}/archive", f"/policies/{key}/versions/1"):
        assert client.post(path, data=filled(base="1")).status_code == 403
    assert service.current(key).version == 1 and service.get(key).archived_at is None
    assert client.get("/policies/nothing").status_code == 404
