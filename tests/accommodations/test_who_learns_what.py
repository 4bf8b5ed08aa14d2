"""Accommodations: given by a code, and known in full to administrators and to the candidate alone."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from proctor_app import clock, records
from proctor_app.accommodations import service
from proctor_app.accommodations.models import Accommodation, Profile
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import Interviewer
from proctor_app.errors import ProctorError
from proctor_app.policies import rules
from proctor_app.policies.rules import CLASSIC, Relief
from proctor_app.reports import build, json_writer
from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner, make_stranger, sign_in

# Values that stand nowhere else, so that a page which tells one is found out.
SECRET_NAME = "Nystagmus, left eye"
RELIEF = Relief(("window_blur",), {"looking_away": 47}, no_pictures=True)
TOLD = (SECRET_NAME, "Nystagmus", "47", "no_pictures")


@pytest.fixture
def owner(client: Any) -> Interviewer:
    """Olga, who interviews, signed in; she is no administrator."""
    olga = make_owner()
    sign_in(client, olga)
    return olga


@pytest.fixture
def profile(app: Any) -> Profile:
    return service.create_profile(SECRET_NAME, RELIEF)


@pytest.fixture
def session(client: Any, owner: Interviewer, profile: Profile) -> Session:
    """An interview of Olga's that she created with a code which somebody gave her."""
    code = service.make_code(profile)
    data = {"title": "Backend", "candidate_name": "Asha", "accommodation": f" {code.lower()} "}
    assert client.post("/", data=data).status_code == 302
    return sessions.list_for(str(owner.id)).first()


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="([^"]+)"', page)
    return found[1] if found else ""


def start(app: Any, session: Session) -> None:
    with app.app_context():
        sessions.start(session, clock.now())


def silent(text: str) -> bool:
    """Whether nothing of what the accommodation is stands in `text`, ids and hashes left out."""
    plain = re.sub(r"[0-9a-f-]{20,}|[?&]v=\w+|\"?at\"?[:=]\"?\d+", "", text)
    return not any(re.search(rf"(?<![\w.]){re.escape(one)}(?![\w.])", plain) for one in TOLD)


def test_the_interviewer_learns_that_one_applies_and_nothing_else(
    app: Any, client: Any, owner: Interviewer, session: Session
) -> None:
    for started in (False, True):
        if started:
            start(app, session)
        page = client.get(f"/sessions/{session.id}").text
        assert "An accommodation applies" in page and silent(page)
    token = accounts.add_token(owner, "tests")
    headers = {"Authorization": f"Bearer {token}"}
    shown = client.get(f"/api/v1/sessions/{session.id}", headers=headers).get_json()
    assert shown["accommodation"] is True and silent(json.dumps(shown))
    assert rules.from_dict(sessions.get(session.id).policy) == CLASSIC


def test_the_report_says_that_one_applied_under_the_policy_as_it_is(app: Any, session: Session) -> None:
    start(app, session)
    with app.app_context():
        sessions.end(session, "test", clock.now())
        data = json_writer.as_data(build.build(session.id, 1, clock.now()))
    assert data["accommodation"] is True
    assert "window_blur" in data["policy"]["detectors"] and data["policy"]["thresholds"]["looking_away"] == 5
    assert silent(json.dumps({name: data[name] for name in ("policy", "consent", "steps", "accommodation")}))


def test_the_export_of_an_interviewer_says_that_one_applies_that_of_an_operator_what_it_is(session: Session) -> None:
    assert records.export(session.id)["accommodation"] == [{"applies": True}]
    [whole] = records.export(session.id, confidential=True)["accommodation"]
    assert whole["off"] == ["window_blur"] and whole["thresholds"] == {"looking_away": 47}
    assert "code_hash" not in whole


def test_what_the_candidate_agrees_to_has_the_same_version_with_one_and_without(
    app: Any, owner: Interviewer, session: Session
) -> None:
    plain, _ = sessions.create(str(owner.id), "Backend", "Ben", "")
    with app.app_context():
        assert sessions.consent_text_for(session).version == sessions.consent_text_for(plain).version


def test_the_link_alone_shows_nothing_for_the_interviewer_has_it_too(app: Any, session: Session) -> None:
    visitor = app.test_client()
    visitor.get(f"/join/{session.id}?t={links.renew(session, session.owner)}")
    page = visitor.get(f"/join/{session.id}").text
    assert "An accommodation applies to you" in page and silent(page)
    visitor.post(f"/join/{session.id}/consent", data={"decision": "accepted", "version": version_in(page)})
    page = visitor.get(f"/join/{session.id}").text
    assert 'data-testid="join-call"' in page and silent(page)
    with app.app_context():
        watched = sessions.effective_policy(session, clock.now())
    assert "window_blur" not in watched.detectors and watched.thresholds["looking_away"] == 47


def test_a_code_that_the_interviewer_typed_shows_them_nothing(
    client: Any, app: Any, owner: Interviewer, profile: Profile
) -> None:
    code = service.make_code(profile)
    session, token = sessions.create(str(owner.id), "Backend", "Asha", "", accommodation=code)
    visitor = app.test_client()
    visitor.get(f"/join/{session.id}?t={token}")
    answer = visitor.post(f"/join/{session.id}/accommodation", data={"accommodation": code})
    assert answer.status_code == 409 and silent(answer.text)


def test_the_candidate_can_bring_the_code_themselves_and_sees_what_it_changes(
    client: Any, app: Any, owner: Interviewer, profile: Profile
) -> None:
    session, token = sessions.create(str(owner.id), "Backend", "Asha", "")
    candidate = app.test_client()
    candidate.get(f"/join/{session.id}?t={token}")
    path, code = f"/join/{session.id}/accommodation", service.make_code(profile)
    wrong = candidate.post(path, data={"accommodation": "AAAAA-AAAAA"})
    assert wrong.status_code == 422 and "This code opens nothing" in wrong.text
    assert not service.applies(session.id)
    for typed in (code, code.lower().replace("-", " ")):
        page = candidate.post(path, data={"accommodation": typed})
        assert page.status_code == 200 and "turned off the screen for 47 s or more, in place of 5 s" in page.text
    assert silent(candidate.get(f"/join/{session.id}").text)
    again = candidate.post(path, data={"accommodation": service.make_code(profile)})
    assert again.status_code == 409
    assert client.post(path, data={"accommodation": code}).status_code == 404


def test_a_code_works_once_and_only_while_it_is_wanted(owner: Interviewer, profile: Profile) -> None:
    code, withdrawn = service.make_code(profile), service.make_code(profile)
    first, second = (sessions.create(str(owner.id), "T", "C", "")[0] for _ in range(2))
    service.use_code(code, first.id)
    for bad in (code, "", "AAAAA"):
        with pytest.raises(ProctorError, match="opens nothing"):
            service.use_code(bad, second.id)
    [unused] = service.unused_codes(profile)
    service.withdraw(profile, unused.id)
    with pytest.raises(ProctorError, match="opens nothing"):
        service.use_code(withdrawn, second.id)
    with clock.at(clock.now()):
        late = service.make_code(profile)
    with clock.at(clock.now() + service.CODE_VALID_FOR), pytest.raises(ProctorError, match="opens nothing"):
        service.use_code(late, second.id)


def test_an_interview_is_not_made_with_a_code_that_gives_nothing(client: Any, owner: Interviewer) -> None:
    answer = client.post("/", data={"title": "T", "candidate_name": "C", "accommodation": "AAAAA-AAAAA"})
    assert answer.status_code == 422 and "This code opens nothing" in answer.text
    assert sessions.list_for(str(owner.id)).count() == 0


def test_what_a_used_code_gave_outlives_changes_and_names_no_profile(profile: Profile, session: Session) -> None:
    service.change_profile(profile, "Other", Relief(off=("absence",)))
    service.archive_profile(profile)
    assert service.relief_for(session.id) == RELIEF
    stored = Accommodation.objects.get(session=session.id)
    assert stored.profile is None and SECRET_NAME not in str(stored.to_mongo())


def test_archiving_ends_codes_that_nobody_used(owner: Interviewer, profile: Profile) -> None:
    code = service.make_code(profile)
    assert service.archive_profile(profile) == 1
    service.restore_profile(profile)
    with pytest.raises(ProctorError, match="opens nothing"):
        service.check_code(code)


def test_erasing_an_interview_erases_what_applied_to_it(app: Any, session: Session) -> None:
    with app.app_context():
        sessions.end(session, "test", clock.now())
    records.erase(session.id)
    assert Accommodation.objects.count() == 0


def test_to_everybody_but_administrators_the_pages_do_not_exist(
    client: Any, owner: Interviewer, profile: Profile
) -> None:
    for path in ("/accommodations", "/accommodations/new", f"/accommodations/{profile.id}"):
        answer = client.get(path)
        assert answer.status_code == 404 and SECRET_NAME not in answer.text
    assert client.post(f"/accommodations/{profile.id}/codes").status_code == 404
    assert "/accommodations" not in client.get("/policies").text
    admin = make_stranger()
    admin.modify(set__is_admin=True)
    sign_in(client, admin)
    assert SECRET_NAME in client.get("/accommodations").text


def test_an_administrator_makes_a_profile_and_sees_a_code_once(client: Any, app: Any) -> None:
    admin = make_owner()
    admin.modify(set__is_admin=True)
    sign_in(client, admin)
    empty = client.post("/accommodations", data={"name": "Nothing"})
    assert empty.status_code == 422 and "changes nothing yet" in empty.text
    bad = client.post("/accommodations", data={"name": "Long", "seconds.absence": "soon"})
    assert bad.status_code == 422 and "Give a number from 0.5 to 600 s." in bad.text
    answer = client.post("/accommodations", data={"name": "Long", "off": ["looking_away"], "seconds.absence": "40"})
    [profile] = service.profiles()
    assert answer.location == f"/accommodations/{profile.id}"
    assert service.relief_of(profile) == Relief(("looking_away",), {"absence": 40})
    client.post(f"{answer.location}/codes")
    assert 'data-testid="new-code"' in client.get(answer.location).text
    assert 'data-testid="new-code"' not in client.get(answer.location).text


def test_relief_only_ever_takes_off(app: Any, session: Session) -> None:
    with app.app_context():
        watched = sessions.effective_policy(session, clock.now())
    assert set(watched.detectors) < set(CLASSIC.detectors)
    assert all(watched.thresholds[key] >= seconds for key, seconds in CLASSIC.thresholds.items())
    assert replace(watched, detectors=(), thresholds={}) == replace(CLASSIC, detectors=(), thresholds={})
