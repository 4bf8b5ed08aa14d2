"""What tests of the report's writers stand on: templates without a database, and a PDF read back."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jinja2 import StrictUndefined
from pypdf import PdfReader

from proctor_app.reports import pdf


@pytest.fixture
def pages() -> Iterator[Any]:
    """`pages(report)` is the report's PDF, read back by pypdf. Needs no database."""
    app = Flask("proctor_app")
    app.jinja_env.undefined = StrictUndefined
    with app.app_context():
        yield lambda report: PdfReader(io.BytesIO(pdf.write_pdf(report)))


def text_of(reader: PdfReader) -> str:
    """All words of a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
