"""The console's parts: which template draws each, and where it goes on the page.

A part is drawn the same way inside a page, in the answer to a form and in a fragment sent to a socket, so the three
cannot disagree. Fragments are `<hx-partial>` envelopes of htmx 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template

from proctor_app.console.view import DISMISS_REASONS, View
from proctor_app.incidents.rules import IncidentRecord


@dataclass(frozen=True)
class Part:
    """A template and where htmx puts what it draws."""

    template: str
    target: str
    swap: str


# `rows` (static/js/console/rows.js) adds each row where it belongs, or changes the one that is there: incidents are
# never taken away.
PARTS = {
    "status": Part("_status.html", "#status", "outerMorph"),
    "score": Part("_score.html", "#score", "outerMorph"),
    "chain": Part("_chain.html", "#chain", "outerMorph"),
    "review_count": Part("_review_count.html", "#review-count", "outerMorph"),
    "rows": Part("_incident_rows.html", "#incident-rows", "rows"),
    "timeline": Part("_timeline.html", "#timeline", "outerMorph"),
    "phase": Part("_phase.html", "#phase", "outerMorph"),
    "presence": Part("_presence.html", "#presence", "outerMorph"),
    "waiting": Part("_waiting.html", "#waiting", "outerMorph"),
    "link": Part("_link_state.html", "#link-state", "outerMorph"),
    "monitor": Part("_monitor.html", "#monitor", "outerMorph"),
    "knocks": Part("_knocks.html", "#knocks", "outerMorph"),
    "notes": Part("_notes.html", "#notes", "outerMorph"),
    "report": Part("_report.html", "#report", "outerHTML"),
}
LIVE_ONLY = frozenset({"phase", "presence", "waiting", "link", "monitor", "knocks"})
ENDED_ONLY = frozenset({"report"})
# What a change of incidents or of coverage shows in, and what a change of people, notes or status does.
FIGURES = ("score", "review_count", "timeline", "monitor", "report")
PEOPLE = ("status", "phase", "timeline", "presence", "waiting", "link", "monitor", "knocks", "notes", "report", "chain")
# What time alone changes: the monitor has gone silent, coverage sinks, the timeline wants a longer scale.
TIMED = ("status", "score", "timeline", "monitor", "presence", "waiting", "link", "knocks")


def draw(view: View, name: str, csrf: str | None = None) -> str:
    """One part. `csrf` is the token for forms; None outside of a request."""
    return render_template(f"console/{PARTS[name].template}", view=view, csrf=csrf, dismiss_reasons=DISMISS_REASONS)


def envelope(view: View, names: Iterable[str], csrf: str | None = None) -> str:
    """The parts by name, each in its envelope; those that the page of this status does not have are left out."""
    absent = ENDED_ONLY if view.is_live else LIVE_ONLY
    return "".join(_wrapped(PARTS[name], draw(view, name, csrf)) for name in names if name not in absent)


def changed_rows(view: View, records: Iterable[IncidentRecord], csrf: str | None = None) -> str:
    """The rows of `records`, in one envelope that adds or replaces them."""
    rows = [
        render_template(
            "console/_incident_row.html",
            view=view,
            row=view.row(record),
            csrf=csrf,
            dismiss_reasons=DISMISS_REASONS,
        )
        for record in records
    ]
    return _wrapped(PARTS["rows"], "".join(rows)) if rows else ""


def _wrapped(part: Part, html: str) -> str:
    return f'<hx-partial hx-target="{part.target}" hx-swap="{part.swap}">{html}</hx-partial>'
