"""One report as plain data: everything that its writers need, and nothing that they must look up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from proctor_app.chain.service import EMPTY, Head
from proctor_app.evidence.rules import Still
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.watch import Coverage
from proctor_app.policies.kinds import DETECTORS
from proctor_app.reports.accuracy import Accuracy
from proctor_app.reviews.rules import Score
from proctor_app.sessions.phases import PhaseSpan


@dataclass(frozen=True)
class Row:
    """One incident as a line of the table. `points` is what it takes off under the policy; 0 when dismissed."""

    number: int
    record: IncidentRecord
    into_seconds: float
    duration_seconds: float
    seen: str
    details: tuple[str, ...]
    points: int
    judged_by: str | None


@dataclass(frozen=True)
class Stills:
    """The stills of the interview by incident, and the JPEGs of those that are kept. None are kept longer than `days`.

    `is_left_out` says that this copy has no pictures because it goes by e-mail.
    """

    days: int
    told: Mapping[str, Still]
    pictures: Mapping[str, bytes]
    is_left_out: bool = False


@dataclass(frozen=True)
class Moment:
    """A note, or a step of the session's life, at its time into the interview."""

    into_seconds: float
    at: datetime
    text: str


@dataclass(frozen=True)
class Report:
    """Who, when, the score with its terms, what was seen, what could not be, under which rules.

    All instants are aware; `zone` is where the interview was held, for times of day (None: as the machine is set).
    """

    session_id: str
    revision: int
    title: str
    candidate: str
    interviewer: str
    zone: tzinfo | None
    started_at: datetime | None
    ended_at: datetime
    made_at: datetime
    score: Score
    coverage: Coverage
    rows: tuple[Row, ...]
    notes: tuple[Moment, ...]
    steps: tuple[Moment, ...]
    consent: tuple[str, str, datetime] | None
    policy_name: str
    policy_version: int
    weights: Mapping[str, int]
    thresholds: Mapping[str, float]
    versions: Mapping[str, str]
    detectors: tuple[str, ...] = DETECTORS
    phases: tuple[PhaseSpan, ...] = ()
    has_accommodation: bool = False
    stills: Stills | None = None
    accuracy: Accuracy | None = None
    # How far the chain was when what stands here was read, and how many of its entries were linked afterwards.
    chain: Head = EMPTY
    linked_late: int = 0

    @property
    def length_seconds(self) -> float:
        """From the candidate's first joining to the end; 0 when they never joined."""
        return (self.ended_at - self.started_at).total_seconds() if self.started_at else 0.0

    @property
    def is_insufficient(self) -> bool:
        """Whether too little was watched for a number to stand in place of “insufficient data”."""
        return self.coverage.is_insufficient

    @property
    def has_pictures(self) -> bool:
        """Whether stills can be seen in it."""
        return self.stills is not None and bool(self.stills.pictures)

    @property
    def without_pictures(self) -> "Report":
        """The same with no still to be seen."""
        return replace(self, stills=self.stills and replace(self.stills, pictures={}, is_left_out=True))

    @property
    def reviewed(self) -> int:
        """How many incidents a person has judged."""
        return sum(1 for row in self.rows if row.record.verdict is not None)

    @property
    def dismissed(self) -> int:
        """How many of them do not count."""
        return sum(1 for row in self.rows if not row.record.counts)
