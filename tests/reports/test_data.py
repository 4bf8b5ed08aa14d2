"""report.json and incidents.csv carry the same data as the PDF, and are safe to open."""

import csv
import io
import json

import pytest

from proctor_app.reports import csv_writer, json_writer
from tests.reports import samples


def lines_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets take UTF-8 for Latin-1 without the mark"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_has_a_line_for_each_incident() -> None:
    head, *lines = lines_of(csv_writer.write_csv(samples.report()))
    first = dict(zip(head, lines[0], strict=True))
    assert len(lines) == 6
    assert first["started_at"] == "2026-11-24T09:33:15+00:00" and first["into_seconds"] == "195"
    assert (first["kind"], first["reason"], first["seen"]) == ("focus_loss", "looking_away", "Looking to the right")
    assert (first["duration_seconds"], first["points"], first["verdict"]) == ("6.4", "0", "dismissed")
    assert {(line[-2], line[-1]) for line in lines} == {("86", "98")}, "score and coverage of the interview"


def test_csv_has_no_score_where_data_do_not_suffice() -> None:
    head, *lines = lines_of(csv_writer.write_csv(samples.report(blind=((0, 2000, "too_dark"),))))
    assert {line[head.index("interview_score")] for line in lines} == {"insufficient data"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_csv_never_starts_a_cell_as_a_formula(start: str) -> None:
    note = f'{start}HYPERLINK("http://evil.example";"x")'
    seen = ((10, 4, "absence", None, {}, "dismissed", note),)
    head, line = lines_of(csv_writer.write_csv(samples.report(seen=seen)))
    cell = line[head.index("verdict_note")]
    # A carriage return shows nothing and is left out; before anything else stands what makes it text.
    assert cell == (note[1:] if start == "\r" else "'" + note)


def test_csv_keeps_lines_quotes_and_scripts() -> None:
    note = 'He said "wait",\nthen 王芳 محمد'
    head, line = lines_of(csv_writer.write_csv(samples.report(seen=((10, 4, "absence", None, {}, "dismissed", note),))))
    assert line[head.index("verdict_note")] == note


def test_json_is_the_same_report() -> None:
    report = samples.report(candidate="अनुष्का <script>")
    data = json.loads(json_writer.write_json(report))
    assert data["candidate"] == "अनुष्का <script>" and data["session"] == report.session_id
    assert (data["score"], data["raw"], data["formula"]) == (86, 86, "100 − (3·2 + 1·3 + 1·5)")
    assert data["coverage"]["percent"] == 98 and data["coverage"]["not_observable"]["too_dark"] == 31
    assert len(data["incidents"]) == 6 and data["incidents"][0]["verdict_note"] == "Took notes"
    assert data["policy"]["weights"]["multiple_faces"] == 5 and data["versions"]["MediaPipe tasks-vision"] == "0.10.35"


def test_json_has_no_score_where_data_do_not_suffice() -> None:
    data = json.loads(json_writer.write_json(samples.report(blind=((0, 2000, "too_dark"),))))
    assert data["insufficient_data"] is True and data["score"] is None and data["raw"] is None
