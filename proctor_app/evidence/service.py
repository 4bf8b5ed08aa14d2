"""Use cases of stills: take one in, show one and write down who saw it, delete them when their time is over."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from mongoengine import Q
from pymongo.errors import PyMongoError

from proctor_app import clock
from proctor_app.audit import service as audit
from proctor_app.audit.kinds import Action
from proctor_app.chain import service as chain
from proctor_app.documents import DURABLE
from proctor_app.errors import conflict, not_found
from proctor_app.evidence import pictures
from proctor_app.evidence.kinds import Door, Style
from proctor_app.evidence.models import Evidence, EvidencePicture, EvidenceView
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.evidence.rules import Still, is_pictured
from proctor_app.incidents import service as incidents
from proctor_app.incidents.writer import not_stored
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session

log = logging.getLogger(__name__)

# A candidate's browser may send what it likes: this many stills of 40 KB are 12 MB, and more than a person looks at.
MOST_OF_A_SESSION = 300


@dataclass(frozen=True)
class Viewing:
    """Somebody was shown the still of an incident, or (None) all of the session's."""

    incident: str | None
    by: str
    door: Door
    at: datetime


_subscribers: list[Callable[[str, str], None]] = []


def tell(*listeners: Callable[[str, str], None]) -> None:
    """Have these, and no others, called with session's and incident's ids when one has got its still."""
    _subscribers[:] = listeners


def style_of(session: Session) -> Style | None:
    """How this session's stills are made; None where its policy has none."""
    return _style(sessions.policy_of(session).evidence)


def _style(evidence: str) -> Style | None:
    return Style(evidence) if evidence in set(Style) else None


# ---------------------------------------------------------------- in


def record(session_id: str, payload: EvidencePayload, offset_ms: int) -> None:
    """Store a still with the incident of its observation. Returns after the write is durable.

    An incident keeps its first still: another one, or a repeat, changes nothing. `offset_ms` is how far the
    candidate's clock is ahead of ours. Raises `not_wanted`, `unknown_observation`, `invalid`, `not_stored`.
    """
    session, now = sessions.get(session_id), clock.now()
    # An accommodation may say that none is kept, whatever the policy has.
    style = _style(sessions.effective_policy(session, now).evidence)
    if style is None or not sessions.has_consent(session):
        raise conflict("not_wanted", "This interview keeps no stills.")
    incident_id = incidents.incident_of(session_id, payload.observation)
    if incident_id is None:
        raise conflict("unknown_observation", "Send the observation first, and wait until it is acknowledged.")
    incident = incidents.get(session_id, incident_id)
    if not is_pictured(incident.kind, incident.reason):
        raise conflict("not_wanted", "A picture shows nothing of this kind of incident; none is kept.")
    if Evidence.objects(id=incident_id).only("id").first() is not None:
        return
    if Evidence.objects(session=session_id).count() >= MOST_OF_A_SESSION:
        raise conflict("not_wanted", f"An interview keeps {MOST_OF_A_SESSION} stills at most.")
    # A page's clock can be wrong in either direction; none of it may lengthen the keeping.
    taken_at = min(now, clock.from_ms(payload.at_ms - offset_ms))
    expires_at = taken_at + timedelta(days=current_app.config["PROCTOR"].evidence_retention_days)
    if expires_at <= now:
        raise conflict("not_wanted", "This still is older than stills are kept.")
    picture = pictures.cleaned(payload.jpeg)
    row = {
        "session": session_id,
        "observation": payload.observation,
        "style": str(style),
        "taken_at": taken_at,
        "received_at": now,
        "expires_at": expires_at,
        "width": picture.width,
        "height": picture.height,
        "sha256": hashlib.sha256(picture.jpeg).hexdigest(),
    }
    try:
        chain.append([chain.still({"_id": incident_id, **row})])
        # The picture first: a still that is told of can be shown.
        _durable(EvidencePicture).replace_one(
            {"_id": incident_id},
            {"session": session_id, "expires_at": expires_at, "jpeg": picture.jpeg},
            upsert=True,
        )
        _durable(Evidence).replace_one({"_id": incident_id}, row, upsert=True)
    except PyMongoError:
        log.exception("A still was not stored")
        raise not_stored() from None
    _announce(session_id, incident_id)


def _durable(model: type[Evidence] | type[EvidencePicture]) -> Any:
    return model._get_collection().with_options(write_concern=DURABLE)


def _announce(session_id: str, incident_id: str) -> None:
    for listener in _subscribers:
        try:
            listener(session_id, incident_id)
        except Exception:
            log.exception("A still of session %s could not be told of", session_id)


# ---------------------------------------------------------------- out


def stills_of(session_id: str) -> dict[str, Still]:
    """The session's stills by incident, also those whose picture was deleted meanwhile."""
    now = clock.now()
    return {stored.id: _still(stored, now) for stored in Evidence.objects(session=session_id)}


def find(session_id: str, incident_id: str) -> Still | None:
    """The still of one incident, or None."""
    stored = Evidence.objects(id=incident_id, session=session_id).first()
    return _still(stored, clock.now()) if stored is not None else None


def _still(stored: Evidence, now: datetime) -> Still:
    # From its last moment on nobody is shown it, whether or not the nightly job has been there.
    deleted_at = stored.deleted_at or (stored.expires_at if stored.expires_at <= now else None)
    return Still(
        stored.id,
        Style(stored.style),
        stored.taken_at,
        stored.width,
        stored.height,
        stored.sha256,
        deleted_at,
    )


def picture(session_id: str, incident_id: str, by: str) -> bytes:
    """The JPEG of one incident, for interviewer `by` to see on the console: written down before it is shown.

    Raises `not_found`, also when its time is over.
    """
    found = EvidencePicture.objects(id=incident_id, session=session_id, expires_at__gt=clock.now()).first()
    if found is None:
        raise not_found("still")
    saw(session_id, by, Door.CONSOLE, incident_id)
    return bytes(found.jpeg)


def pictures_of(session_id: str) -> dict[str, bytes]:
    """All JPEGs of the session by incident, for a report or an export: whoever hands that out calls `saw`."""
    found = EvidencePicture.objects(session=session_id, expires_at__gt=clock.now())
    return {stored.id: bytes(stored.jpeg) for stored in found}


def saw(session_id: str, by: str, door: Door, incident_id: str | None = None) -> None:
    """Write down that `by` is shown a still, or all of the session's. Nothing is written where it has none."""
    if incident_id is None and not EvidencePicture.objects(session=session_id).only("id").first():
        return
    EvidenceView(session=session_id, incident=incident_id, by=by, door=str(door), at=clock.now()).save(
        force_insert=True
    )
    audit.record(Action.EVIDENCE, by, session_id, door=str(door), **({"incident": incident_id} if incident_id else {}))


def viewings_of(session_id: str, incident_id: str | None = None) -> list[Viewing]:
    """Who was shown the session's stills, first to last; with `incident_id`, only what showed that one."""
    found = EvidenceView.objects(session=session_id).order_by("at", "id")
    if incident_id is not None:
        found = found.filter(incident__in=[incident_id, None])
    return [Viewing(one.incident, one.by, Door(one.door), one.at) for one in found]


# ---------------------------------------------------------------- the end of their time


def overdue(now: datetime) -> list[str]:
    """Sessions with stills whose time is over and which are still told of as kept."""
    return list(_over(now).distinct("session"))


def purge(session_id: str, now: datetime) -> None:
    """Delete the session's pictures whose time is over. That they were there, and until when, stays."""
    over = _over(now).filter(session=session_id)
    EvidencePicture.objects(id__in=over.distinct("id")).delete()
    over.update(set__deleted_at=now)


def _over(now: datetime) -> Any:
    """Stills past the time that they were given, or past a shorter one that was set since."""
    before = now - timedelta(days=current_app.config["PROCTOR"].evidence_retention_days)
    return Evidence.objects(Q(expires_at__lte=now) | Q(taken_at__lte=before), deleted_at=None)
