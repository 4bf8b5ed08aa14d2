"""Pages of signing in and out: with a password, or by the one-time link."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from proctor_app.accounts import door, openid, service
from proctor_app.accounts.forms import SignInForm
from proctor_app.accounts.throttle import TooManyTries

blueprint = Blueprint("accounts", __name__)


@blueprint.app_context_processor
def who() -> dict[str, Any]:
    """Lets templates ask who is signed in. Only those that ask do: error pages must not need the database."""
    return {"current_user": current_user}


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """The sign-in page."""
    if current_user.is_authenticated:
        return _redirect(_wanted())
    return sign_in_page(SignInForm())


@blueprint.post("/sign-in")
def try_sign_in() -> Response:
    """Sign in with e-mail address and password."""
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, status=422)
    try:
        tried = door.begin_try(form.email.data)
    except TooManyTries as error:
        return _wait(form, error)
    interviewer = service.check_password(form.email.data, form.password.data)
    if interviewer is None:
        return sign_in_page(form, "E-mail address and password do not fit together. Try again.", status=422)
    tried.succeeded()
    return _redirect(door.first_factor(interviewer, "password", _wanted()))


def _wait(form: SignInForm, error: TooManyTries) -> Response:
    """Say how long to wait, on the page where the trying happens."""
    response = sign_in_page(form, error.message, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@blueprint.get("/sign-in/<token>")
def open_link(token: str) -> Response:
    """The one-time link: it works once, and only when a person opens it (a HEAD request uses nothing up)."""
    interviewer = service.redeem(token) if request.method == "GET" else None
    if interviewer is not None:
        return _redirect(door.first_factor(interviewer, "link", "/"))
    if current_user.is_authenticated:
        return _redirect("/")
    return make_response(render_template("accounts/link_spent.html"), 410)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Sign out of this browser."""
    door.let_out()
    flash("You are signed out.", "good")
    return _redirect(url_for("accounts.sign_in"))


def sign_in_page(form: SignInForm, problem: str | None = None, status: int = 200) -> Response:
    """The sign-in page, with what went wrong; also for other ways of signing in."""
    page = render_template(
        "accounts/sign_in.html", form=form, problem=problem, wanted=_wanted(), has_openid=openid.is_on()
    )
    return make_response(page, status)


def _wanted() -> str:
    return door.own_path(request.values.get("next"))


def _redirect(target: str) -> Response:
    return make_response(redirect(target))
