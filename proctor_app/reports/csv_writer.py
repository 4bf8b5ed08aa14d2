"""`incidents.csv`: one line an incident, safe to open in a spreadsheet."""

import csv
import io

from proctor_app import typed
from proctor_app.reports.report import Report

COLUMNS = (
    "number",
    "started_at",
    "ended_at",
    "into_seconds",
    "duration_seconds",
    "kind",
    "reason",
    "seen",
    "details",
    "confidence",
    "points",
    "verdict",
    "verdict_note",
    "judged_by",
    "late",
    "id",
    "interview_score",
    "interview_coverage",
)
INSUFFICIENT = "insufficient data"
# A cell that begins so is a formula to a spreadsheet: an apostrophe in front makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(report: Report) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to see that it is UTF-8."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for row in report.rows:
        record = row.record
        cells = (
            row.number,
            record.started_at.isoformat(),
            record.ended_at.isoformat() if record.ended_at else "",
            round(row.into_seconds, 1),
            round(row.duration_seconds, 1),
            record.kind,
            record.reason or "",
            row.seen,
            "; ".join(row.details),
            record.confidence,
            row.points,
            record.verdict or "",
            record.verdict_note or "",
            row.judged_by or "",
            "yes" if record.late else "",
            record.id,
            INSUFFICIENT if report.is_insufficient else report.score.score,
            report.coverage.percent if report.coverage.percent is not None else "",
        )
        lines.writerow([safe(cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def safe(cell: object) -> object:
    """`cell`, harmless to a spreadsheet. Numbers stay numbers, also negative ones."""
    if not isinstance(cell, str):
        return cell
    cell = typed.shown(cell)
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
