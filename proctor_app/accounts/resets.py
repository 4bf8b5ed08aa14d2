"""A new password for who forgot it: by a link that an e-mail brings, or that the operator prints.

The web process only puts the address in line. Whether it has an account is looked up by the job process, so that
neither the answer nor the time it takes tells. A link works once, for half an hour, and signs nobody in: a second
factor is asked for afterwards as ever.
"""

import hashlib
import secrets
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from flask import current_app, render_template

from proctor_app import clock, jobs, smtp
from proctor_app.accounts import service, sign_ins
from proctor_app.accounts.models import Interviewer, PasswordReset
from proctor_app.errors import ProctorError

VALID_FOR = timedelta(minutes=30)
# Whoever asks for somebody else's resets fills their mailbox no further than this.
MAILS_IN_THAT_TIME = 3
# Five tries within about five minutes: later the link would be old before it arrives.
RETRIES = 4


def ask(email: str) -> None:
    """Have a link mailed to `email`, if there is such an account. Only for a server with SMTP_URL."""
    jobs.enqueue(mail_reset, email.strip().lower())


@jobs.job(retries=RETRIES)
def mail_reset(email: str) -> None:
    """Mail a link to the account of `email`. Without one, nothing happens."""
    interviewer = service.find_by_email(email)
    if interviewer is None or not interviewer.has_mailbox:
        return
    if PasswordReset.objects(interviewer=str(interviewer.id), expires_at__gt=clock.now()).count() >= MAILS_IN_THAT_TIME:
        return
    config = current_app.config["PROCTOR"]
    token = make(interviewer)
    try:
        smtp.send(config, _message(interviewer, link(token)))
    except Exception as error:
        # This token reached nobody; the next try makes its own.
        PasswordReset.objects(token_hash=_hash(token)).delete()
        words = smtp.failure_in_words(error)
        if words is None:
            raise
        # What smtplib says may name the address.
        raise ProctorError("not_mailed", words, http_status=502) from None


def make(interviewer: Interviewer) -> str:
    """The token of a link with which `interviewer` chooses a new password once: the page is `/reset/<token>`."""
    token, now = secrets.token_urlsafe(32), clock.now()
    PasswordReset(
        token_hash=_hash(token), interviewer=str(interviewer.id), created_at=now, expires_at=now + VALID_FOR
    ).save(force_insert=True)
    return token


def link(token: str) -> str:
    """The address of a token's page. It never comes from a request, whose `Host` anybody may choose."""
    config = current_app.config["PROCTOR"]
    base = config.base_url or f"{'https' if config.https else 'http'}://{config.host}:{config.port}"
    return f"{base}/reset/{token}"


def find(token: str) -> Interviewer | None:
    """The account whose link this is, as long as it works. Looking uses nothing up: mail scanners do it, too."""
    stored = PasswordReset.objects(token_hash=_hash(token), expires_at__gt=clock.now()).first()
    return service.find(stored.interviewer) if stored else None


def redeem(token: str, password: str) -> Interviewer | None:
    """Set the new password and sign the account out everywhere; None when the link does not work any more.

    Raises `invalid` for a password that cannot be used, and the link still works then.
    """
    interviewer = find(token)
    if interviewer is None:
        return None
    service.check_new_password(password)
    if not PasswordReset.objects(token_hash=_hash(token)).delete():
        return None
    service.set_password(interviewer, password)
    PasswordReset.objects(interviewer=str(interviewer.id)).delete()
    sign_ins.end_all(interviewer)
    return interviewer


def _message(interviewer: Interviewer, address: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "A new password for Proctor"
    message["From"] = current_app.config["PROCTOR"].mail_from
    message["To"] = interviewer.email
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="proctor.invalid")
    message["Auto-Submitted"] = "auto-generated"
    minutes = round(VALID_FOR.total_seconds() / 60)
    message.set_content(
        render_template("accounts/reset_mail.txt", interviewer=interviewer, address=address, minutes=minutes)
    )
    return message


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
