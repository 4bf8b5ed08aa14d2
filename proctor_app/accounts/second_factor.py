"""The second factor: codes of an authenticator app (RFC 6238, by PyOTP), and recovery codes for when it is lost.

A code works once: its time step is written down before it opens anything, and neither that one nor one before it works
again. Recovery codes are random and long, so that a plain hash is enough; each goes when it is used.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from markupsafe import Markup

from proctor_app import clock
from proctor_app.accounts import throttle
from proctor_app.accounts.models import Interviewer, SecondFactor
from proctor_app.errors import conflict, invalid

ISSUER = "Proctor"
STEP_SECONDS = 30
# One step to either side, as RFC 6238 (5.2) recommends: clocks differ, and typing takes time.
STEPS_ASIDE = 1
RECOVERY_CODES = 10
# Without those that look alike; 16 of 32 are 80 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz123456789"
CODE_LENGTH = 16


def is_on(interviewer: Interviewer) -> bool:
    """Whether signing in asks for a code."""
    return bool(SecondFactor.objects(id=str(interviewer.id), secret__ne=None).only("id").first())


def is_required() -> bool:
    """Whether everybody needs a second factor, by REQUIRE_SECOND_FACTOR."""
    return bool(current_app.config["PROCTOR"].require_second_factor)


def recovery_codes_left(interviewer: Interviewer) -> int:
    """How many recovery codes were not used yet."""
    stored = _stored(interviewer)
    return len(stored.recovery_hashes) if stored else 0


# ---------------------------------------------------------------- switching it on and off


def secret_to_show(interviewer: Interviewer) -> str:
    """The secret that an app is to be given: the same one until it is confirmed. Raises `already_on`."""
    stored = _stored(interviewer)
    if stored is not None and stored.secret:
        raise conflict("already_on", "The second factor is on already. Turn it off first to use another app.")
    pending = _unsealed(stored.pending) if stored else None
    if pending is None:
        pending = pyotp.random_base32()
        SecondFactor.objects(id=str(interviewer.id)).update_one(set__pending=_sealed(pending), upsert=True)
    return pending


def picture_of(interviewer: Interviewer, secret: str) -> Markup:
    """The QR code that an authenticator app reads, as inline SVG without a style that the CSP would refuse."""
    address = pyotp.TOTP(secret).provisioning_uri(name=interviewer.email, issuer_name=ISSUER)
    drawn = segno.make_qr(address, error="m").svg_inline(svgclass="qr", lineclass=None, omitsize=True, light="#fff")
    return Markup(drawn.replace("<svg", '<svg role="img" aria-label="QR code for an authenticator app"', 1))


def confirm(interviewer: Interviewer, code: str) -> list[str]:
    """Switch it on with the app's first code. Returns the recovery codes, which are never shown again.

    Raises `invalid` for a code that does not fit, `TooManyTries`, and `already_on`.
    """
    secret = secret_to_show(interviewer)
    tried = _try(interviewer)
    step = _step_of(secret, _plain(code), 0)
    if step is None:
        raise invalid("code", "That is not the code that the app shows now. Check that its clock is right.")
    tried.succeeded()
    codes, hashes = _new_codes()
    stored = _stored(interviewer)
    if stored is None or not stored.modify(
        {"secret": None},
        set__secret=_sealed(secret),
        set__last_step=step,
        set__recovery_hashes=hashes,
        set__since=clock.now(),
        unset__pending=True,
    ):
        raise conflict("already_on", "The second factor was switched on meanwhile.")
    return codes


def renew_codes(interviewer: Interviewer, code: str) -> list[str]:
    """Ten new recovery codes; the old ones stop working. Raises `invalid` for a wrong `code`."""
    require(interviewer, code)
    codes, hashes = _new_codes()
    SecondFactor.objects(id=str(interviewer.id)).update_one(set__recovery_hashes=hashes)
    return codes


def turn_off(interviewer: Interviewer) -> bool:
    """No code is asked for any more; whether one was before. Who may do this, the door decides."""
    return bool(SecondFactor.objects(id=str(interviewer.id)).delete())


# ---------------------------------------------------------------- checking


def require(interviewer: Interviewer, code: str) -> None:
    """Use up `code`, of the app or for recovery. Raises `invalid` for one that does not work, and `TooManyTries`."""
    tried = _try(interviewer)
    stored, plain = _stored(interviewer), _plain(code)
    if stored is None or not (_use_step(stored, plain) or _use_recovery(stored, plain)):
        raise invalid("code", "That code does not work: each works once, and those of the app for about a minute.")
    tried.succeeded()


def _use_step(stored: SecondFactor, plain: str) -> bool:
    secret = _unsealed(stored.secret)
    step = _step_of(secret, plain, stored.last_step) if secret else None
    # Of two that come with one code at once, the second finds `last_step` changed.
    return step is not None and bool(
        SecondFactor.objects(id=stored.id, last_step__lt=step).update_one(set__last_step=step)
    )


def _step_of(secret: str, plain: str, after: int) -> int | None:
    """The time step, later than `after`, whose code `plain` is."""
    if not re.fullmatch(r"[0-9]{6}", plain):
        return None
    app, now = pyotp.TOTP(secret, interval=STEP_SECONDS), int(clock.now().timestamp()) // STEP_SECONDS
    steps = range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
    fitting = [step for step in steps if hmac.compare_digest(app.generate_otp(step), plain)]
    return next((step for step in fitting if step > after), None)


def _use_recovery(stored: SecondFactor, plain: str) -> bool:
    if len(plain) != CODE_LENGTH:
        return False
    found = SecondFactor.objects(id=stored.id, recovery_hashes=_hash(plain))
    return bool(found.update_one(pull__recovery_hashes=_hash(plain)))


def _try(interviewer: Interviewer) -> throttle.Try:
    return throttle.begin(f"code of {interviewer.id}", None)


def _stored(interviewer: Interviewer) -> Any:
    return SecondFactor.objects(id=str(interviewer.id)).first()


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def _new_codes() -> tuple[list[str], list[str]]:
    """Recovery codes as people read them, `abcd-efgh-jkmn-pqrs`, and their hashes."""
    plain = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    return ["-".join(re.findall("....", one)) for one in plain], [_hash(one) for one in plain]


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


# ---------------------------------------------------------------- sealing


def _box() -> Fernet:
    key = hmac.new(current_app.config["SECRET_KEY"].encode(), b"second factor", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def _unsealed(sealed: str | None) -> str | None:
    """The secret; None when there is none, or when it was sealed with another SECRET_KEY."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else None
    except InvalidToken:
        return None
