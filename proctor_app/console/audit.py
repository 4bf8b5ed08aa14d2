"""The audit log for administrators: a page with filters, and its export. To everybody else it does not exist."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user, login_required

from proctor_app.accounts import service as accounts
from proctor_app.audit import service
from proctor_app.audit.kinds import LABELS, Action
from proctor_app.errors import ProctorError, invalid, not_found

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PAGE_SIZE = 50
FIELDS = ("number", "at", "by", "action", "about", "details", "before", "hash")


@blueprint.before_request
@login_required
def only_administrators() -> None:
    """Whoever is none learns nothing."""
    if not current_user.is_admin:
        raise not_found("page")


@blueprint.get("")
def index() -> str:
    """The latest entries that fit the filters, a page at a time."""
    problem, found = None, []
    try:
        found = list(service.entries(**_filters(), before=_number("before"))[: PAGE_SIZE + 1])
    except ProctorError as error:
        problem = error.message
    names = {one: _name(one) for one in service.actors()}
    chosen = {name: value for name in ("action", "by", "about", "since", "until") if (value := request.args.get(name))}
    return render_template(
        "audit/index.html",
        entries=found[:PAGE_SIZE],
        older=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        names=names,
        labels=LABELS,
        actions=Action,
        chosen=chosen,
        problem=problem,
        is_later=_is_later(),
        broken=service.first_broken() if request.args.get("check") else None,
        checked=bool(request.args.get("check")),
    )


@blueprint.get("/export.<kind>")
def export(kind: str) -> Response:
    """Every entry that fits the filters, as JSON or CSV, oldest first. That it was exported is an entry too."""
    if kind not in ("json", "csv"):
        raise not_found("page")
    rows = [service.as_json(one) for one in service.entries(**_filters()).order_by("id")]
    content, mimetype = (_as_json(rows), "application/json") if kind == "json" else (_as_csv(rows), "text/csv")
    service.record(Action.AUDIT, current_user.get_id(), what=kind, entries=len(rows))
    response = Response(content, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps({"first_broken": service.first_broken(), "entries": rows}, ensure_ascii=False, indent=1)


def _as_csv(rows: list[dict[str, Any]]) -> str:
    """All cells are numbers, times, ids, keys and JSON: none can begin as a formula does."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "details": json.dumps(row["details"], ensure_ascii=False)})
    return text.getvalue()


def _filters() -> dict[str, Any]:
    until = _day("until")
    action = request.args.get("action")
    if action and action not in set(Action):
        raise invalid("action", "There is no such action. Choose one from the list.")
    return {
        "action": action or None,
        "by": request.args.get("by") or None,
        "about": request.args.get("about", "").strip() or None,
        "since": _day("since"),
        "until": until + timedelta(days=1) if until else None,
    }


def _day(name: str) -> datetime | None:
    value = request.args.get(name, "").strip()
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC) if value else None
    except ValueError:
        raise invalid(name, f"“{value[:20]}” is no day. Write it as 2026-11-24.") from None


def _number(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _is_later() -> bool:
    """Whether there are later entries than those shown."""
    return _number("before") is not None


def _name(by: str) -> str:
    """The account's name as it is now; what has no account stands for itself."""
    found = accounts.find(by)
    return found.name if found is not None else by
