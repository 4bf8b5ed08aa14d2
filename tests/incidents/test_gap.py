"""When a monitor is silent, and when only the connection or the server was."""

from datetime import UTC, datetime, timedelta

from proctor_app.incidents.gap import Rhythm, silent_since

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_page_that_answers_after_the_threshold_has_a_silent_monitor_since_its_last_word() -> None:
    assert silent_since(at(20), at(0), answered_at=at(25), threshold_seconds=5) == at(20)


def test_a_connection_without_a_sign_of_life_after_the_threshold_proves_nothing() -> None:
    assert silent_since(at(20), at(0), answered_at=at(24.9), threshold_seconds=5) is None


def test_a_new_connection_is_not_held_to_the_silence_of_the_one_before() -> None:
    assert silent_since(at(20), at(60), answered_at=at(64), threshold_seconds=5) is None
    assert silent_since(at(20), at(60), answered_at=at(65), threshold_seconds=5) == at(60)


def test_a_longer_threshold_waits_longer() -> None:
    assert silent_since(at(20), at(0), answered_at=at(30), threshold_seconds=12) is None


def test_a_server_that_was_held_up_listens_anew() -> None:
    rhythm = Rhythm(at(0), at(0))
    for second in range(1, 10):
        rhythm = rhythm.look(at(second))
    assert rhythm.steady_since == at(0)
    assert rhythm.look(at(9 + 4)).steady_since == at(13)
    assert rhythm.look(at(5)).steady_since == at(5), "its clock was set back"
