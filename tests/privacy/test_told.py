"""What the console and the report say of a consent that was taken back; and that no word speaks of a state of mind."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config import ROOT
from proctor_app import clock
from proctor_app.console import partials
from proctor_app.console.view import View
from proctor_app.incidents import kinds, words
from proctor_app.live import ending
from proctor_app.policies.kinds import MEANINGS
from proctor_app.reports import build, json_writer
from proctor_app.reports.phrases import Phrases
from proctor_app.sessions import agreement
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.cast import make_owner

BEGAN = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def withdrawn(app: Any) -> Any:
    """An interview from noon on; the candidate took their consent back at 12:04. In the application's context."""
    with app.app_context():
        session, _ = sessions.create(str(make_owner().id), "Backend", "Asha Verma", "")
        with clock.at(BEGAN - timedelta(minutes=1)):
            sessions.accept_consent(session, sessions.consent_text_for(session).version)
        sessions.start(session, BEGAN)
        with clock.at(BEGAN + timedelta(minutes=4)):
            agreement.withdraw(session)
        yield session


def again(session: Session) -> None:
    with clock.at(BEGAN + timedelta(minutes=10)):
        sessions.accept_consent(session, sessions.consent_text_for(session).version)


def test_the_console_says_since_when(withdrawn: Session) -> None:
    view = View(withdrawn, BEGAN + timedelta(minutes=6))
    assert view.monitor.label == "Consent withdrawn at 12:04:00 UTC, not monitored since"
    assert "Consent withdrawn at 12:04" in partials.draw(view, "monitor")
    again(withdrawn)
    assert View(sessions.get(withdrawn.id), BEGAN + timedelta(minutes=11)).monitor.state != "withdrawn"


def test_the_review_and_the_report_say_from_when_to_when(withdrawn: Session) -> None:
    again(withdrawn)
    with clock.at(BEGAN + timedelta(minutes=20)):
        ending.end(sessions.get(withdrawn.id), withdrawn.owner)
    session = sessions.get(withdrawn.id)
    assert ("Consent", "withdrawn from 12:04:00 UTC to 12:10:00 UTC") in View(session).facts
    report = build.build(session.id, 1, clock.now())
    [step] = [one for one in report.steps if "took their consent back" in one.text]
    assert (step.at, step.into_seconds) == (BEGAN + timedelta(minutes=4), 240)
    assert "not watched, consent withdrawn, 6 min 00 s" in Phrases(report).unseen
    assert json_writer.as_data(report)["coverage"]["not_observable"]["consent_withdrawn"] == 360


def test_who_never_agreed_has_nothing_to_withdraw(app: Any) -> None:
    with app.app_context():
        session, _ = sessions.create(str(make_owner().id), "Backend", "Asha Verma", "")
        with pytest.raises(Exception, match="decline instead"):
            agreement.withdraw(session)


def test_no_kind_and_no_word_tells_of_a_state_of_mind() -> None:
    # Said by consent and report, to say that none was looked for.
    mind = re.compile(
        r"emotion|sentiment|mood|smil(e|ing)|stress|nervous|attentive|distract|anxi|honest|decei|suspicio", re.I
    )
    told = [*kinds.KIND_LABELS.values(), *kinds.REASON_LABELS.values(), *kinds.COULD_NOT_TELL_LABELS.values()]
    assert not [one for one in [*kinds.Kind, *kinds.Reason, *told, *MEANINGS.values()] if mind.search(one)]
    for module in (kinds, words):
        assert not mind.search((ROOT / str(module.__file__)).read_text("utf-8")), module.__name__
