"""Pages of accounts: sign in and out, the one-time link, and an interviewer's own account."""

import hashlib
import hmac
import re
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_limiter import RateLimitExceeded
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_required, login_user, logout_user

from proctor_app import clock
from proctor_app.accounts import service
from proctor_app.accounts.forms import PasswordForm, ProfileForm, SignInForm, TokenForm, show
from proctor_app.accounts.models import Interviewer
from proctor_app.errors import ProctorError, answer
from proctor_app.extensions import limiter, login_manager

blueprint = Blueprint("accounts", __name__)

# Only tries that fail count, so that a whole office behind one address can sign in.
TRIES_PER_ACCOUNT = "5 per minute; 30 per hour"
TRIES_PER_ADDRESS = "20 per minute; 200 per hour"
OWN_PATH = re.compile(r"/(?![/\\])[^\\\s]*")


# ---------------------------------------------------------------- who is signed in


@login_manager.user_loader
def load_user(interviewer_id: str) -> Interviewer | None:
    """The account behind a signed-in cookie. A change of password ends every sign-in made before it."""
    interviewer = service.find(interviewer_id)
    if interviewer is None or not hmac.compare_digest(cookie.get("password", ""), _password_mark(interviewer)):
        return None
    return interviewer


@blueprint.app_context_processor
def who() -> dict[str, Any]:
    """Lets templates ask who is signed in. Only those that ask do: error pages must not need the database."""
    return {"current_user": current_user}


@login_manager.unauthorized_handler
def unauthorized() -> Response:
    """Send people to the sign-in page, and back to where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("accounts.sign_in", next=wanted if wanted != "/" else None)
    if request.headers.get("HX-Request"):
        response = answer(ProctorError("unauthorized", "You are signed out. Sign in again.", http_status=401))
        response.headers["HX-Redirect"] = url_for("accounts.sign_in")
        return response
    return _redirect(target)


def _sign_in(interviewer: Interviewer) -> None:
    """Begin anew: nothing that the cookie held before, from whoever used this browser, stays."""
    cookie.clear()
    cookie.permanent = True
    cookie["password"] = _password_mark(interviewer)
    login_user(interviewer)
    service.sign_in_noted(interviewer)


def _password_mark(interviewer: Interviewer) -> str:
    return hashlib.sha256((interviewer.password_hash or "").encode()).hexdigest()[:16]


# ---------------------------------------------------------------- signing in and out


def _has_failed(response: Response) -> bool:
    return response.status_code != 302


def _tried_account() -> str:
    return f"{get_remote_address()} {request.form.get('email', '').strip().lower()}"


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """The sign-in page."""
    if current_user.is_authenticated:
        return _redirect(_wanted())
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@limiter.limit(TRIES_PER_ACCOUNT, key_func=_tried_account, deduct_when=_has_failed)
@limiter.limit(TRIES_PER_ADDRESS, deduct_when=_has_failed)
def try_sign_in() -> Response:
    """Sign in with e-mail address and password."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, status=422)
    interviewer = service.check_password(form.email.data, form.password.data)
    if interviewer is None:
        return _sign_in_page(form, "E-mail address and password do not fit together. Try again.", status=422)
    _sign_in(interviewer)
    return _redirect(_wanted())


@blueprint.errorhandler(RateLimitExceeded)
def too_many_tries(_error: RateLimitExceeded) -> Response:
    """Say how long to wait, on the page where the trying happens."""
    limit = limiter.current_limit
    seconds = max(1, round(limit.reset_at - clock.now().timestamp())) if limit else 60
    wait = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
    response = _sign_in_page(SignInForm(), f"That was tried too often. Wait {wait}, then try again.", status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.get("/sign-in/<token>")
def open_link(token: str) -> Response:
    """The one-time link: it works once, and only when a person opens it (a HEAD request uses nothing up)."""
    interviewer = service.redeem(token) if request.method == "GET" else None
    if interviewer is not None:
        _sign_in(interviewer)
    if interviewer is not None or current_user.is_authenticated:
        return _redirect("/")
    return make_response(render_template("accounts/link_spent.html"), 410)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign out of this browser."""
    logout_user()
    cookie.clear()
    flash("You are signed out.", "good")
    return _redirect(url_for("accounts.sign_in"))


def _sign_in_page(form: SignInForm, problem: str | None = None, status: int = 200) -> Response:
    page = render_template("accounts/sign_in.html", form=form, problem=problem, wanted=_wanted())
    return make_response(page, status)


def _wanted() -> str:
    """Where to go after signing in: only ever a path of our own."""
    wanted = request.values.get("next", "")
    return wanted if OWN_PATH.fullmatch(wanted) else "/"


def _redirect(target: str) -> Response:
    return make_response(redirect(target))


# ---------------------------------------------------------------- one's own account


@blueprint.get("/account")
@login_required
def account() -> Response:
    """Name, e-mail address, password and API tokens."""
    return _account_page()


@blueprint.post("/account")
@login_required
def save_profile() -> Response:
    """A new name and e-mail address."""
    form = ProfileForm()
    if form.validate():
        try:
            service.update_profile(current_user, form.name.data, form.email.data)
        except ProctorError as error:
            show(error, form)
        else:
            flash("Saved.", "good")
            return _redirect(url_for("accounts.account"))
    return _account_page(422, profile=form)


@blueprint.post("/account/password")
@login_required
@limiter.limit(TRIES_PER_ACCOUNT, deduct_when=_has_failed)
def save_password() -> Response:
    """A new password. Other browsers are signed out by it."""
    form = PasswordForm()
    if form.validate():
        try:
            service.change_password(current_user, form.current.data, form.password.data)
        except ProctorError as error:
            show(error, form)
        else:
            cookie["password"] = _password_mark(current_user)
            flash("The new password works from now on. Other browsers are signed out.", "good")
            return _redirect(url_for("accounts.account"))
    return _account_page(422, password=form)


@blueprint.post("/account/tokens")
@login_required
def add_token() -> Response:
    """A new API token, shown on the next page and never again."""
    form = TokenForm()
    if form.validate():
        try:
            cookie["new_token"] = service.add_token(current_user, form.label.data)
        except ProctorError as error:
            show(error, form)
        else:
            return _redirect(url_for("accounts.account", _anchor="tokens"))
    return _account_page(422, token=form)


@blueprint.post("/account/tokens/<token_id>/revoke")
@login_required
def revoke_token(token_id: str) -> Response:
    """A token stops working."""
    token = service.revoke_token(current_user, token_id)
    flash(f"The token “{token.label}” no longer works.", "good")
    return _redirect(url_for("accounts.account", _anchor="tokens"))


def _account_page(status: int = 200, **tried: Any) -> Response:
    """The page, with the form that was `tried` as it was filled in and the others fresh."""
    page = render_template(
        "accounts/account.html",
        profile=tried.get("profile") or ProfileForm(formdata=None, obj=current_user),
        password=tried.get("password") or PasswordForm(formdata=None),
        token=tried.get("token") or TokenForm(formdata=None),
        tokens=service.tokens_of(current_user),
        new_token=cookie.pop("new_token", None),
        min_length=service.PASSWORD_LENGTH,
    )
    return make_response(page, status)
