"""OpenID Connect, by Authlib: signing in with the account of one's organisation, where OIDC_ISSUER is set.

The code flow with state, nonce and PKCE. Whom the provider names is found by issuer and subject; the first time, by an
e-mail address for which the provider vouches. Accounts are made for the domains of OIDC_DOMAINS only.
"""

import logging
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Flask, current_app
from joserfc.errors import JoseError
from requests import RequestException

from proctor_app import clock
from proctor_app.accounts import service
from proctor_app.accounts.models import Interviewer, OpenIdIdentity
from proctor_app.errors import ProctorError

log = logging.getLogger(__name__)

NAME = "openid"
TIMEOUT_SECONDS = 10


def init_app(app: Flask) -> None:
    """Tell Authlib of the provider, where one is set. It is asked for what it can do when somebody first signs in."""
    config = app.config["PROCTOR"]
    if not config.oidc_issuer:
        return
    app.extensions[NAME] = OAuth(app).register(
        NAME,
        client_id=config.oidc_client_id,
        client_secret=config.oidc_client_secret,
        server_metadata_url=f"{config.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def is_on() -> bool:
    """Whether people can sign in that way."""
    return NAME in current_app.extensions


def ask(back_to: str) -> Any:
    """The answer that sends a browser to the provider, which sends it back to `back_to`. Raises `openid_away`."""
    try:
        return _provider().authorize_redirect(back_to)
    except (RequestException, ValueError, KeyError, RuntimeError) as error:
        raise _away(error) from None


def who_came_back() -> Interviewer:
    """The account of whom the provider names in the present request.

    Raises `openid_refused`, `openid_away`, and `openid_unknown` for somebody who has no account here.
    """
    provider = _provider()
    try:
        claims = provider.authorize_access_token().get("userinfo") or {}
        issuer = provider.load_server_metadata()["issuer"]
    except (RequestException, KeyError) as error:
        raise _away(error) from None
    except (OAuthError, OAuth2Error, JoseError, ValueError, RuntimeError) as error:
        # What the provider, or whoever stands in for it, says of the person is not for the log.
        log.warning("Signing in by OpenID Connect was refused: %s", type(error).__name__)
        message = (
            "The sign-in service did not vouch for you: it was cancelled, took too long, or began in another browser."
        )
        raise ProctorError("openid_refused", message, http_status=403) from None
    # Discovery 4.3: what it calls itself must be what the operator wrote, or another could stand in for it.
    if issuer.rstrip("/") != current_app.config["PROCTOR"].oidc_issuer or not claims.get("sub"):
        raise _away(ValueError("issuer"))
    return _account_of(f"{issuer} {claims['sub']}", claims)


def _account_of(identity: str, claims: dict[str, Any]) -> Interviewer:
    known: Any = OpenIdIdentity.objects(id=identity).first()
    found = service.find(known.interviewer) if known else None
    if found is not None:
        return found
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise _unknown("It names no e-mail address for which it vouches (email_verified).")
    found = service.find_by_email(email) or _made_for(email, claims)
    if found is None:
        raise _unknown("Ask whoever looks after this server to add one with the address that it knows of you.")
    OpenIdIdentity.objects(id=identity).update_one(
        set__interviewer=str(found.id), set_on_insert__created_at=clock.now(), upsert=True
    )
    return found


def _made_for(email: str, claims: dict[str, Any]) -> Interviewer | None:
    """A new account, when the address is of a domain whose people may all have one."""
    if email.strip().lower().rpartition("@")[2] not in current_app.config["PROCTOR"].oidc_domains:
        return None
    name = claims.get("name")
    name = name if isinstance(name, str) and 0 < len(name.strip()) <= 200 else service.name_from(email)
    try:
        return service.create_interviewer(email, name)
    except ProctorError as error:
        # Of two that come at once, the first one makes it.
        if error.code != "email_taken":
            raise
        return service.find_by_email(email)


def _provider() -> Any:
    return current_app.extensions[NAME]


def _away(error: Exception) -> ProctorError:
    log.error("The provider of OIDC_ISSUER cannot be used: %s", type(error).__name__)
    message = "The sign-in service cannot be reached, or does not answer as it should. Try again, or use your password."
    return ProctorError("openid_away", message, http_status=502)


def _unknown(why: str) -> ProctorError:
    return ProctorError(
        "openid_unknown", f"The sign-in service knows you, but you have no account here. {why}", http_status=403
    )
