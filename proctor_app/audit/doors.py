"""Which requests are written down: one table, read after each request that went well, before its answer goes out.

What several doors lead to (reviews, stills, exports, erasing) its own service writes down. A test asks every route
that changes something to stand in one of the two tables.
"""

from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user, user_logged_in, user_logged_out

from proctor_app.audit import service
from proctor_app.audit.kinds import Action

AUDITED = {
    "console.show": Action.VIEWED,
    "api.show": Action.VIEWED,
    "api.list_incidents": Action.VIEWED,
    "reports.pdf": Action.REPORT,
    "reports.json": Action.REPORT,
    "reports.csv": Action.REPORT,
    "api.report": Action.REPORT,
    "console.end": Action.ENDED,
    "api.end": Action.ENDED,
    "console.answer_knock": Action.ADMITTED,
    "console.reissue_invite": Action.LINK,
    "console.withdraw_invite": Action.LINK,
}
# Whole blueprints of settings: every request of theirs that changes something.
SETTINGS = {
    "policies": Action.POLICY,
    "accommodations": Action.ACCOMMODATION,
    "own_account": Action.ACCOUNT,
    "second_factor": Action.ACCOUNT,
    "passkeys": Action.ACCOUNT,
}
# They change nothing that lasts.
ONLY_A_LOOK = ("policies.show_preview", "passkeys.creation_options", "passkeys.request_options")
# Ways in: their own signal is written down.
SIGNING_IN = ("second_factor.check", "passkeys.sign_in")
READING = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    """Watch the application's requests."""
    app.after_request(_write_down)
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def action_of(endpoint: str, method: str) -> Action | None:
    """What a request that went well is written down as."""
    if endpoint in AUDITED:
        return AUDITED[endpoint]
    if method in READING or endpoint in ONLY_A_LOOK + SIGNING_IN:
        return None
    return SETTINGS.get(endpoint.partition(".")[0])


def _write_down(response: Response) -> Response:
    action = action_of(request.endpoint or "", request.method)
    by = g.get("interviewer_id") or (current_user.get_id() if action else None)
    if action is None or by is None or response.status_code >= 400:
        return response
    values: dict[str, Any] = dict(request.view_args or {})
    about = values.pop("session_id", None)
    if action == Action.VIEWED:
        service.record(action, by, about)
    else:
        service.record(action, by, about, what=(request.endpoint or "").partition(".")[2], **_plain(values))
    return response


def _plain(values: dict[str, Any]) -> dict[str, str | int]:
    """Ids and keys from the address, cut where somebody made one up."""
    return {name: value if isinstance(value, int) else str(value)[:100] for name, value in values.items()}


def _signed_in(_app: Flask, user: Any, **_: Any) -> None:
    service.record(Action.SIGNED_IN, user.get_id())


def _signed_out(_app: Flask, user: Any, **_: Any) -> None:
    if user is not None and user.is_authenticated:
        service.record(Action.SIGNED_OUT, user.get_id())
