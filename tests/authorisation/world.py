"""The interview that everybody asks for, the people who ask, and all that each of them has in hand."""

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from mongoengine.connection import get_db

from proctor_app import clock
from proctor_app.accommodations import service as accommodations
from proctor_app.accounts import service as accounts
from proctor_app.accounts import sign_ins
from proctor_app.accounts.models import Interviewer
from proctor_app.evidence import service as evidence
from proctor_app.evidence.payloads import EvidencePayload
from proctor_app.policies import service as policies
from proctor_app.policies.rules import CLASSIC, Relief
from proctor_app.records import ABOUT_A_SESSION
from proctor_app.reports import service as reports
from proctor_app.sessions import links
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.authorisation.table import ROLES
from tests.cast import make_owner, make_stranger, sign_in
from tests.evidence.conftest import jpeg, keep_stills
from tests.held import VOUCHED, observe

# What stands in the interview and nowhere else. The candidate may read the first two.
TITLE, CANDIDATE = "Keeper of the Zwieback", "Quendolyn Fitz-Asha"
NOTE, EMAIL, KNOCKER = "knows the fourth normal form by heart", "quendolyn@example.net", "Ottokar at the door"
STILL = jpeg()
_numbers = itertools.count(1)


@dataclass
class Interview:
    """An interview, what its addresses are made of, and what its candidate has been given."""

    session: Session
    link: str
    program: str
    incident: str
    knock: str


@dataclass
class Person:
    """Somebody who asks: their browser, their API token, and what their socket says."""

    browser: Any
    interview: Interview
    bearer: str = ""
    candidate_token: str = ""
    account: Interviewer | None = None


@dataclass
class World:
    """The people of the table. `interview` is what all ask for; who comes after the end asks for one that is over."""

    app: Any
    owner: Interviewer
    stranger: Interviewer
    admin: Interviewer
    people: dict[str, Person] = field(default_factory=dict)


def make_interview(world: World) -> Interview:
    """Under way since ten minutes, with an incident, its still, a note and somebody at the door."""
    owner = str(world.owner.id)
    with world.app.app_context():
        session, link = sessions.create(owner, TITLE, CANDIDATE, EMAIL, consent=VOUCHED)
        program = links.add_program_token(session)
        sessions.start(session, clock.now() - timedelta(minutes=10))
        session.reload()
        keep_stills(session, "still")
        incident = observe(session, "focus_loss", "looking_away", 200, 6, direction="right", degrees=28)
        still = {"observation": incident, "at": clock.to_ms(clock.now()), "jpeg": STILL}
        evidence.record(session.id, EvidencePayload.parse(still), 0)
        sessions.add_note(session, owner, NOTE)
        knock = sessions.knock(session.id, KNOCKER)
        reports.request_report(session.id)
    return Interview(session, link, program, incident, knock.id)


def make_world(app: Any) -> World:
    """Everybody, before anybody has asked for anything.

    No application context is held while somebody asks: requests would share what it remembers of who is signed in.
    """
    with app.app_context():
        admin = accounts.create_interviewer("ada@example.org", "Ada Administrator", is_admin=True)
        world = World(app, make_owner(), make_stranger(), admin)
    for role in ROLES:
        world.people[role] = make_person(world, role, make_interview(world))
    return world


def make_person(world: World, role: str, interview: Interview) -> Person:
    """One of the table's columns, with fresh credentials, asking for that interview."""
    person = Person(world.app.test_client(), interview)
    account = {"stranger": world.stranger, "owner": world.owner, "admin": world.admin, "revoked": world.owner}.get(role)
    if account is not None:
        sign_in(person.browser, account)
        with world.app.app_context():
            person.account, person.bearer = account, accounts.add_token(account, f"matrix {next(_numbers)}")
    if role in ("candidate", "after_end", "revoked"):
        come_by_link(person, interview)
    if role == "elsewhere":
        come_by_link(person, make_interview(world))
    if role == "after_end":
        with world.app.app_context():
            sessions.end(interview.session, str(world.owner.id), clock.now())
    if role == "revoked":
        revoke(world, person)
    return person


def sign_in_anew(world: World, person: Person) -> Person:
    """The same person at another browser, so that what is done to one sign-in does not end the other."""
    return replace(person, browser=sign_in(world.app.test_client(), person.account)) if person.account else person


def stored(interviews: Iterable[Interview]) -> dict[str, list[Any]]:
    """All that the database holds about these interviews, but for who knocks, which is for everybody."""
    db, ids = get_db(), [one.session.id for one in interviews]
    found = {name: list(db[name].find({"session": {"$in": ids}}).sort("_id")) for name in ABOUT_A_SESSION}
    found["knock"] = [one for one in found["knock"] if one["name"] == KNOCKER]
    return found | {"session": list(db["session"].find({"_id": {"$in": ids}}).sort("_id"))}


def shared() -> dict[str, list[Any]]:
    """What is everybody's, and what accounts have of their own."""
    db = get_db()
    names = ("policy", "accommodation_profile", "interviewer", "passkey")
    found = {name: list(db[name].find().sort("_id")) for name in names}
    found["api_token"] = list(db["api_token"].find({}, {"revoked_at": 1}).sort("_id"))
    found["sign_in"] = list(db["sign_in"].find({}, {"_id": 1}).sort("_id"))
    return found


def come_by_link(person: Person, interview: Interview) -> None:
    """Open the candidate's link. A candidate tries their token as a program's, too."""
    assert person.browser.get(f"/join/{interview.session.id}?t={interview.link}").status_code == 303
    person.candidate_token = interview.program
    person.bearer = person.bearer or interview.program


def revoke(world: World, person: Person) -> None:
    """End the sign-in, revoke the API token, withdraw the link: what they had in hand is worth nothing any more."""
    with world.app.app_context():
        if person.account is not None:
            sign_ins.end(person.account, str(sign_ins.list_for(person.account, clock.now())[0].id))
            accounts.revoke_token(person.account, str(accounts.tokens_of(person.account)[0].id))
        links.withdraw(sessions.get(person.interview.session.id), str(world.owner.id))


def parts_of(interview: Interview) -> dict[str, Any]:
    """The variable parts of addresses that lead to something of this interview."""
    return {"session_id": interview.session.id, "incident_id": interview.incident, "knock_id": interview.knock}


def address_parts(world: World, interview: Interview) -> dict[str, Any]:
    """A value for every variable part of an address: of this interview, and of what its owner or nobody owns."""
    sign_in(world.app.test_client(), world.owner)
    with world.app.app_context():
        accounts.add_token(world.owner, f"matrix {next(_numbers)}")
        profile = accommodations.create_profile(f"Profile {next(_numbers)}", Relief(off=("window_blur",)))
        accommodations.make_code(profile)
        passkey = {"_id": secrets.token_urlsafe(18), "interviewer": str(world.owner.id), "label": "Telephone"}
        passkey |= {"public_key": b"key", "sign_count": 0, "created_at": clock.now()}
        get_db()["passkey"].insert_one(passkey)
        policy = policies.create(replace(CLASSIC, name=f"Policy {next(_numbers)}"), "", str(world.admin.id))
        return parts_of(interview) | {
            "token_id": accounts.tokens_of(world.owner)[0].id,
            "sign_in_id": sign_ins.list_for(world.owner, clock.now())[0].id,
            "profile_id": profile.id,
            "code_id": accommodations.unused_codes(profile)[0].id,
            "key": policy.id,
            "number": 1,
            "passkey_id": passkey["_id"],
            "token": "made-up",
            "kind": "json",
            "package": "htmx",
        }
