"""An interview that was erased lets nobody go on: open sockets are cut, and nothing is written anew."""

from typing import Any

from tests.authorisation import world
from tests.authorisation.test_table import close, connected, messages


def test_whoever_was_connected_is_out_and_leaves_nothing_behind(app: Any, client: Any) -> None:
    made = world.make_world(app)
    candidate, owner = made.people["after_end"], made.people["owner"]
    sockets = {space: connected(app, candidate, space) for space in ("/candidate",)}
    owner_there = world.Person(owner.browser, candidate.interview, owner.bearer)
    sockets["/interviewer"] = connected(app, owner_there, "/interviewer")
    assert all(sockets.values())
    path = f"/api/v1/sessions/{candidate.interview.session.id}"
    assert client.delete(path, headers={"Authorization": f"Bearer {owner.bearer}"}).status_code == 200
    for space, opened in sockets.items():
        for one in (socket for socket in opened if socket.is_connected(space)):
            for event in ("observation", "evidence", "consent", "leave", "chat", "clock"):
                one.emit(event, messages(candidate.interview.incident).get(event, {}), namespace=space, callback=True)
    assert {name for name, found in world.stored([candidate.interview]).items() if found} == set()
    assert [one for space, opened in sockets.items() for one in opened if one.is_connected(space)] == []
    for space, opened in sockets.items():
        close(opened, space)
