"""Use cases of accommodations: profiles, the codes that give them, and what one interview was given.

Who may know what: administrators write profiles and hand out codes; a code says nothing and works once, so that two
candidates of one profile have nothing in common. Whoever uses the code, the interviewer who creates the interview or
the candidate who comes to it, is told only that it was taken. What it gives is read in two places alone: by
`relief_for`, which the effective policy is made with and which is shown to whoever has the candidate's own code, and by
the full export of an operator.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from bson import ObjectId
from mongoengine import NotUniqueError

from proctor_app import clock
from proctor_app.accommodations.models import Accommodation, Profile
from proctor_app.errors import ProctorError, conflict, invalid, not_found
from proctor_app.policies.kinds import DETECTORS
from proctor_app.policies.rules import Relief, in_order, name_key

# Letters and digits that nobody takes for one another, by eye or by ear.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
CODE_VALID_FOR = timedelta(days=90)
NAME_LENGTH = 60


# ---------------------------------------------------------------- profiles


def profiles(*, archived: bool = False) -> list[Profile]:
    """The profiles by name; archived ones only on demand."""
    found = Profile.objects if archived else Profile.objects(archived_at=None)
    return list(found.order_by("name_key"))


def get_profile(profile_id: str) -> Profile:
    """The profile by its id. Raises `not_found`."""
    found = Profile.objects(id=profile_id).first()
    if found is None:
        raise not_found("profile")
    return found


def create_profile(name: str, relief: Relief) -> Profile:
    """A new profile. Raises `invalid` for a name or for changes that are none, and `name_taken`."""
    fields = _checked(name, relief)
    try:
        return Profile(id=str(ObjectId()), changed_at=clock.now(), **fields).save(force_insert=True)
    except NotUniqueError:
        raise _name_taken() from None


def change_profile(profile: Profile, name: str, relief: Relief) -> None:
    """A profile as it is from now on. What a used code gave stays as it was. Raises as `create_profile`."""
    changes = {f"set__{field}": value for field, value in _checked(name, relief).items()}
    try:
        profile.modify(**changes, set__changed_at=clock.now())
    except NotUniqueError:
        raise _name_taken() from None


def archive_profile(profile: Profile) -> int:
    """No new code is made for it, and those that nobody used stop working. Returns how many those were."""
    profile.modify({"archived_at": None}, set__archived_at=clock.now())
    return int(Accommodation.objects(profile=profile.id, session=None).delete())


def restore_profile(profile: Profile) -> None:
    """Codes can be made for it again."""
    profile.modify(unset__archived_at=True)


def relief_of(profile: Profile) -> Relief:
    """What a profile changes."""
    return Relief(in_order(profile.off), dict(profile.thresholds), bool(profile.no_pictures))


def _checked(name: str, relief: Relief) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name:
        raise invalid("name", "Give the profile a name. Only administrators see it.")
    if len(name) > NAME_LENGTH:
        raise invalid("name", f"The name holds {NAME_LENGTH} characters at most; this one is longer.")
    if relief == Relief():
        raise invalid("off", "This profile changes nothing yet. Switch something off, or give it a longer time.")
    return {
        "name": name,
        "name_key": name_key(name),
        "off": list(in_order(relief.off)),
        "thresholds": {key: relief.thresholds[key] for key in DETECTORS if key in relief.thresholds},
        "no_pictures": relief.no_pictures,
    }


def _name_taken() -> ProctorError:
    error = conflict("name_taken", "Another profile has this name, perhaps an archived one. Choose a different name.")
    error.field = "name"
    return error


# ---------------------------------------------------------------- codes


def make_code(profile: Profile) -> str:
    """A new code for one interview. It is told here and never again. Raises `archived`."""
    if profile.archived_at is not None:
        raise conflict("archived", "This profile is archived. Restore it first.")
    now = clock.now()
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    Accommodation(
        id=str(ObjectId()),
        code_hash=_hash(code),
        profile=profile.id,
        made_at=now,
        expires_at=now + CODE_VALID_FOR,
    ).save(force_insert=True)
    return f"{code[:5]}-{code[5:]}"


def unused_codes(profile: Profile) -> list[Accommodation]:
    """Codes of the profile that still work, newest first. Which interview used one is not to be found here."""
    return list(Accommodation.objects(profile=profile.id, session=None).order_by("-made_at"))


def withdraw(profile: Profile, code_id: str) -> None:
    """A code of the profile that nobody used stops working. Raises `not_found`."""
    if not Accommodation.objects(id=code_id, profile=profile.id, session=None).delete():
        raise not_found("code")


def check_code(code: str) -> None:
    """Raises `invalid` when the code gives nothing: unknown, used, withdrawn and expired look the same."""
    if _unused(code) is None:
        raise _unknown_code()


def use_code(code: str, session_id: str, *, by_candidate: bool = False) -> None:
    """Give the interview what the code stands for. Raises `invalid`, and `already_given` for a second code."""
    if applies(session_id):
        message = "An accommodation applies already. What it changes is shown for a code that was typed on this page."
        raise conflict("already_given", message)
    found = _unused(code)
    profile = Profile.objects(id=found.profile).first() if found else None
    if found is None or profile is None:
        raise _unknown_code()
    relief = relief_of(profile)
    is_first = found.modify(
        {"session": None},
        set__session=session_id,
        set__used_at=clock.now(),
        set__by_candidate=by_candidate,
        set__off=list(relief.off),
        set__thresholds=dict(relief.thresholds),
        set__no_pictures=relief.no_pictures,
        unset__profile=True,
        unset__expires_at=True,
    )
    if not is_first:
        raise _unknown_code()


def _unused(code: str) -> Accommodation | None:
    # The database drops expired codes within a minute or so, not at the moment.
    return Accommodation.objects(code_hash=_hash(code), session=None, expires_at__gt=clock.now()).first()


def _hash(code: str) -> str:
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _unknown_code() -> ProctorError:
    message = "This code opens nothing: it may be mistyped, used or expired. Ask whoever gave it for a new one."
    return invalid("accommodation", message)


# ---------------------------------------------------------------- what an interview was given


def relief_for(session_id: str) -> Relief | None:
    """What the interview's accommodation takes off, or None. Not for pages of the interviewer."""
    found = Accommodation._get_collection().find_one({"session": session_id})
    if found is None:
        return None
    return Relief(in_order(found.get("off", ())), found.get("thresholds", {}), bool(found.get("no_pictures")))


def relief_by_code(session_id: str, code: str) -> Relief | None:
    """What the interview was given, for whoever has the candidate's own code; None for any other.

    The link alone does not show it: the interviewer has the link, too. Nor does a code that they typed themselves.
    """
    found = Accommodation.objects(session=session_id, code_hash=_hash(code), by_candidate=True).only("id").first()
    return relief_for(session_id) if found else None


def applies(session_id: str) -> bool:
    """Whether one applies: all that interviewers, programs and reports are told."""
    return Accommodation._get_collection().find_one({"session": session_id}, {"_id": 1}) is not None


def those_with(session_ids: list[str]) -> set[str]:
    """Those of the interviews to which one applies."""
    found = Accommodation._get_collection().find({"session": {"$in": session_ids}}, {"session": 1})
    return {one["session"] for one in found}
