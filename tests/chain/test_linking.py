"""Everything that a result rests on is in the chain, and a crash in between is mended and told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.chain import service as chain
from proctor_app.chain import verify
from proctor_app.incidents import service as incidents
from proctor_app.reviews import service as reviews
from proctor_app.sessions import phases
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.held import VOUCHED, observe


@pytest.fixture
def session(app: Any) -> Any:
    with app.app_context():
        made, _ = sessions.create("olga", "Backend", "Ashā Verma", "", consent=VOUCHED)
        sessions.start(made, clock.now() - timedelta(minutes=10))
        yield made


def content_of(session: Session) -> dict[str, Any]:
    """What is stored, as an export has it."""
    db = get_db()

    def plain(document: Any) -> Any:
        return {"id" if key == "_id" else key: value for key, value in document.items()}

    found: dict[str, Any] = {
        name: [plain(one) for one in db[name].find({"session": session.id})] for name in verify.LINKED
    }
    return found | {"session": plain(db["session"].find_one({"_id": session.id}))}


def problems(session: Session) -> list[str]:
    entries = chain.entries_of(session.id)
    broken = verify.broken_link(entries, session.id)
    return [broken] if broken else list(verify.changed_things(entries, content_of(session)))


def whats(session: Session) -> list[str]:
    return [entry["what"] for entry in chain.entries_of(session.id)]


def test_a_whole_interview_is_in_the_chain(session: Session) -> None:
    phases.mark(session, "question", "olga", clock.now())
    incident = observe(session, "absence", None, 30, 12)
    observe(session, "focus_loss", "looking_away", 90, 7, degrees=28.5)
    sessions.add_note(session, "olga", "Gute Antwort: Übergänge ✓")
    reviews.review(session, incident, "dismissed", "Tea", "olga")
    reviews.review(session, incident, "none", None, "olga")
    sessions.end(session, "olga", clock.now())
    incidents.session_changed(session.id)
    assert sessions.finalise(session, clock.now())
    assert not sessions.finalise(session, clock.now())
    assert problems(session) == []
    assert {*whats(session)} == {*verify.LINKED, "session"}
    assert [one for one in chain.entries_of(session.id) if one["late"]] == []
    assert chain.head_of(session.id).entries == len(whats(session))


def test_what_was_linked_and_never_stored_is_said_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between the entry and the write; the next one comes half a minute later or more."""
    observe(session, "absence", None, 30, 12)
    never = {"_id": str(uuid.uuid4()), "session": session.id, "kind": "absence"}
    with clock.at(clock.now() - timedelta(minutes=1)):
        chain.append([chain.document("observation", never)])
    assert "was dropped" in problems(session)[0]
    incidents.session_changed(session.id)
    observe(session, "focus_loss", "looking_away", 90, 7)
    assert problems(session) == []
    assert whats(session).count("undone") == 1


def test_a_change_in_the_database_is_not_taken_for_a_crash(session: Session) -> None:
    with clock.at(clock.now() - timedelta(minutes=1)):
        observe(session, "absence", None, 30, 12)
    get_db()["incident"].update_one({"session": session.id}, {"$set": {"kind": "focus_loss"}})
    incidents.session_changed(session.id)
    chain.mend(session.id)
    assert "incident" in problems(session)[0] and "was changed" in problems(session)[0]


def test_a_session_from_before_there_was_a_chain_is_linked_late(session: Session) -> None:
    observe(session, "absence", None, 30, 12)
    get_db()["chain"].delete_many({"session": session.id})
    chain._heads.clear()
    incidents.session_changed(session.id)
    observe(session, "focus_loss", "looking_away", 90, 7)
    assert problems(session) == []
    assert chain.linked_late(session.id) == len(whats(session)) - 2


def test_two_processes_write_one_chain(session: Session) -> None:
    """Another process has added an entry of which this one knows nothing."""
    observe(session, "absence", None, 30, 12)
    stale = dict(chain._heads)
    sessions.add_note(session, "olga", "From the other process")
    chain._heads.update(stale)
    observe(session, "focus_loss", "looking_away", 90, 7)
    sessions.add_note(session, "olga", "And on")
    assert problems(session) == []
    assert [entry["n"] for entry in chain.entries_of(session.id)] == [*range(1, len(whats(session)) + 1)]


def test_a_second_end_leaves_no_claim_behind(session: Session) -> None:
    other = sessions.get(session.id)
    sessions.end(session, "olga", clock.now())
    with pytest.raises(Exception, match="already ended"):
        sessions.end(other, "sam", clock.now() + timedelta(seconds=1))
    assert problems(session) == []
