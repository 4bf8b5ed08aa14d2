"""The way to the OpenID provider and back."""

from flask import Blueprint, Response, abort, current_app, make_response, redirect, request
from flask import session as cookie

from proctor_app.accounts import door, openid
from proctor_app.accounts.forms import SignInForm
from proctor_app.accounts.views import sign_in_page
from proctor_app.errors import ProctorError
from proctor_app.extensions import limiter

blueprint = Blueprint("openid", __name__)

BACK = "/sign-in/openid/back"
ASKING = "30 per minute; 300 per hour"


@blueprint.get("/sign-in/openid")
@limiter.limit(ASKING)
def leave() -> Response:
    """To the provider. A link, not a form: the content policy lets forms go to no other site."""
    if not openid.is_on():
        abort(404)
    cookie["wanted"] = door.own_path(request.args.get("next"))
    base = current_app.config["PROCTOR"].base_url or request.host_url.rstrip("/")
    try:
        return make_response(openid.ask(base + BACK))
    except ProctorError as error:
        return _refused(error)


@blueprint.get(BACK)
@limiter.limit(ASKING)
def come_back() -> Response:
    """From the provider. Who has a second factor here is asked for it still."""
    if not openid.is_on():
        abort(404)
    wanted = door.own_path(cookie.pop("wanted", None))
    try:
        interviewer = openid.who_came_back()
    except ProctorError as error:
        return _refused(error)
    return make_response(redirect(door.first_factor(interviewer, "openid", wanted)))


def _refused(error: ProctorError) -> Response:
    return sign_in_page(SignInForm(formdata=None), error.message, error.http_status)
