"""Pages of accommodations, for administrators alone: to everybody else they do not exist.

A profile's name may say what a person lives with. It stands on these pages and nowhere else.
"""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import session as cookie
from flask_login import current_user, login_required

from proctor_app.accommodations import service
from proctor_app.accommodations.models import Profile
from proctor_app.console.policies import words
from proctor_app.console.policy_preview import detector_label
from proctor_app.errors import ProctorError, not_found
from proctor_app.policies import payloads
from proctor_app.policies.payloads import ProfileDraft
from proctor_app.policies.rules import Relief

blueprint = Blueprint("accommodations", __name__, url_prefix="/accommodations")


@blueprint.before_request
@login_required
def only_administrators() -> None:
    """Whoever is none learns nothing, not even that there are profiles."""
    if not current_user.is_admin:
        raise not_found("page")


@blueprint.get("")
def index() -> str:
    """All profiles, and how a code is used."""
    found = service.profiles(archived=True)
    return render_template(
        "accommodations/index.html",
        profiles=[(one, summary(service.relief_of(one))) for one in found if one.archived_at is None],
        archived=[(one, summary(service.relief_of(one))) for one in found if one.archived_at is not None],
    )


@blueprint.get("/new")
def new() -> Response:
    """A new profile."""
    return _page(payloads.profile_draft_of("", Relief()))


@blueprint.post("")
def create() -> Response:
    """Make it."""
    draft = payloads.parse_profile(request.form)
    if not draft.errors:
        try:
            made = service.create_profile(draft.name, draft.relief)
        except ProctorError as error:
            draft.errors[error.field or "form"] = error.message
        else:
            flash("The profile is made. Make a code for each candidate whom it is for.", "good")
            return _to(made)
    return _page(draft, 422)


@blueprint.get("/<profile_id>")
def show(profile_id: str) -> Response:
    """One profile and its codes."""
    profile = service.get_profile(profile_id)
    return _page(payloads.profile_draft_of(profile.name, service.relief_of(profile)), profile=profile)


@blueprint.post("/<profile_id>")
def save(profile_id: str) -> Response:
    """The profile as it is from now on."""
    profile = service.get_profile(profile_id)
    draft = payloads.parse_profile(request.form)
    if not draft.errors:
        try:
            service.change_profile(profile, draft.name, draft.relief)
        except ProctorError as error:
            draft.errors[error.field or "form"] = error.message
        else:
            flash("Saved. Codes that were used already gave what it said then.", "good")
            return _to(profile)
    return _page(draft, 422, profile=profile)


@blueprint.post("/<profile_id>/codes")
def make_code(profile_id: str) -> Response:
    """A code for one interview, shown on the next page and never again."""
    profile = service.get_profile(profile_id)
    cookie["new_code"] = service.make_code(profile)
    return _to(profile, "#codes")


@blueprint.post("/<profile_id>/codes/<code_id>/withdraw")
def withdraw(profile_id: str, code_id: str) -> Response:
    """A code that nobody used stops working."""
    profile = service.get_profile(profile_id)
    service.withdraw(profile, code_id)
    flash("The code no longer works.", "good")
    return _to(profile, "#codes")


@blueprint.post("/<profile_id>/archive")
def archive(profile_id: str) -> Response:
    """No new codes; unused ones stop working."""
    withdrawn = service.archive_profile(service.get_profile(profile_id))
    more = f" {withdrawn} unused code{'s' if withdrawn != 1 else ''} stopped working." if withdrawn else ""
    flash(f"The profile is archived.{more} Interviews to which it applies keep it.", "good")
    return make_response(redirect("/accommodations", 303))


@blueprint.post("/<profile_id>/restore")
def restore(profile_id: str) -> Response:
    """Codes can be made for it again."""
    service.restore_profile(service.get_profile(profile_id))
    flash("The profile can be given again.", "good")
    return make_response(redirect("/accommodations", 303))


def summary(relief: Relief) -> str:
    """What a profile changes, in a line."""
    said = [f"off: {', '.join(detector_label(key).lower() for key in relief.off)}"] if relief.off else []
    said += [f"{detector_label(key).lower()} only after {seconds:g} s" for key, seconds in relief.thresholds.items()]
    return "; ".join([*said, *(["no pictures kept"] if relief.no_pictures else [])])


def _to(profile: Profile, anchor: str = "") -> Response:
    return make_response(redirect(f"/accommodations/{profile.id}{anchor}", 303))


def _page(draft: ProfileDraft, status: int = 200, profile: Profile | None = None) -> Response:
    more: dict[str, Any] = {
        "codes": service.unused_codes(profile) if profile else [],
        "new_code": cookie.pop("new_code", None) if profile else None,
    }
    page = render_template("accommodations/profile.html", draft=draft, profile=profile, **more, **words())
    return make_response(page, status)
