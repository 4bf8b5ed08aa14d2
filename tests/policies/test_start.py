"""An interview under a policy of the organisation's own: what was saved in the form is what holds from the start."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from proctor_app import clock
from proctor_app.policies import service as policies
from proctor_app.policies.rules import CLASSIC
from proctor_app.sessions import service as sessions
from tests.cast import make_owner


def test_an_interview_starts_under_a_policy_of_ones_own(app: Any) -> None:
    with app.app_context():
        owner = make_owner()
        wanted = replace(CLASSIC, name="With stills", evidence="still", caps={"focus_loss": 10})
        own = policies.create(wanted, "", str(owner.id))
        vouched = ("test", datetime(2026, 1, 1, tzinfo=UTC))
        session, _ = sessions.create(str(owner.id), "Backend", "Asha", "", policy_name=own.id, consent=vouched)
        assert sessions.start(session, clock.now())
        held = sessions.policy_of(sessions.get(session.id))
        assert (held.name, held.version, held.evidence, held.caps) == ("With stills", 1, "still", {"focus_loss": 10})
