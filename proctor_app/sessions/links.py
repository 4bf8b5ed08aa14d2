"""Use cases of the candidate's link: made, used once, run out, withdrawn, made anew. Only hashes of tokens are kept.

A link lets in the first browser that opens it; from then on that browser's cookie does. Whoever opens it after that
asks the interviewer to be let in. A program that plays the candidate has no cookies: it keeps a token of its own, or
uses the link's before any browser has.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from flask import current_app

from proctor_app import clock
from proctor_app.chain import service as chain
from proctor_app.sessions import presence, rules
from proctor_app.sessions.kinds import KnockStatus, LinkState, LinkUse, Status
from proctor_app.sessions.models import Knock, Session, Transition


def new_token() -> str:
    """A token for a link or a program: 192 random bits."""
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """What is stored of a token: tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def fits(session: Session, token: str) -> bool:
    """Whether `token` is the one in the session's present link."""
    return _same(session.invite_hash, token)


def fits_program(session: Session, token: str) -> bool:
    """Whether `token` is the one that a program got when it made the session."""
    return _same(session.program_hash, token)


def mark(session: Session) -> str:
    """Names the present link in cookies and sockets that came by it: with another link they are worth nothing."""
    return (session.invite_hash or "")[:16]


def expires_at(session: Session) -> datetime:
    """Until when the link is to be opened for the first time."""
    days = current_app.config["PROCTOR"].join_link_days
    return rules.link_expires_at(session.invite_made_at or session.created_at, session.scheduled_for, days)


def state(session: Session, now: datetime) -> LinkState:
    """What the link is good for."""
    if session.invite_withdrawn_at is not None:
        return LinkState.WITHDRAWN
    if session.invite_used_at is not None:
        return LinkState.USED
    return LinkState.EXPIRED if now >= expires_at(session) else LinkState.FRESH


def use(session: Session, by: LinkUse) -> bool:
    """Use the link up. True for the one caller who comes first."""
    now = clock.now()
    if state(session, now) != LinkState.FRESH:
        return False
    unused = {"invite_hash": session.invite_hash, "invite_used_at": None}
    if not session.modify(unused, set__invite_used_at=now, set__invite_used_by=by):
        session.reload()
        return False
    _record(session.id, "link_opened", "candidate", now)
    presence.announce(session.id)
    return True


def program_may_enter(session: Session, token: str) -> bool:
    """Whether a program gets in by `token`, as often as it likes once the interview has begun.

    The link's own token is a program's only where no browser was first: it would open to everybody who saw the link.
    """
    if fits_program(session, token):
        return session.status != Status.SCHEDULED or clock.now() < expires_at(session)
    return fits(session, token) and (use(session, LinkUse.PROGRAM) or session.invite_used_by == LinkUse.PROGRAM)


def add_program_token(session: Session) -> str:
    """A token for the program that made the session; it takes the place of an earlier one."""
    token = new_token()
    session.modify(set__program_hash=hash_token(token))
    return token


def renew(session: Session, by: str) -> str:
    """A new link; its token is told here and never again. The old one, and whoever came by it, is out at once."""
    token = new_token()
    _replace(session, token, "link_renewed", by)
    return token


def withdraw(session: Session, by: str) -> None:
    """Nobody gets in any more, and whoever was in is out at once. A new link undoes it."""
    _replace(session, new_token(), "link_withdrawn", by)


def _replace(session: Session, token: str, action: str, by: str) -> None:
    now = clock.now()
    Knock.objects(session=session.id, status=KnockStatus.ADMITTED).update(set__status=KnockStatus.REFUSED)
    session.modify(
        set__invite_hash=hash_token(token),
        set__invite_made_at=now,
        unset__invite_used_at=True,
        unset__invite_used_by=True,
        unset__program_hash=True,
        **({"set__invite_withdrawn_at": now} if action == "link_withdrawn" else {"unset__invite_withdrawn_at": True}),
    )
    _record(session.id, action, by, now)
    presence.announce(session.id)


def _same(stored: str | None, token: str) -> bool:
    return bool(stored) and hmac.compare_digest(str(stored), hash_token(token))


def _record(session_id: str, action: str, by: str, at: datetime) -> None:
    chain.save(Transition(session=session_id, action=action, by=by, at=at), "transition")
