"""Pages for who forgot the password: ask for a link, and choose a new one with it."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address

from proctor_app.accounts import resets, rules, service, throttle
from proctor_app.accounts.forms import ForgottenForm, NewPasswordForm, show
from proctor_app.errors import ProctorError

blueprint = Blueprint("resets", __name__)


@blueprint.get("/forgotten")
def forgotten() -> Response:
    """Where to say whose password was forgotten."""
    return _forgotten_page(ForgottenForm(formdata=None))


@blueprint.post("/forgotten")
def ask() -> Response:
    """Have a link mailed. The answer is the same whether there is such an account or not."""
    form = ForgottenForm()
    if not _sends_mail():
        return _forgotten_page(form, 409)
    if not form.validate():
        return _forgotten_page(form, 422)
    try:
        service.normal_email(form.email.data)
        # Each request counts, for none of them fails or succeeds as far as the asker may know.
        throttle.begin(f"reset {form.email.data.strip().lower()}", f"reset {get_remote_address()}")
        resets.ask(form.email.data)
    except throttle.TooManyTries as error:
        response = _forgotten_page(form, 429, f"That was asked for too often. {error.sentence}")
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except ProctorError as error:
        show(error, form)
        return _forgotten_page(form, 422)
    return make_response(render_template("accounts/reset_sent.html", email=form.email.data, minutes=_minutes()))


@blueprint.get("/reset/<token>")
def choose(token: str) -> Response:
    """The page that the link opens."""
    interviewer = resets.find(token)
    return _spent_page() if interviewer is None else _choose_page(NewPasswordForm(formdata=None), interviewer.email)


@blueprint.post("/reset/<token>")
def save(token: str) -> Response:
    """The new password works from now on, and nobody is signed in by it."""
    interviewer = resets.find(token)
    if interviewer is None:
        return _spent_page()
    form = NewPasswordForm()
    if form.validate():
        try:
            done = resets.redeem(token, form.password.data)
        except ProctorError as error:
            show(error, form)
        else:
            if done is None:
                return _spent_page()
            flash("The new password works from now on. Sign in with it.", "good")
            return make_response(redirect(url_for("accounts.sign_in")))
    return _choose_page(form, interviewer.email, 422)


def _sends_mail() -> bool:
    return bool(current_app.config["PROCTOR"].smtp_url)


def _minutes() -> int:
    return round(resets.VALID_FOR.total_seconds() / 60)


def _forgotten_page(form: ForgottenForm, status: int = 200, problem: str | None = None) -> Response:
    page = render_template("accounts/forgotten.html", form=form, problem=problem, mails=_sends_mail())
    return make_response(page, status)


def _choose_page(form: NewPasswordForm, email: str, status: int = 200) -> Response:
    page = render_template(
        "accounts/reset.html", form=form, email=email, action=request.path, min_length=rules.PASSWORD_LENGTH
    )
    return make_response(page, status)


def _spent_page() -> Response:
    return make_response(render_template("accounts/reset_spent.html", minutes=_minutes()), 410)
