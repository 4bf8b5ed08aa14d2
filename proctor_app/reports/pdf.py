"""`report.pdf`: the report on A4, for a panel to read and print. Runs in the job process only."""

import base64
import io
import secrets
from collections.abc import Callable, Iterator

from flask import render_template
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from proctor_app.evidence import words as still_words
from proctor_app.incidents import words
from proctor_app.incidents.kinds import KIND_LABELS, Kind
from proctor_app.reports import fonts, incident_table, phrases, scripts, stills_grid, timeline
from proctor_app.reports.report import Report, Row

# Whatever a text says, laying it out opens no address and no file.
NOTHING_FETCHED = ResourceAccessPolicy(allow_remote=False, base_dir=None)
Progress = Callable[[int, str], None]


def warm_up() -> None:
    """Load what the first report would otherwise wait for."""
    fonts.register()


def write_pdf(report: Report, progress: Progress = lambda percent, step: None) -> bytes:
    """The PDF. `progress(percent, step)` is told how far it is. Needs an application context for templates."""
    fonts.register()
    progress(15, "Drawing the timeline")
    drawing = base64.b64encode(timeline.draw(report).encode()).decode()
    progress(30, "Setting the pages")
    say = phrases.Phrases(report)
    table_key = secrets.token_hex(8)
    html = render_template(
        "reports/report.html",
        report=report,
        table_key=table_key,
        say=say,
        words=words,
        t=fonts.typeset,
        direction=scripts.direction,
        fonts=fonts.names(),
        timeline=f"data:image/svg+xml;base64,{drawing}",
    )
    progress(45, "Laying out the pages")
    pictures = report.stills.pictures if report.stills else {}
    incident_table.place(table_key, [_line(row, say, row.record.id in pictures) for row in report.rows], say.zone)
    if pictures:
        stills_grid.place(table_key, list(_shown(report)))
    file = io.BytesIO()
    result = pisa.CreatePDF(html, dest=file, resource_policy=NOTHING_FETCHED, context_meta={"author": "Proctor"})
    if result.err:
        raise RuntimeError(f"xhtml2pdf reported {result.err} errors")
    progress(95, "Storing the report")
    return file.getvalue()


def _shown(report: Report) -> Iterator[stills_grid.Shown]:
    assert report.stills is not None
    for row in report.rows:
        jpeg, still = report.stills.pictures.get(row.record.id), report.stills.told.get(row.record.id)
        if jpeg is not None and still is not None:
            title = f"No. {row.number}, {words.offset(row.into_seconds)}: {row.seen}"
            more = still_words.in_short(still.style, row.record)
            yield stills_grid.Shown(jpeg, title, more if row.record.counts else f"{more}; dismissed")


def _line(row: Row, say: phrases.Phrases, has_still: bool) -> incident_table.Line:
    record, kind = row.record, Kind(row.record.kind)
    more = (*row.details, *(["delivered late"] if record.late else []), *(["see its still"] if has_still else []))
    cells = (
        str(row.number),
        words.offset(row.into_seconds),
        say.clock(record.started_at),
        KIND_LABELS[kind],
        ", ".join((row.seen, *more)),
        words.duration(row.duration_seconds),
        words.points(row.points),
        say.verdict(row),
    )
    return incident_table.Line(cells, timeline.COLOURS.get(kind, timeline.OTHER), record.counts)
