"""What the law asks for: everything about a session in one file, and all of it gone for good."""

import io
import json
import zipfile

from mongoengine.connection import get_db

from proctor_app.sessions import service as sessions
from tests.api.conftest import Program, held


def test_the_export_has_everything_and_no_secret(owner: Program) -> None:
    session_id, other = owner.create(), owner.create(title="Another")
    session = held(session_id, "absence", "focus_loss")
    held(other, "multiple_faces")
    sessions.add_note(session, session.owner, "Asks good questions")
    answer = owner.get("/sessions/{session_id}/export", session_id=session_id)
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    text = archive.read("session.json").decode()
    content = json.loads(text)
    assert content["session"]["candidate_name"] == "Asha Verma"
    assert [one["kind"] for one in content["incident"]] == ["absence", "focus_loss"]
    assert len(content["observation"]) == 2
    assert content["note"][0]["text"] == "Asks good questions"
    assert "Another" not in text and session.invite_hash not in text


def test_erasing_leaves_nothing_of_the_session_and_all_of_the_others(owner: Program) -> None:
    session_id, other = owner.create(), owner.create()
    for one in (session_id, other):
        held(one, "absence", "focus_loss")
        owner.post("/sessions/{session_id}/end", session_id=one)
    answer = owner.delete("/sessions/{session_id}", session_id=session_id)
    assert answer.status_code == 200
    assert answer.get_json()["deleted"] >= 6
    # That it was erased, and by whom, is all that is known of it.
    for name in set(get_db().list_collection_names()) - {"audit_entry"}:
        assert not any(session_id in str(document) for document in get_db()[name].find()), name
    shown = owner.get("/sessions/{session_id}", session_id=other).get_json()
    assert (shown["counts"]["absence"], shown["report"]["status"]) == (1, "waiting")
    assert owner.get("/sessions/{session_id}", session_id=session_id).status_code == 404
    assert owner.delete("/sessions/{session_id}", session_id=session_id).status_code == 404


def test_a_live_session_is_not_erased(owner: Program) -> None:
    session_id = owner.create()
    held(session_id, "absence")
    answer = owner.delete("/sessions/{session_id}", session_id=session_id)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "still_live")
    assert owner.get("/sessions/{session_id}", session_id=session_id).get_json()["counts"]["absence"] == 1


def test_its_figures_stay_only_where_that_is_set_up_and_asked_for(owner: Program) -> None:
    session_id = owner.create()
    held(session_id, "absence")
    owner.post("/sessions/{session_id}/end", session_id=session_id)
    refused = owner.delete("/sessions/{session_id}", session_id=session_id, keep="decision")
    assert (refused.status_code, refused.get_json()["field"]) == (422, "keep")
    assert owner.get("/sessions/{session_id}", session_id=session_id).status_code == 200


def test_one_that_was_never_held_can_be_erased(owner: Program) -> None:
    session_id = owner.create()
    assert owner.delete("/sessions/{session_id}", session_id=session_id).status_code == 200
