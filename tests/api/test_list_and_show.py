"""Reading sessions and their incidents: the same figures as everywhere else."""

import pytest

from tests.api.conftest import Program, held


def test_the_list_has_only_the_interviewers_own_newest_first(owner: Program, stranger: Program) -> None:
    stranger.create(title="Not Olga's")
    made = [owner.create(title=f"Round {number}") for number in range(3)]
    answer = owner.get("/sessions").get_json()
    assert [one["id"] for one in answer["sessions"]] == made[::-1]
    assert (answer["page"], answer["per_page"], answer["total"]) == (1, 50, 3)


def test_the_list_comes_in_pages(owner: Program) -> None:
    made = [owner.create() for _ in range(5)]
    seen = [
        one["id"]
        for page in ("1", "2", "3")
        for one in owner.get("/sessions", page=page, per_page="2").get_json()["sessions"]
    ]
    assert seen == made[::-1]


def test_the_list_by_status(owner: Program) -> None:
    waiting, going_on = owner.create(), owner.create()
    held(going_on)
    for status, expected in (("scheduled", [waiting]), ("live", [going_on]), ("ended", [])):
        answer = owner.get("/sessions", status=status).get_json()
        assert ([one["id"] for one in answer["sessions"]], answer["total"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("field", "value"),
    [("page", "0"), ("page", "x"), ("page", "-1"), ("per_page", "201"), ("per_page", "1.5"), ("status", "over")],
)
def test_a_wrong_query_is_named(owner: Program, field: str, value: str) -> None:
    answer = owner.get("/sessions", **{field: value})
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_before_the_start_nothing_is_lost(owner: Program) -> None:
    shown = owner.get("/sessions/{session_id}", session_id=owner.create()).get_json()
    assert (shown["score"], shown["raw"], shown["coverage"], shown["report"]) == (100, 100, None, None)
    assert shown["counts"] == {"focus_loss": 0, "absence": 0, "multiple_faces": 0}
    assert shown["started_at"] is None and shown["ended_at"] is None


def test_the_figures_are_the_formulas(owner: Program) -> None:
    session_id = owner.create()
    held(session_id, "focus_loss", "absence", "focus_loss", "multiple_faces", "focus_loss")
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    assert shown["counts"] == {"focus_loss": 3, "absence": 1, "multiple_faces": 1}
    assert (shown["status"], shown["score"], shown["raw"], shown["to_review"]) == ("live", 86, 86, 5)
    assert shown["coverage"] >= 98 and not shown["insufficient_data"]
    assert owner.get("/sessions").get_json()["sessions"][0] == {k: v for k, v in shown.items() if k != "report"}


@pytest.mark.parametrize(("watched_seconds", "coverage"), [(0, 0), (200, 32)])
def test_where_too_little_was_watched_there_is_no_number(owner: Program, watched_seconds: int, coverage: int) -> None:
    session_id = owner.create()
    held(session_id, "absence", watched_seconds=watched_seconds)
    for shown in (
        owner.get("/sessions/{session_id}", session_id=session_id).get_json(),
        owner.get("/sessions").get_json()["sessions"][0],
    ):
        assert shown["insufficient_data"] is True and shown["coverage"] == pytest.approx(coverage, abs=2)
        assert (shown["score"], shown["raw"]) == (None, None)
        assert shown["counts"]["absence"] == 1
    [seen] = owner.get("/sessions/{session_id}/incidents", session_id=session_id).get_json()["incidents"]
    path = "/sessions/{session_id}/incidents/{incident_id}/review"
    reviewed = owner.post(path, {"verdict": "confirmed"}, session_id=session_id, incident_id=seen["id"]).get_json()
    assert (reviewed["score"], reviewed["insufficient_data"]) == (None, True)


def test_the_score_stops_at_zero_and_raw_goes_on(owner: Program) -> None:
    session_id = owner.create()
    held(session_id, *["multiple_faces", "absence"] * 13)
    shown = owner.get("/sessions/{session_id}", session_id=session_id).get_json()
    assert (shown["score"], shown["raw"]) == (0, 100 - 13 * 8)


def test_incidents_come_by_start(owner: Program) -> None:
    session_id, other = owner.create(), owner.create()
    session = held(session_id, "absence", "focus_loss")
    held(other)
    found = owner.get("/sessions/{session_id}/incidents", session_id=session_id).get_json()["incidents"]
    assert [one["kind"] for one in found] == ["absence", "focus_loss"]
    assert [one["number"] for one in found] == [1, 2]
    assert found[0]["started_at"] > session.started_at.isoformat()[:19]
    assert owner.get("/sessions/{session_id}/incidents", session_id=other).get_json()["incidents"] == []
