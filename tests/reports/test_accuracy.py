"""What a report says about how often it is wrong: the last measurement, and whether it was of these detectors."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from proctor_app.reports import accuracy
from proctor_app.reports.accuracy import Accuracy
from proctor_app.reports.json_writer import as_data
from tests.reports import samples
from tests.reports.conftest import text_of

MEASURED = Accuracy("0123456789ab", "2026-11-24", 14, 12.3, 7, 17, 16, 1, 8.6, 33.1)


def test_it_quotes_the_measurement_and_how_little_it_proves(pages: Any) -> None:
    plain = samples.report()
    report = replace(plain, versions={**plain.versions, "Detectors": "0123456789ab"}, accuracy=MEASURED)
    text = text_of(pages(report))
    assert "(version 0123456789ab) were measured on 2026-11-24 with 14 labelled clips, 12 minutes of 7 people" in text
    assert "Of 17 scripted incidents 16 were found; 1 that did not happen was reported" in text
    assert "9 minutes in which nothing happened leave up to 33 false incidents an hour possible" in text
    assert as_data(report)["accuracy"]["detectors"] == "0123456789ab"
    assert len(pages(report).pages) == len(pages(plain).pages) <= 3, "this is no reason for one more page"


def test_it_says_when_other_detectors_were_measured(pages: Any) -> None:
    text = text_of(pages(samples.report(versions={"Detectors": "fedcba987654"}, accuracy=MEASURED)))
    assert "version 0123456789ab; this report used version fedcba987654" in text


def test_it_says_when_nothing_was_measured(pages: Any) -> None:
    report = samples.report(versions={"Detectors": "fedcba987654"})
    told = "How often this is wrong: it has not been measured for the detectors (version fedcba987654)"
    assert told in text_of(pages(report))
    assert as_data(report)["accuracy"] is None


def test_the_version_is_of_the_detectors_code(tmp_path: Path) -> None:
    (tmp_path / "speech").mkdir()
    file = tmp_path / "speech" / "ears.js"
    seen = set()
    for content in ("a", "b", "a"):
        file.write_text(content)
        accuracy.detectors_version.cache_clear()
        seen.add(accuracy.detectors_version(tmp_path))
    assert len(seen) == 2
    accuracy.detectors_version.cache_clear()
    assert len(accuracy.detectors_version()) == 12


def test_what_the_bench_wrote_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "accuracy.json"
    accuracy.measured.cache_clear()
    assert accuracy.measured(file) is None
    accuracy.measured.cache_clear()
    file.write_text(json.dumps(MEASURED.__dict__ | {"honest_clips": {"minutes": 3, "flags": 0}}))
    assert accuracy.measured(file) == MEASURED
    accuracy.measured.cache_clear()
    assert accuracy.measured() is None or accuracy.measured().expected > 0
