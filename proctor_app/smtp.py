"""Handing an e-mail to the server that SMTP_URL names, and saying in words why it was not taken."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from config import Config

TIMEOUT_SECONDS = 30
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


def send(config: "Config", message: EmailMessage) -> None:
    """Hand `message` to the server of SMTP_URL. Raises what smtplib raises."""
    connection = connect(config.smtp_url or "")
    try:
        connection.send_message(message)
        # It is taken: whatever the server answers to a goodbye, it must not be sent again.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        connection.close()


def connect(smtp_url: str) -> smtplib.SMTP:
    """A signed-in connection to the mail server, encrypted where the server offers it. Raises what smtplib raises."""
    server = urlsplit(smtp_url)
    place = (server.hostname or "", server.port or DEFAULT_PORTS[server.scheme])
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(*place, timeout=TIMEOUT_SECONDS)
    try:
        connection.ehlo()
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection


def failure_in_words(error: Exception) -> str | None:
    """Why an e-mail could not be sent and what to do, or None for an error that is not about e-mail."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refused user name or password. Check SMTP_URL."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "The mail server refused the interviewer's address. Check it on the account page."
    if isinstance(error, smtplib.SMTPException):
        return f"The mail server refused the message ({type(error).__name__}). Check SMTP_URL and MAIL_FROM."
    if isinstance(error, ssl.SSLError):
        return "The mail server's certificate could not be trusted. Check the host name in SMTP_URL."
    if isinstance(error, OSError):
        return "The mail server could not be reached. Check SMTP_URL and that it is up."
    return None
