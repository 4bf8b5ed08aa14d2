"""Checks a report's PDF: its signature, and that what is printed is what the data in it say. Needs no database."""

import io
import json
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.errors import PdfReadError, PyPdfError

from proctor_app.chain import verify
from proctor_app.chain.verify import Result
from proctor_app.reports.signing import ATTACHMENT, FIELD


def check(pdf: bytes, head: str | None = None, certificate: str | None = None) -> tuple[Result, dict[str, Any]]:
    """What is wrong with a report, and the data attached to it.

    `head` is a chain head known from elsewhere, whole or its beginning; `certificate` the SHA-256 of the certificate
    that ought to have signed. Raises `ValueError` for what is no report.
    """
    if not pdf.startswith(b"%PDF-"):
        raise ValueError("no PDF file")
    result = Result()
    try:
        _signature(pdf, certificate, result)
        report = _attached(pdf)
        result.problems += [] if report is None else _contradictions(pdf, report, head)
    except (PdfError, PyPdfError, PdfReadError, KeyError, TypeError, AttributeError, IndexError) as error:
        if not result.problems:
            result.problems.append(f"the file was changed so much that it cannot be read: {type(error).__name__}")
        return result, {}
    if report is None:
        if not result.problems:
            raise ValueError(f"no {ATTACHMENT} is attached to it: it is no report of this program")
        return result, {}
    said = report["chain"]
    result.checked.append(f"chain of {said['entries']} entries, head {said['head']}")
    if result.problems:
        return result, report
    number = "insufficient data" if report["insufficient_data"] else f"score {report['score']}"
    result.checked.append(f"{number}, {report['formula']}: follows from the incidents and the policy")
    return result, report


def _signature(pdf: bytes, certificate: str | None, result: Result) -> None:
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (PdfError, ValueError, KeyError, TypeError) as error:
        result.problems.append(f"the file was changed so much that it cannot be read: {error}")
        return
    found = next((one for one in signatures if one.field_name == FIELD), None)
    if found is None:
        result.problems.append("the signature was taken off")
        return
    signed_by = found.signer_cert
    # Whether to trust the signer is for people to say; here its certificate is taken for what it is.
    context = ValidationContext(trust_roots=[signed_by], allow_fetching=False)
    try:
        status = validate_pdf_signature(found, context, ts_validation_context=context)
    except (SignatureValidationError, PdfError, ValueError) as error:
        result.problems.append(f"the signature cannot be checked: {error}")
        return
    if not status.intact:
        result.problems.append("the file was changed after it was signed")
    elif not status.valid:
        result.problems.append("the signature is not that of its certificate")
    elif status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        result.problems.append("something was added to the file after it was signed")
    actual = signed_by.sha256.hex()
    if certificate and actual != certificate.lower().replace(":", ""):
        result.problems.append(f"it was signed with another certificate, {actual}")
    result.checked.append(f"signed by “{signed_by.subject.human_friendly}”, certificate SHA-256 {actual}")
    when = status.timestamp_validity
    if when is not None:
        result.checked.append(f"time stamp {when.timestamp:%Y-%m-%d %H:%M:%S} UTC")


def _attached(pdf: bytes) -> dict[str, Any] | None:
    found = PdfReader(io.BytesIO(pdf)).attachments.get(ATTACHMENT)
    if not found:
        return None
    try:
        report: dict[str, Any] = json.loads(found[0])
    except ValueError:
        raise TypeError("the attached data are no JSON") from None
    return report


def _contradictions(pdf: bytes, report: dict[str, Any], head: str | None) -> list[str]:
    """In what the printed report, the attached one and a known head differ."""
    problems = [verify.disagreement(report)]
    printed = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    said = report["chain"]
    if f"{said['head']}" not in printed:
        problems.append("the chain head printed in the report is not that of its data")
    if f"{said['entries']:,}entries" not in printed:
        problems.append("the number of chain entries printed in the report is not that of its data")
    if not report["insufficient_data"]:
        if f"{report['score']}/100" not in printed:
            problems.append("the score printed in the report is not that of its data")
        if "".join(report["formula"].split()) not in printed:
            problems.append("the counts printed in the report are not those of its data")
    if head is not None and not said["head"].startswith(head.lower()):
        problems.append(f"the report was made at another chain head, {said['head']}")
    return [problem for problem in problems if problem]
