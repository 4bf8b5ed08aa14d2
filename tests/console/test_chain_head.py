"""The console shows how far the hash chain is, whole, so that it can be copied."""

from typing import Any

from proctor_app.chain import service as chain
from proctor_app.console import partials
from proctor_app.sessions import service as sessions
from tests.console.conftest import Interview


def test_the_head_is_on_the_page_and_moves_with_every_change(owner: Any, interview: Interview) -> None:
    session = interview.session
    before = chain.head_of(session.id)
    assert f">{before.hash}</output>" in owner.get(interview.path).text
    sessions.add_note(session, session.owner, "Asks good questions")
    after = chain.head_of(session.id)
    page = owner.get(interview.path).text
    assert f">{after.hash}</output>" in page and f"{after.entries} chain entries" in page
    assert before.hash not in page
    assert {"score", "chain"} & set(partials.FIGURES) and "chain" in partials.PEOPLE
