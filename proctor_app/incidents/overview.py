"""The figures of many sessions at once, for lists: four queries however long the list is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from proctor_app.incidents import service
from proctor_app.incidents.kinds import Verdict
from proctor_app.incidents.models import Incident
from proctor_app.incidents.models import WatchSpan as StoredSpan
from proctor_app.incidents.watch import Coverage, WatchSpan
from proctor_app.sessions import service as sessions_service
from proctor_app.sessions.kinds import Status
from proctor_app.sessions.models import Session


@dataclass
class Tally:
    """Incidents of one session: how many count by kind, and how many nobody has judged yet."""

    counts: Counter[str] = field(default_factory=Counter)
    to_review: int = 0


def tallies_of(sessions: Sequence[Session]) -> dict[str, Tally]:
    """The tally of each session, by id."""
    tallies = {session.id: Tally() for session in sessions}
    groups = Incident._get_collection().aggregate(
        [
            {"$match": {"session": {"$in": list(tallies)}}},
            {"$group": {"_id": {"session": "$session", "kind": "$kind", "verdict": "$verdict"}, "count": {"$sum": 1}}},
        ]
    )
    for group in groups:
        tally, verdict = tallies[group["_id"]["session"]], group["_id"].get("verdict")
        if verdict is None:
            tally.to_review += group["count"]
        if verdict != Verdict.DISMISSED:
            tally.counts[group["_id"]["kind"]] += group["count"]
    return tallies


def coverages_of(sessions: Sequence[Session], now: datetime) -> dict[str, Coverage]:
    """The coverage of each session, by id. Live ones are asked of the service, which holds their last seconds."""
    live = {one.id for one in sessions if one.status == Status.LIVE}
    spans: defaultdict[str, list[WatchSpan]] = defaultdict(list)
    stored = StoredSpan.objects(session__in=[one.id for one in sessions if one.id not in live])
    for one in stored.order_by("session", "number"):
        spans[one.session].append(WatchSpan(one.state, one.reason, one.started_at, one.ended_at))
    breaks = sessions_service.breaks_of(one for one in sessions if one.id not in live)
    return {
        one.id: service.coverage_for(one, now)
        if one.id in live
        else service.coverage_of(one, spans[one.id], breaks.get(one.id, ()), now)
        for one in sessions
    }
