"""ICE servers for a call: STUN as it is set, TURN with credentials that expire.

The credentials are those of the TURN REST scheme (draft-uberti-behave-turn-rest-00), which coturn calls
`use-auth-secret`: the user name is the time of expiry and a name, the password an HMAC-SHA1 over it.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask

from proctor_app import clock

if TYPE_CHECKING:
    from config import Config

LIFETIME = timedelta(hours=12)


def init_app(app: Flask) -> None:
    """Give templates `ice_servers(name)`: the candidate's page belongs to a feature that may not import this one."""
    config = app.config["PROCTOR"]
    app.jinja_env.globals["ice_servers"] = lambda name: ice_servers(config, name, clock.now())


def ice_servers(config: "Config", name: str, now: datetime) -> list[dict[str, Any]]:
    """The `iceServers` of an RTCPeerConnection for participant `name`; empty on one machine or LAN."""
    servers: list[dict[str, Any]] = []
    if config.stun_urls:
        servers.append({"urls": list(config.stun_urls)})
    if config.turn_urls and config.turn_secret:
        username, credential = turn_credentials(config.turn_secret, name, now + LIFETIME)
        servers.append({"urls": list(config.turn_urls), "username": username, "credential": credential})
    return servers


def turn_credentials(secret: str, name: str, expires_at: datetime) -> tuple[str, str]:
    """User name and password that the relay accepts until `expires_at`."""
    username = f"{int(expires_at.timestamp())}:{name}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()
