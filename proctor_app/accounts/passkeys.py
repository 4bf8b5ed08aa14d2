"""Passkeys (WebAuthn, by the `webauthn` package): made on one's own account, and used to sign in.

A passkey is a device that its owner unlocks (`user verification`), so that it counts as both factors. What is to be
signed is random, works once and within five minutes; the database says so, since a copied cookie could bring an old one
back.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from proctor_app import clock
from proctor_app.accounts import service
from proctor_app.accounts.models import Interviewer, Passkey, PasskeyChallenge
from proctor_app.errors import ProctorError, invalid, not_found

NAME = "Proctor"
ANSWER_WITHIN = timedelta(minutes=5)
# What the package raises on malformed input beside its own errors: it decodes CBOR and base64 of strangers.
BROKEN = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, OverflowError)


@dataclass(frozen=True)
class Site:
    """Where the pages are, as browsers see it: keys made for one host work on no other."""

    host: str
    origin: str

    @classmethod
    def at(cls, address: str) -> "Site":
        """The site of an address such as `https://interviews.example.org`."""
        parts = urlsplit(address)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def can_have_passkeys(self) -> bool:
        """Browsers have them for names with HTTPS and for localhost; never for an address in numbers."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://") or self.host == "localhost" or self.host.endswith(".localhost")
        return False


def list_for(interviewer: Interviewer) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    return list(Passkey.objects(interviewer=str(interviewer.id)).order_by("created_at"))


def exist_for(interviewer: Interviewer) -> bool:
    """Whether the account has any."""
    return bool(Passkey.objects(interviewer=str(interviewer.id)).only("id").first())


# ---------------------------------------------------------------- making one


def creation_options(interviewer: Interviewer, site: Site) -> tuple[str, str]:
    """What a browser is asked to make: the options as JSON, and the challenge in them."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=str(interviewer.id).encode(),
        user_name=interviewer.email,
        user_display_name=interviewer.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in list_for(interviewer)
        ],
    )
    return webauthn.options_to_json(options), _remember(options.challenge)


def add(interviewer: Interviewer, site: Site, challenge: str, credential: Any, label: Any) -> Passkey:
    """Keep the passkey that the browser made. Raises `invalid` and `passkey_refused`."""
    label = " ".join(label.split()) if isinstance(label, str) else ""
    if not label or len(label) > 100:
        raise invalid("label", "Say in up to 100 characters which device or password manager that is.")
    _use_up(challenge)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except BROKEN:
        raise _refused() from None
    key = bytes_to_base64url(made.credential_id)
    if len(key) > 1024 or Passkey.objects(id=key).first():
        raise _refused()
    return Passkey(
        id=key,
        interviewer=str(interviewer.id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label=label,
        created_at=clock.now(),
    ).save(force_insert=True)


def remove(interviewer: Interviewer, passkey_id: str) -> Passkey:
    """The passkey opens nothing any more. Raises `not_found`, also for another account's."""
    found: Any = Passkey.objects(id=passkey_id, interviewer=str(interviewer.id)).first()
    if found is None:
        raise not_found("passkey")
    found.delete()
    return found


# ---------------------------------------------------------------- signing in


def request_options(site: Site) -> tuple[str, str]:
    """What a browser is asked to sign: the options as JSON, and the challenge in them.

    No keys are named: the browser shows those that it has for this site, and we tell nobody who has an account.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options), _remember(options.challenge)


def check(site: Site, challenge: str, credential: Any) -> Interviewer:
    """The account whose passkey signed the challenge. Raises `passkey_refused`."""
    _use_up(challenge)
    key = credential.get("id") if isinstance(credential, dict) else None
    stored: Any = Passkey.objects(id=key).first() if isinstance(key, str) else None
    if stored is None:
        raise _refused()
    try:
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(stored.public_key),
            credential_current_sign_count=stored.sign_count,
            require_user_verification=True,
        )
    except BROKEN:
        raise _refused() from None
    interviewer = service.find(stored.interviewer)
    counted = stored.modify(
        {"sign_count": stored.sign_count}, set__sign_count=shown.new_sign_count, set__last_used_at=clock.now()
    )
    if interviewer is None or not counted:
        raise _refused()
    return interviewer


def _refused() -> ProctorError:
    message = "That passkey does not open an account here. Try again, or use your password."
    return ProctorError("passkey_refused", message, http_status=422)


# ---------------------------------------------------------------- challenges


def _remember(challenge: bytes) -> str:
    plain = bytes_to_base64url(challenge)
    PasskeyChallenge(id=_hash(plain), expires_at=clock.now() + ANSWER_WITHIN).save(force_insert=True)
    return plain


def _use_up(challenge: str) -> None:
    """Raises `passkey_late` for a challenge that is unknown, was answered before, or is too old."""
    if not PasskeyChallenge.objects(id=_hash(challenge), expires_at__gt=clock.now()).delete():
        message = "That took too long, or was answered before. Try again."
        raise ProctorError("passkey_late", message, http_status=422)


def _hash(challenge: str) -> str:
    return hashlib.sha256(challenge.encode()).hexdigest()
