"""Pages of policies: everybody may read them; administrators make, change, archive and take back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask_login import current_user, login_required

from proctor_app.accounts import service as accounts
from proctor_app.console.policy_preview import detector_label, differences, meaning, preview
from proctor_app.errors import ProctorError, not_allowed
from proctor_app.incidents.kinds import KIND_LABELS, Kind
from proctor_app.policies import payloads, service
from proctor_app.policies.kinds import ADVISORY, DETECTORS, EVIDENCE_LABELS, FOCUS_REASONS, PHASE_LABELS, kind_of
from proctor_app.policies.models import OwnPolicy
from proctor_app.policies.payloads import Draft
from proctor_app.policies.rules import THRESHOLDS

blueprint = Blueprint("policies", __name__, url_prefix="/policies")


@dataclass(frozen=True)
class Step:
    """One version in a policy's history, latest first."""

    number: int
    made_at: datetime
    made_by: str
    same_as: int | None
    changes: list[str]


@blueprint.get("")
@login_required
def index() -> str:
    """All policies."""
    found = service.choices(archived=True)
    return render_template(
        "policies/index.html",
        published=[one for one in found if not one.is_own],
        own=[one for one in found if one.is_own and not one.is_archived],
        archived=[one for one in found if one.is_archived],
    )


@blueprint.get("/new")
@login_required
def new() -> Response:
    """A new policy, filled in as the one it is made from."""
    _require_admin()
    source = request.args.get("from", "classic")
    policy = service.current(source)
    draft = payloads.draft_of(policy, "")
    draft.typed["name"] = f"{policy.name.capitalize()}, our own"[: payloads.NAME_LENGTH]
    return _page(draft, source=source)


@blueprint.post("")
@login_required
def create() -> Response:
    """Make it."""
    _require_admin()
    source = request.form.get("from", "classic")
    draft = payloads.parse_policy(request.form, service.current(source))
    if not draft.errors:
        try:
            made = service.create(draft.policy, draft.summary, current_user.get_id())
        except ProctorError as error:
            _place(error, draft)
        else:
            flash(f"“{made.name}” can be chosen for new interviews now.", "good")
            return _to(made)
    return _page(draft, 422, source=source)


@blueprint.post("/preview")
@login_required
def show_preview() -> str:
    """What the policy that is being typed would do; what cannot be used yet stands as it was before."""
    base = service.current(request.form.get("from", "classic"))
    draft = payloads.parse_policy(request.form, base)
    return render_template(
        "policies/_preview.html", draft=draft, preview=preview(draft.policy), field_label=field_label
    )


@blueprint.get("/<key>")
@login_required
def show(key: str) -> Response:
    """One policy, to be read or changed."""
    return _page(*_stored(key))


@blueprint.post("/<key>")
@login_required
def save(key: str) -> Response:
    """A new version of it."""
    _require_admin()
    own = service.get(key)
    draft = payloads.parse_policy(request.form, service.policy_of(own))
    base = request.form.get("base", "")
    if not draft.errors:
        try:
            changed = service.change(
                own, draft.policy, draft.summary, current_user.get_id(), int(base) if base.isdigit() else 0
            )
        except ProctorError as error:
            _place(error, draft)
        else:
            said = "Nothing was different, so nothing was changed."
            if changed:
                said = f"Saved: this is version {own.version} now. Interviews that have started keep what they had."
            flash(said, "good")
            return _to(own)
    return _page(draft, 422, own=own)


@blueprint.post("/<key>/versions/<int:number>")
@login_required
def go_back(key: str, number: int) -> Response:
    """Have it say again what an earlier version says, as a new version."""
    _require_admin()
    own = service.get(key)
    if service.go_back(own, number, current_user.get_id()):
        flash(f"It says again what version {number} says. This is version {own.version}.", "good")
    return _to(own)


@blueprint.post("/<key>/archive")
@login_required
def archive(key: str) -> Response:
    """Offer it no more."""
    _require_admin()
    own = service.get(key)
    service.archive(own)
    flash(
        f"“{own.name}” is archived. Interviews that are scheduled under it keep it; you can restore it below.", "good"
    )
    return make_response(redirect("/policies", 303))


@blueprint.post("/<key>/restore")
@login_required
def restore(key: str) -> Response:
    """Offer it again."""
    _require_admin()
    own = service.get(key)
    service.restore(own)
    flash(f"“{own.name}” can be chosen again.", "good")
    return make_response(redirect("/policies", 303))


def _require_admin() -> None:
    if not current_user.is_admin:
        raise not_allowed(
            "Only administrators change policies. Ask one of yours, and choose it for your interviews then."
        )


def _stored(key: str) -> tuple[Draft, int, OwnPolicy | None]:
    choice = next((one for one in service.choices(archived=True) if one.key == key), None)
    own = service.get(key) if choice is None or choice.is_own else None
    policy = service.current(key)
    return payloads.draft_of(policy, choice.summary if choice else ""), 200, own


def _place(error: ProctorError, draft: Draft) -> None:
    """Put what the service did not accept on the field it names, or at the head of the form."""
    draft.errors[error.field or "form"] = error.message


def _to(own: OwnPolicy) -> Response:
    return make_response(redirect(f"/policies/{own.id}", 303))


def _page(draft: Draft, status: int = 200, own: OwnPolicy | None = None, source: str | None = None) -> Response:
    page = render_template(
        "policies/policy.html",
        draft=draft,
        own=own,
        source=source,
        preview=preview(draft.policy),
        can_change=bool(current_user.is_admin and (own or source)),
        history=_history(own) if own else [],
        **words(),
    )
    return make_response(page, status)


def _history(own: OwnPolicy) -> list[Step]:
    policies = {one.number: service.policy_of(own, one.number) for one in own.versions}
    names: dict[str, str] = {}
    steps = []
    for one in own.versions:
        found = accounts.find(one.made_by) if one.made_by not in names else None
        names.setdefault(one.made_by, found.name if found else "an account that is gone")
        before = policies.get(one.number - 1)
        changes = differences(before, policies[one.number]) if before else []
        steps.append(Step(one.number, one.made_at, names[one.made_by], one.same_as, changes))
    return steps[::-1]


def words() -> dict[str, Any]:
    """What the templates of policies and accommodations call things by."""
    return {
        "detectors": DETECTORS,
        "focus_reasons": FOCUS_REASONS,
        "advisory": ADVISORY,
        "timed": THRESHOLDS,
        "kind_of": kind_of,
        "detector_label": detector_label,
        "meaning": meaning,
        "kind_labels": {str(kind): KIND_LABELS[kind] for kind in Kind},
        "phase_labels": PHASE_LABELS,
        "evidence_labels": EVIDENCE_LABELS,
        "field_label": field_label,
    }


def field_label(name: str) -> str:
    """What stands before the error of a number in a table: `Looking away, noted after: `."""
    column, _, key = name.partition(".")
    columns = {"seconds": "noted after", "points": "points each", "cap": "at most"}
    if column not in columns or not key:
        return {"grace_seconds": "Time to think: ", "frames_per_second": "Pictures looked at: "}.get(name, "")
    label = KIND_LABELS[Kind(key)] if key in set(Kind) else detector_label(key)
    return f"{label}, {columns[column]}: "
