"""Pages of an interviewer's own account: name and address, password, where they are signed in, API tokens."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask_login import current_user, login_required

from proctor_app import clock
from proctor_app.accounts import door, passkeys, rules, second_factor, service, sign_ins, throttle
from proctor_app.accounts.forms import PasswordForm, ProfileForm, TokenForm, show
from proctor_app.errors import ProctorError

blueprint = Blueprint("own_account", __name__)

WAYS = {
    "password": "with the password",
    "link": "by a one-time link",
    "passkey": "with a passkey",
    "openid": "by the organisation's sign-in",
}


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
            return _back()
    return _account_page(422, profile=form)


@blueprint.post("/account/password")
@login_required
def save_password() -> Response:
    """A new password. Other browsers are signed out by it."""
    form = PasswordForm()
    if form.validate():
        try:
            tried = throttle.begin(f"password of {current_user.id}", None)
            service.change_password(current_user, form.current.data, form.password.data)
        except throttle.TooManyTries as error:
            form.current.errors = [error.message]
            return _account_page(429, password=form)
        except ProctorError as error:
            show(error, form)
        else:
            tried.succeeded()
            sign_ins.end_all(current_user, but=door.this_sign_in())
            flash("The new password works from now on. Other browsers are signed out.", "good")
            return _back()
    return _account_page(422, password=form)


@blueprint.post("/account/sign-ins/<sign_in_id>/end")
@login_required
def end_sign_in(sign_in_id: str) -> Response:
    """One browser is signed out, and what it shows of a call is cut off. A repeat finds it gone, and says the same."""
    try:
        device = sign_ins.end(current_user, sign_in_id).device
    except ProctorError:
        flash("That browser is signed out already.", "good")
    else:
        flash(f"{device} is signed out.", "good")
    return _back("sign-ins")


@blueprint.post("/account/sign-ins/end-others")
@login_required
def end_other_sign_ins() -> Response:
    """Every browser but this one is signed out."""
    count = sign_ins.end_all(current_user, but=door.this_sign_in())
    flash(f"{count} other browser{'' if count == 1 else 's'} signed out.", "good")
    return _back("sign-ins")


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
            return _back("tokens")
    return _account_page(422, token=form)


@blueprint.post("/account/tokens/<token_id>/revoke")
@login_required
def revoke_token(token_id: str) -> Response:
    """A token stops working."""
    token = service.revoke_token(current_user, token_id)
    flash(f"The token “{token.label}” no longer works.", "good")
    return _back("tokens")


def _back(anchor: str | None = None) -> Response:
    return make_response(redirect(url_for("own_account.account", _anchor=anchor)))


def _account_page(status: int = 200, **tried: Any) -> Response:
    """The page, with the form that was `tried` as it was filled in and the others fresh."""
    page = render_template(
        "accounts/account.html",
        profile=tried.get("profile") or ProfileForm(formdata=None, obj=current_user),
        password=tried.get("password") or PasswordForm(formdata=None),
        token=tried.get("token") or TokenForm(formdata=None),
        second_factor=second_factor.is_on(current_user),
        codes_left=second_factor.recovery_codes_left(current_user),
        passkeys=passkeys.list_for(current_user),
        sign_ins=sign_ins.list_for(current_user, clock.now()),
        this_one=door.this_sign_in_id(),
        ways=WAYS,
        tokens=service.tokens_of(current_user),
        new_token=cookie.pop("new_token", None),
        min_length=rules.PASSWORD_LENGTH,
    )
    return make_response(page, status)
