"""An interview that was held, its report and its export: untouched they verify, and what is changed later is named."""

import io
import zipfile
from typing import Any

from mongoengine.connection import get_db

from proctor_app import records
from proctor_app.chain import verify
from proctor_app.incidents import service as incidents
from proctor_app.reports import pdf_check
from proctor_app.reports import service as reports
from proctor_app.reviews import service as reviews
from tests.reports.conftest import Held


def exported(held: Held) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(records.zipped(held.session.id, "olga")))
    return {name: archive.read(name) for name in archive.namelist()}


def test_report_and_export_verify_until_the_database_is_changed(held: Held) -> None:
    first, second, _ = incidents.list_for(held.session.id)
    reviews.review(held.session, first.id, "dismissed", "A lamp fell", "olga")
    held.end()
    reports.make_report(held.session.id)
    result, report = pdf_check.check(bytes(held.report.pdf))
    assert result.problems == [] and report["score"] == 93
    files = exported(held)
    checked = verify.check_export(files, report["chain"]["head"][:12])
    assert (checked.problems, checked.notes) == ([], [])
    assert verify.report_against(report, verify.entries_in(files)) is None
    assert {"report.pdf", "report.json", "incidents.csv", "verify.py", "MANIFEST.json"} <= set(files)

    changes: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("incident", {"verdict": "dismissed"}, f"incident {second.id} was changed"),
        ("observation", {"confidence": 0.1}, f"observation {second.id} was changed"),
    )
    for collection, change, words in changes:
        stored = get_db()[collection].find_one({"_id": second.id})
        get_db()[collection].update_one({"_id": second.id}, {"$set": change})
        assert words in verify.check_export(exported(held)).problems[0]
        get_db()[collection].replace_one({"_id": second.id}, stored)
    get_db()["review"].delete_many({"session": held.session.id})
    assert "review" in verify.check_export(exported(held)).problems[0]


def test_the_policy_of_an_interview_cannot_be_changed_unnoticed(held: Held) -> None:
    get_db()["session"].update_one({"_id": held.session.id}, {"$set": {"policy.weights.absence": 0}})
    assert "interview itself (policy) was changed" in verify.check_export(exported(held)).problems[0]
