"""Use cases of policies: list, make, change, take back, archive. The only writer of its models.

Nothing is ever lost: a change adds a version, going back adds one more that says the same as an old one, and a policy
that is not wanted any more is archived. Sessions keep a copy of what held when they started.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from mongoengine import NotUniqueError

from proctor_app import clock
from proctor_app.errors import ProctorError, conflict, invalid, not_found
from proctor_app.policies import rules
from proctor_app.policies.models import OwnPolicy, PolicyVersion
from proctor_app.policies.rules import Policy

PUBLISHED_SUMMARIES = {
    "classic": "The published formula: focus loss 2, absence 3, multiple faces 5. All else is shown, not scored.",
    "strict": "As classic, and what the advisory detectors see takes points off, too.",
}


@dataclass(frozen=True)
class Choice:
    """A policy that an interview may be held under. `key` is what the API and the session name it by."""

    key: str
    policy: Policy
    summary: str
    is_own: bool
    is_archived: bool = False


def choices(*, archived: bool = False) -> list[Choice]:
    """Every policy that can be chosen: the published ones, then one's own by name; archived ones only on demand."""
    published = [Choice(key, current(key), PUBLISHED_SUMMARIES[key], is_own=False) for key in rules.BY_NAME]
    own = [_choice(one) for one in OwnPolicy.objects.order_by("name_key")]
    return published + [one for one in own if archived or not one.is_archived]


def _choice(own: OwnPolicy) -> Choice:
    return Choice(own.id, policy_of(own), own.summary or "", is_own=True, is_archived=own.archived_at is not None)


def check_choice(key: str) -> None:
    """Raises `invalid` when no new interview can be held under the policy `key`."""
    known = [*rules.BY_NAME, *OwnPolicy.objects(archived_at=None).order_by("name_key").scalar("id")]
    if key not in known:
        raise invalid("policy", f"There is no policy “{key}”. Known: {', '.join(known)}.")


def current(key: str) -> Policy:
    """The policy as it stands now, archived or not. Raises `not_found`."""
    if key in rules.BY_NAME:
        config = current_app.config["PROCTOR"]
        return rules.current(key, config.policy_weights, config.policy_thresholds)
    return policy_of(get(key))


def get(key: str) -> OwnPolicy:
    """One of the organisation's own policies. Raises `not_found`."""
    found = OwnPolicy.objects(id=key).first()
    if found is None:
        raise not_found("policy")
    return found


def policy_of(own: OwnPolicy, number: int | None = None) -> Policy:
    """What version `number` says, or the newest one. Raises `not_found`."""
    wanted = number or own.version
    found = next((one for one in own.versions if one.number == wanted), None)
    if found is None:
        raise not_found("version of this policy")
    return rules.from_dict({**found.values, "version": found.number})


def create(policy: Policy, summary: str, by: str) -> OwnPolicy:
    """A new policy with what `policy` says. Raises `name_taken`."""
    made = OwnPolicy(
        id=_free_key(policy.name),
        name=policy.name,
        name_key=rules.name_key(policy.name),
        summary=summary or None,
        version=1,
        versions=[_version(1, policy, by)],
    )
    if made.name_key in rules.BY_NAME:
        raise _name_taken()
    try:
        return made.save(force_insert=True)
    except NotUniqueError:
        raise _name_taken() from None


def change(own: OwnPolicy, policy: Policy, summary: str, by: str, base: int, same_as: int | None = None) -> bool:
    """A new version, made from version `base`. False when it says what the newest one says already.

    Raises `name_taken`, and `changed_meanwhile` when somebody saved another version since.
    """
    if own.version != base:
        raise _changed_meanwhile()
    if rules.name_key(policy.name) in rules.BY_NAME:
        raise _name_taken()
    number = own.version + 1
    is_same = replace(policy, version=own.version) == policy_of(own)
    if is_same and (own.summary or "") == summary:
        return False
    changes: dict[str, Any] = {
        "set__name": policy.name,
        "set__name_key": rules.name_key(policy.name),
        "set__summary": summary or None,
    }
    if not is_same:
        version = _version(number, policy, by, same_as)
        changes |= {"set__version": number, "push__versions": version}
    try:
        if not own.modify({"version": base}, **changes):
            raise _changed_meanwhile()
    except NotUniqueError:
        raise _name_taken() from None
    return True


def go_back(own: OwnPolicy, number: int, by: str) -> bool:
    """Have the policy say again what version `number` says. False when it does already. Raises `not_found`."""
    return change(own, policy_of(own, number), own.summary or "", by, own.version, same_as=number)


def archive(own: OwnPolicy) -> None:
    """No new interview is held under it. Those that are scheduled keep it. A repeat changes nothing."""
    own.modify({"archived_at": None}, set__archived_at=clock.now())


def restore(own: OwnPolicy) -> None:
    """An archived policy can be chosen again."""
    own.modify(unset__archived_at=True)


def _version(number: int, policy: Policy, by: str, same_as: int | None = None) -> PolicyVersion:
    values = replace(policy, version=number).as_dict()
    return PolicyVersion(number=number, values=values, made_at=clock.now(), made_by=by, same_as=same_as)


def _free_key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "policy"
    taken = slug in rules.BY_NAME or OwnPolicy.objects(id=slug).first() is not None
    return f"{slug}-{secrets.token_hex(3)}" if taken else slug


def _name_taken() -> ProctorError:
    error = conflict("name_taken", "Another policy has this name, or it is a published one. Choose a different name.")
    error.field = "name"
    return error


def _changed_meanwhile() -> ProctorError:
    return conflict(
        "changed_meanwhile",
        "Somebody saved another version of this policy while you were editing. Reload to see it, then change it again.",
    )
