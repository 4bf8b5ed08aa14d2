"""Pages of the second factor: the code at signing in, and setting it up on one's own account."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask import session as cookie
from flask_login import current_user, login_required

from proctor_app.accounts import door, passkeys, second_factor
from proctor_app.accounts.forms import CodeForm, show
from proctor_app.accounts.models import Interviewer
from proctor_app.accounts.throttle import TooManyTries
from proctor_app.errors import ProctorError, not_allowed

blueprint = Blueprint("second_factor", __name__)


# ---------------------------------------------------------------- signing in


@blueprint.get("/sign-in/code")
def ask() -> Response:
    """The second step of signing in."""
    return _ask_page(CodeForm(formdata=None)) if door.half_in() else _to_sign_in()


@blueprint.post("/sign-in/code")
def check() -> Response:
    """Sign in with the code of the app, or with a recovery code."""
    interviewer = door.half_in()
    if interviewer is None or not second_factor.is_on(interviewer):
        return _to_sign_in()
    form = CodeForm()
    if not form.validate():
        return _ask_page(form, 422)
    try:
        second_factor.require(interviewer, form.code.data)
    except TooManyTries as error:
        return _too_often(_ask_page(form, 429, error.message), error)
    except ProctorError as error:
        show(error, form)
        return _ask_page(form, 422)
    return make_response(redirect(door.finish(interviewer)))


# ---------------------------------------------------------------- one's own account


@blueprint.get("/account/second-factor")
def second_factor_page() -> Response:
    """What is on; or how to switch it on, also for who may not come in without."""
    owner = _owner()
    return door.unauthorized() if owner is None else _own_page(owner, CodeForm(formdata=None))


@blueprint.post("/account/second-factor")
def switch_on() -> Response:
    """On, with the first code. Who was held up for that is let in."""
    owner = _owner()
    if owner is None:
        return door.unauthorized()
    form = CodeForm()
    if form.validate():
        try:
            codes = second_factor.confirm(owner, form.code.data)
        except TooManyTries as error:
            form.code.errors = [error.message]
            return _too_often(_own_page(owner, form, 429), error)
        except ProctorError as error:
            show(error, form)
        else:
            wanted = None if current_user.is_authenticated else door.finish(owner)
            return _show_codes(codes, wanted)
    return _own_page(owner, form, 422)


@blueprint.post("/account/second-factor/codes")
@login_required
def renew_codes() -> Response:
    """New recovery codes, for a code."""
    form = CodeForm()
    if form.validate():
        try:
            return _show_codes(second_factor.renew_codes(current_user, form.code.data))
        except TooManyTries as error:
            form.code.errors = [error.message]
            return _too_often(_own_page(current_user, form, 429), error)
        except ProctorError as error:
            show(error, form)
    return _own_page(current_user, form, 422)


@blueprint.post("/account/second-factor/off")
@login_required
def switch_off() -> Response:
    """Off, for a code: who found the page open cannot do it."""
    if second_factor.is_required():
        raise not_allowed("Everybody needs a second factor here (REQUIRE_SECOND_FACTOR).")
    form = CodeForm()
    if form.validate():
        try:
            second_factor.require(current_user, form.code.data)
        except TooManyTries as error:
            form.code.errors = [error.message]
            return _too_often(_own_page(current_user, form, 429), error)
        except ProctorError as error:
            show(error, form)
        else:
            second_factor.turn_off(current_user)
            flash("The second factor is off. Signing in asks for the password only.", "good")
            return make_response(redirect(url_for("own_account.account")))
    return _own_page(current_user, form, 422)


def _owner() -> Interviewer | None:
    """Who is signed in; or who knows the password and has no second factor yet, where everybody needs one.

    Never who has one and did not show it: they could put another in its place.
    """
    if current_user.is_authenticated:
        return current_user
    half = door.half_in()
    return half if half is not None and not second_factor.is_on(half) else None


def _show_codes(codes: list[str], wanted: str | None = None) -> Response:
    cookie["new_codes"] = {"codes": codes, "wanted": wanted}
    return make_response(redirect(url_for("second_factor.second_factor_page")))


def _own_page(owner: Interviewer, form: CodeForm, status: int = 200) -> Response:
    is_on = second_factor.is_on(owner)
    secret = None if is_on else second_factor.secret_to_show(owner)
    shown = cookie.pop("new_codes", None) or {"codes": [], "wanted": None}
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        is_on=is_on,
        is_required=second_factor.is_required(),
        secret=secret,
        picture=second_factor.picture_of(owner, secret) if secret else None,
        codes=shown["codes"],
        wanted=shown["wanted"],
        left=second_factor.recovery_codes_left(owner),
    )
    return make_response(page, status)


def _ask_page(form: CodeForm, status: int = 200, problem: str | None = None) -> Response:
    half = door.half_in()
    has_passkey = half is not None and passkeys.exist_for(half)
    page = render_template("accounts/code.html", form=form, problem=problem, has_passkey=has_passkey)
    return make_response(page, status)


def _too_often(response: Response, error: TooManyTries) -> Response:
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _to_sign_in() -> Response:
    return make_response(redirect(url_for("accounts.sign_in")))
