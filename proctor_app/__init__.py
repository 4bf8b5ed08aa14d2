"""Proctor: honest remote interviews. `create_app` is the table of contents."""

import logging
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import mongoengine
from flask import Flask
from jinja2 import StrictUndefined

from proctor_app import assets, errors, headers, jobs, typed, webserver
from proctor_app.accounts import openid
from proctor_app.audit import doors
from proctor_app.calls import ice
from proctor_app.extensions import csrf, limiter, login_manager, socketio

if TYPE_CHECKING:
    from config import Config

DATABASE = "proctor"
BLUEPRINTS = (
    "operations",
    "accounts.views",
    "accounts.own_views",
    "accounts.reset_views",
    "accounts.factor_views",
    "accounts.passkey_views",
    "accounts.openid_views",
    "sessions.join_views",
    "evidence.views",
    "console.home",
    "console.views",
    "console.policies",
    "console.accommodations",
    "console.audit",
    "console.compliance",
    "console.data",
    "reports.views",
    "api.views",
)


def create_app(config: "Config") -> Flask:
    """The web application, ready to serve. `config` is a checked `config.Config`."""
    app = Flask(__name__)
    app.config.update(flask_settings(config))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.finalize = typed.finalize
    log_to_stderr(config.log_level)
    connect_database(config)

    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app, add_context_processor=False)  # accounts.views has a lazy one
    webserver.init_app(app, socketio, config)

    assets.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    ice.init_app(app)
    openid.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"proctor_app.{name}").blueprint)
    open_sockets(app)
    doors.init_app(app)
    jobs.init_app(app)
    return app


def open_sockets(app: Flask) -> None:
    """Register every socket event, and have each change told to those who show it."""
    from proctor_app.accounts import sign_ins
    from proctor_app.calls import events as call_events
    from proctor_app.console import live as console_live
    from proctor_app.evidence import events as evidence_events
    from proctor_app.evidence import service as evidence
    from proctor_app.incidents import events as incident_events
    from proctor_app.incidents import service as incidents
    from proctor_app.live import announcing, connecting, consenting, ending
    from proctor_app.live import events as life_events
    from proctor_app.reviews import events as review_events
    from proctor_app.sessions import presence

    connecting.register(app)
    for events in (call_events, incident_events, evidence_events, life_events, consenting, review_events):
        events.register()
    presence.tell(in_app(app, announcing.presence_changed), in_app(app, console_live.presence_changed))
    incidents.tell(
        in_app(app, announcing.incidents_changed),
        in_app(app, console_live.incidents_changed),
        in_app(app, ending.on_change),
    )
    evidence.tell(console_live.still_came, ending.on_still)
    sign_ins.tell(connecting.drop_signed_out)


def in_app(app: Flask, function: Callable[[Any], None]) -> Callable[[Any], None]:
    """`function`, run in the application's context wherever it is called from: sockets and threads have none."""

    @wraps(function)
    def wrapped(argument: Any) -> None:
        with app.app_context():
            function(argument)

    return wrapped


def flask_settings(config: "Config") -> dict[str, object]:
    """What Flask and its extensions are told, from our own settings."""
    return {
        "PROCTOR": config,
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "proctor",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.is_secure,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        # It wants a Referer, which `Referrer-Policy: no-referrer` keeps back; `headers` asks for more, see there.
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_ENABLED": config.rate_limits,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
    }


def log_to_stderr(level: str) -> None:
    """Log from this level on; libraries from INFO on at the lowest, for below that they write down what they handle.

    pymongo, for one, logs each command with the names that are in it.
    """
    logging.basicConfig(
        level="INFO" if level == "DEBUG" else level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("proctor_app").setLevel(level)


def connect_database(config: "Config") -> None:
    """Connect mongoengine. Instants come back aware, in UTC; a server that is away is an error within seconds."""
    mongoengine.disconnect()
    mongoengine.connect(
        DATABASE,
        host=config.mongodb_uri,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=5000,
        # One process has one processor: more connections would not be faster, and opening them in a rush is slow.
        maxPoolSize=16,
        socketTimeoutMS=30000,
    )
