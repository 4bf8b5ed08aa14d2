"""Use cases of an interview's life: create, knock, consent, start, end. `links` and `phases` have theirs."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from mongoengine import NotUniqueError

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.chain import service as chain
from proctor_app.errors import conflict, invalid, not_found
from proctor_app.policies import rules as policy_rules
from proctor_app.policies import service as policies
from proctor_app.policies.rules import Policy
from proctor_app.sessions import agreement, links, phases, presence, rules
from proctor_app.sessions import consent as consent_text
from proctor_app.sessions.consent import ConsentText
from proctor_app.sessions.kinds import Action, Decision, KnockStatus, Status
from proctor_app.sessions.models import Consent, Knock, Note, Session, Transition

# A waiting page asks every two seconds, but a browser may slow a hidden page down to once a minute.
KNOCK_WAITS = timedelta(seconds=90)


def create(
    owner: str,
    title: str,
    candidate_name: str,
    candidate_email: str,
    *,
    policy_name: str = "classic",
    scheduled_for: datetime | None = None,
    consent: tuple[str, datetime] | None = None,
    accommodation: str = "",
) -> tuple[Session, str]:
    """A new session of interviewer `owner`, and the plain token of its link, which is not kept.

    `consent` is (version, accepted_at) where a caller of the API vouches for the candidate's consent.
    `accommodation` is the code of one, where there is one. Raises `invalid`; then nothing was made.
    """
    policies.check_choice(policy_name)
    if accommodation:
        accommodations.check_code(accommodation)
    token, now = links.new_token(), clock.now()
    session = Session(
        title=title,
        owner=owner,
        candidate_name=candidate_name,
        candidate_email=candidate_email or None,
        policy_name=policy_name,
        scheduled_for=scheduled_for,
        invite_hash=links.hash_token(token),
        invite_made_at=now,
        created_at=now,
    )
    if consent:
        session.consent = Consent(decision=Decision.ACCEPTED, version=consent[0], decided_at=consent[1], source="api")
        session.decisions = [session.consent]
    while True:
        session.id = rules.new_session_id()
        try:
            session.save(force_insert=True)
            break
        except NotUniqueError:
            continue
    chain.begin(session.to_mongo())
    if accommodation:
        accommodations.use_code(accommodation, session.id)
    return session, token


def find(session_id: str) -> Session | None:
    """The session by id, or None. Says nothing about who may see it: doors use `sessions.access`."""
    # Every socket that connects comes through here: without a queryset this takes half the time.
    document = Session._get_collection().find_one({"_id": session_id})
    return Session._from_son(document) if document else None


def get(session_id: str) -> Session:
    """The session by id. Raises `not_found`."""
    session = find(session_id)
    if session is None:
        raise not_found("interview")
    return session


def list_for(owner: str) -> Any:
    """The sessions of one interviewer, newest first (a queryset, to be sliced)."""
    return Session.objects(owner=owner).order_by("-created_at")


# ---------------------------------------------------------------- the way in


def mark_opened(session: Session) -> None:
    """The candidate has the page in front of them for the first time."""
    if session.opened_at is None and session.modify({"opened_at": None}, set__opened_at=clock.now()):
        presence.announce(session.id)


def knock(session_id: str, name: str, *, has_link: bool = False) -> Knock:
    """Somebody with only the id, or with a link that is good no more, asks to be let in.

    The session need not exist: whoever guesses ids sees the same page and the same wait.
    """
    now = clock.now()
    made = Knock(
        id=secrets.token_hex(12), session=session_id, name=name, has_link=has_link, created_at=now, seen_at=now
    )
    made.save(force_insert=True)
    presence.announce(session_id)
    return made


def find_knock(knock_id: str) -> Knock | None:
    """The knock by its id, or None."""
    return Knock.objects(id=knock_id).first()


def knock_seen(knock: Knock) -> None:
    """Whoever knocked still has the page open."""
    knock.modify(set__seen_at=clock.now())


def waiting_knocks(session_id: str) -> list[Knock]:
    """Who waits at the door, first come first. Whoever closed the page is not waiting any more."""
    return list(_waiting(session=session_id).order_by("created_at"))


def with_knocks(session_ids: list[str]) -> set[str]:
    """Those of the sessions at whose door somebody waits."""
    return {knock.session for knock in _waiting(session__in=session_ids).only("session")}


def _waiting(**of: Any) -> Any:
    return Knock.objects(status=KnockStatus.WAITING, seen_at__gte=clock.now() - KNOCK_WAITS, **of)


def answer_knock(session: Session, knock_id: str, status: KnockStatus) -> Knock:
    """Admit or refuse. A knock that was answered already stays as it was answered first."""
    found = Knock.objects(id=knock_id, session=session.id).first()
    if found is None:
        raise not_found("knock")
    found.modify({"status": KnockStatus.WAITING}, set__status=status)
    presence.announce(session.id)
    return found


# ---------------------------------------------------------------- consent


def consent_text_for(session: Session) -> ConsentText:
    """What the session's candidate is asked to agree to."""
    config = current_app.config["PROCTOR"]
    return consent_text.text(policy_of(session), config.retention_days, config.evidence_retention_days)


def use_accommodation(session: Session, code: str) -> None:
    """The candidate brings the code of an accommodation, before the start. Raises `invalid` and conflicts."""
    if session.status != Status.SCHEDULED:
        raise conflict("already_started", "The interview has started, so its rules are fixed. Tell the interviewer.")
    accommodations.use_code(code, session.id, by_candidate=True)
    presence.announce(session.id)


def accept_consent(session: Session, version: str) -> None:
    """The candidate agrees to be watched under text `version`."""
    _decide(session, Decision.ACCEPTED, version)


def decline_consent(session: Session, version: str) -> None:
    """The candidate does not agree; the interviewer is told so. In the call, this takes back what they agreed to."""
    if session.status == Status.LIVE and has_consent(session):
        return agreement.withdraw(session)
    return _decide(session, Decision.DECLINED, version)


def _decide(session: Session, decision: Decision, version: str) -> None:
    text = consent_text_for(session)
    if version != text.version:
        raise invalid("version", "The text has changed meanwhile. Reload the page and read it again.")
    answer = Consent(decision=decision, version=version, text=text.lines, decided_at=clock.now(), source="page")
    agreement.store(session, answer)


def may_enter(session: Session) -> bool:
    """Whether the candidate may be in the call: they have agreed, or had and took it back in the call."""
    return has_consent(session) or agreement.is_withdrawn(session)


def has_consent(session: Session) -> bool:
    """Whether the candidate's agreement is on record.

    Where the policy has changed since, it was given to another text. From the start on the policy is fixed.
    """
    given = session.consent
    if given is None or given.decision != Decision.ACCEPTED:
        return False
    is_fixed = session.status != Status.SCHEDULED or given.source != "page"
    return is_fixed or given.version == consent_text_for(session).version


# ---------------------------------------------------------------- lifecycle


def policy_of(session: Session) -> Policy:
    """The policy stored at the start; before that, the one that a start at this moment would store."""
    if session.policy:
        return policy_rules.from_dict(session.policy)
    return policies.current(session.policy_name)


def effective_policy(session: Session, at: datetime) -> Policy:
    """The policy less the accommodation, less the phase at that moment. Not for pages of the interviewer.

    While the candidate's consent is withdrawn it has nothing to watch for.
    """
    if agreement.is_withdrawn(session):
        return policy_rules.nothing(policy_of(session))
    mark = phases.current(session.id, at)
    policy, relief = policy_of(session), accommodations.relief_for(session.id)
    in_grace = bool(phases.grace_left(policy, mark, at))
    return policy_rules.effective(policy, relief, mark.phase if mark else None, in_grace=in_grace)


def course_of(session: Session) -> phases.Course:
    """What holds over the whole interview, phase by phase. Not for pages of the interviewer either."""
    marks = phases.marks_of([session.id])[session.id]
    return phases.course(policy_of(session), accommodations.relief_for(session.id), marks)


def breaks_of(interviews: Iterable[Session]) -> dict[str, list[phases.Span]]:
    """Of each interview, from when to when a phase left nothing to watch for, whoever the candidate is."""
    started = [one for one in interviews if one.policy]
    marks = phases.marks_of(one.id for one in started)
    return {one.id: phases.course(policy_of(one), None, marks[one.id]).breaks for one in started if one.id in marks}


def start(session: Session, now: datetime) -> bool:
    """The candidate has joined: the interview is live and its policy is fixed. False when it was live already."""
    status = rules.next_status(Status(session.status), Action.START)
    policy = policy_of(session).as_dict()
    links = [chain.part(session.id, *one) for one in (("start", {"started_at": now}), ("policy", {"policy": policy}))]
    with chain.attempt(*links) as undo:
        if not session.modify(
            {"status": Status.SCHEDULED}, set__status=status, set__started_at=now, set__policy=policy
        ):
            undo()
            session.reload()
            return False
    _record(session.id, Action.START, "candidate", now)
    return True


def end(session: Session, by: str, now: datetime) -> None:
    """The interview is over. Raises `already_ended` when somebody ended it before."""
    old = Status(session.status)
    status = rules.next_status(old, Action.END)
    changes: dict[str, Any] = {"set__status": status, "set__ended_at": now}
    links = [chain.part(session.id, "end", {"ended_at": now})]
    if not session.policy:
        changes["set__policy"] = policy_of(session).as_dict()
        links.append(chain.part(session.id, "policy", {"policy": changes["set__policy"]}))
    with chain.attempt(*links) as undo:
        if not session.modify({"status": old}, **changes):
            undo()
            session.reload()
            return end(session, by, now)
    _record(session.id, Action.END, by, now)
    return None


def candidate_left(session: Session, now: datetime) -> None:
    """The candidate pressed “leave”; they may come back until the end."""
    session.modify(set__candidate_left_at=now)
    _record(session.id, "leave", "candidate", now)


def candidate_joined(session: Session, now: datetime) -> None:
    """The candidate is in the call, for the first time or again after leaving."""
    if session.candidate_left_at is not None:
        session.modify(unset__candidate_left_at=True)
        _record(session.id, "return", "candidate", now)


def finalise(session: Session, now: datetime) -> bool:
    """Nothing more is expected from the candidate. True for the one caller that gets to make the report."""
    if session.finalised_at is not None:
        return False
    with chain.attempt(chain.part(session.id, "final", {"finalised_at": now})) as undo:
        if session.modify({"status": Status.ENDED, "finalised_at": None}, set__finalised_at=now):
            return True
        undo()
    return False


def live_since(before: datetime) -> list[Session]:
    """Sessions that started before that moment and that nobody has ended."""
    return list(Session.objects(status=Status.LIVE, started_at__lt=before))


def unfinished(before: datetime) -> list[Session]:
    """Sessions that ended before that moment and were never finalised: the process that was about to has died."""
    return list(Session.objects(status=Status.ENDED, finalised_at=None, ended_at__lt=before))


def finished(since: datetime, before: datetime) -> list[str]:
    """Ids of the sessions that were finalised between the two moments."""
    return [one.id for one in Session.objects(finalised_at__gte=since, finalised_at__lt=before).only("id")]


def transitions_of(session_id: str) -> list[Transition]:
    """The steps of the session's life, in order."""
    return list(Transition.objects(session=session_id).order_by("at"))


def _record(session_id: str, action: str, by: str, at: datetime) -> None:
    chain.save(Transition(session=session_id, action=action, by=by, at=at), "transition")


# ---------------------------------------------------------------- notes


def add_note(session: Session, author: str, text: str) -> Note:
    """The interviewer writes something down. Raises `invalid` for an empty or endless text."""
    text = text.strip()
    if not text:
        raise invalid("text", "Write something first.")
    if len(text) > 2000:
        raise invalid("text", "A note holds 2,000 characters at most; this one is longer.")
    note = Note(session=session.id, author=author, text=text, written_at=clock.now())
    chain.save(note, "note")
    presence.announce(session.id)
    return note


def notes_for(session_id: str) -> list[Note]:
    """The notes of a session, first to last."""
    return list(Note.objects(session=session_id).order_by("written_at", "id"))
