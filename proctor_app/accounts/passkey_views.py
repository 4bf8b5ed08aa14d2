"""The doors for passkeys. The browser's part is `static/js/account/passkeys.js`; both talk JSON."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, make_response, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user, login_required

from proctor_app.accounts import door, passkeys
from proctor_app.errors import ProctorError, not_allowed
from proctor_app.extensions import limiter

blueprint = Blueprint("passkeys", __name__)

# Each asks for a document in the database, and a person asks for a few.
ASKING = "30 per minute; 300 per hour"


@blueprint.app_context_processor
def can_have_passkeys() -> dict[str, Any]:
    """Lets templates ask whether browsers have passkeys for this address."""
    return {"can_have_passkeys": lambda: _site().can_have_passkeys}


@blueprint.errorhandler(ProctorError)
def refused(error: ProctorError) -> Response:
    """What the page's script shows."""
    return make_response(jsonify(error.as_ack()), error.http_status)


@blueprint.post("/account/passkeys/options")
@login_required
@limiter.limit(ASKING)
def creation_options() -> Response:
    """What the browser shall make."""
    options, cookie["passkey"] = passkeys.creation_options(current_user, _site())
    return Response(options, mimetype="application/json")


@blueprint.post("/account/passkeys")
@login_required
def add() -> Response:
    """Keep what it made."""
    told = _told()
    made = passkeys.add(current_user, _site(), cookie.pop("passkey", ""), told.get("credential"), told.get("label"))
    flash(f"The passkey “{made.label}” signs you in from now on.", "good")
    return jsonify({"ok": True, "location": url_for("own_account.account", _anchor="passkeys")})


@blueprint.post("/account/passkeys/<passkey_id>/remove")
@login_required
def remove(passkey_id: str) -> Response:
    """It opens nothing any more."""
    gone = passkeys.remove(current_user, passkey_id)
    flash(f"The passkey “{gone.label}” no longer signs you in.", "good")
    return make_response(redirect(url_for("own_account.account", _anchor="passkeys")))


@blueprint.post("/sign-in/passkey/options")
@limiter.limit(ASKING)
def request_options() -> Response:
    """What the browser shall sign."""
    options, cookie["passkey"] = passkeys.request_options(_site())
    return Response(options, mimetype="application/json")


@blueprint.post("/sign-in/passkey")
@limiter.limit(ASKING)
def sign_in() -> Response:
    """Sign in with a passkey alone, or with it as the second factor after a password."""
    told = _told()
    interviewer = passkeys.check(_site(), cookie.pop("passkey", ""), told.get("credential"))
    half = door.half_in()
    if half is None:
        wanted = door.own_path(told.get("next"))
        door.let_in(interviewer, "passkey")
    elif half.id == interviewer.id:
        wanted = door.finish(interviewer)
    else:
        raise not_allowed("That passkey is of another account than the password.")
    return jsonify({"ok": True, "location": wanted})


def _site() -> passkeys.Site:
    return passkeys.Site.at(current_app.config["PROCTOR"].base_url or request.host_url.rstrip("/"))


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    return told if isinstance(told, dict) else {}
