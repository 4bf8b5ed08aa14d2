"""Who is behind a request, and the one way in: every way of signing in ends in `let_in`.

Who has shown a password or a link and owes a second factor is *half in*: the cookie says so for ten minutes, and nobody
is signed in by it.
"""

import hashlib
import re
import secrets

from flask import Response, after_this_request, current_app, g, make_response, redirect, request, url_for
from flask import session as cookie
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from proctor_app import clock
from proctor_app.accounts import rules, second_factor, service, sign_ins, throttle
from proctor_app.accounts.models import Interviewer, SignIn
from proctor_app.errors import ProctorError, answer
from proctor_app.extensions import login_manager

# Marks a browser in which an account was signed in before: see `begin_try`.
KNOWN_COOKIE = "proctor_known"
KNOWN_SECONDS = 365 * 24 * 3600
OWN_PATH = re.compile(r"/(?![/\\])[^\\\s]*")
# How long the second factor may take after the first one.
HALF_SECONDS = 10 * 60


@login_manager.user_loader
def load_user(interviewer_id: str) -> Interviewer | None:
    """The account behind a signed-in cookie, as long as the cookie's sign-in has not been ended."""
    found = sign_ins.find(cookie.get("sign_in", ""), get_remote_address())
    if found is None or found.interviewer != interviewer_id:
        return None
    g.sign_in = found
    return service.find(interviewer_id)


def this_sign_in() -> SignIn | None:
    """The sign-in of the browser that asks; only after `current_user` was asked for."""
    return g.get("sign_in")


def this_sign_in_id() -> str | None:
    """Its id, which the sockets of this browser are bound to."""
    found = this_sign_in()
    return str(found.id) if found is not None else None


@login_manager.unauthorized_handler
def unauthorized() -> Response:
    """Send people to the sign-in page, and back to where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("accounts.sign_in", next=wanted if wanted != "/" else None)
    if request.headers.get("HX-Request"):
        response = answer(ProctorError("unauthorized", "You are signed out. Sign in again.", http_status=401))
        response.headers["HX-Redirect"] = url_for("accounts.sign_in")
        return response
    return make_response(redirect(target))


def own_path(wanted: object) -> str:
    """Where to go after signing in: only ever a path of our own."""
    return wanted if isinstance(wanted, str) and OWN_PATH.fullmatch(wanted) else "/"


def first_factor(interviewer: Interviewer, way: str, wanted: str) -> str:
    """A password or the like was right. Returns where to go: `wanted`, or to the second factor first.

    Where everybody needs one, an OpenID provider is trusted to have asked for its own.
    """
    if second_factor.is_on(interviewer):
        target = url_for("second_factor.ask")
    elif second_factor.is_required() and way != "openid":
        target = url_for("second_factor.second_factor_page")
    else:
        let_in(interviewer, way)
        return wanted
    let_out()
    cookie["half"] = {
        "id": str(interviewer.id),
        "password": _password_mark(interviewer),
        "until": clock.to_ms(clock.now()) + HALF_SECONDS * 1000,
        "way": way,
        "wanted": wanted,
    }
    return target


def half_in() -> Interviewer | None:
    """Who has shown the first factor in this browser a moment ago, and whose password is still the same."""
    half = cookie.get("half")
    if half is None or half["until"] < clock.to_ms(clock.now()):
        return None
    interviewer = service.find(half["id"])
    return interviewer if interviewer is not None and half["password"] == _password_mark(interviewer) else None


def finish(interviewer: Interviewer) -> str:
    """The second factor was right, too. Returns where to go."""
    half = cookie["half"]
    let_in(interviewer, half["way"])
    return str(half["wanted"])


def _password_mark(interviewer: Interviewer) -> str:
    return hashlib.sha256((interviewer.password_hash or "").encode()).hexdigest()[:16]


def let_in(interviewer: Interviewer, way: str) -> None:
    """Begin anew: nothing that the cookie held before, from whoever used this browser, stays."""
    let_out()
    device = rules.device_name(request.headers.get("User-Agent", ""))
    cookie.permanent = True
    cookie["sign_in"] = sign_ins.begin(interviewer, way, get_remote_address(), device)
    login_user(interviewer)
    service.sign_in_noted(interviewer)
    _know_this_browser(interviewer)


def let_out() -> None:
    """Sign this browser out, for good: a copy of its cookie opens nothing either."""
    sign_ins.end_by_token(cookie.get("sign_in", ""))
    logout_user()
    cookie.clear()


# ---------------------------------------------------------------- tries


def begin_try(email: str) -> throttle.Try:
    """One try at signing in to the account of `email`. Raises `throttle.TooManyTries`.

    A browser in which that account was signed in before has a counter of its own: whoever goes on guessing from
    elsewhere can make strangers wait, but not the owner at their own desk.
    """
    known = _known_browser(email)
    if known:
        return throttle.begin(known, None)
    return throttle.begin(email.strip().lower(), get_remote_address())


def _know_this_browser(interviewer: Interviewer) -> None:
    @after_this_request
    def mark(response: Response) -> Response:
        response.set_cookie(
            KNOWN_COOKIE,
            _serializer().dumps([str(interviewer.id), secrets.token_hex(8)]),
            max_age=KNOWN_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _known_browser(email: str) -> str | None:
    try:
        interviewer_id, mark = _serializer().loads(request.cookies.get(KNOWN_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    interviewer = service.find_by_email(email)
    return f"browser {mark}" if interviewer is not None and str(interviewer.id) == interviewer_id else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")
