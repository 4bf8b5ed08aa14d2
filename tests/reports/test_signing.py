"""The signed PDF: a changed byte, score, count or head is found, and so is one that somebody else has signed."""

import io
import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader

from config import Config, ConfigError
from proctor_app.chain.service import Head
from proctor_app.cli import cli
from proctor_app.errors import ProctorError
from proctor_app.reports import json_writer, pdf, pdf_check, signing
from tests.reports import samples

HEAD = Head(1234, "9f2c" * 16)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config.from_env({"DATA_DIR": str(tmp_path_factory.mktemp("data"))}, dotenv=False)


@pytest.fixture(scope="module")
def plain(config: Config) -> tuple[bytes, bytes]:
    """A report as PDF and as JSON, before it is signed. Its templates need an application, and no database."""
    from flask import Flask
    from jinja2 import StrictUndefined

    app = Flask("proctor_app", template_folder="templates")
    app.jinja_env.undefined = StrictUndefined
    report = replace(samples.report(), chain=HEAD)
    with app.app_context():
        return pdf.write_pdf(report), json_writer.write_json(report)


@pytest.fixture(scope="module")
def signed(plain: tuple[bytes, bytes], config: Config) -> bytes:
    return signing.sign(*plain, config)


def problems(content: bytes, **known: Any) -> list[str]:
    return pdf_check.check(content, **known)[0].problems


def test_a_signed_report_is_fine_and_says_who_signed(signed: bytes, config: Config) -> None:
    result, report = pdf_check.check(signed, HEAD.short, signing.fingerprint(config))
    assert result.problems == []
    assert report["chain"] == {"entries": 1234, "head": HEAD.hash, "linked_late": 0}
    assert signing.fingerprint(config) in " ".join(result.checked)


def test_the_own_key_is_the_owners_alone_and_kept(config: Config) -> None:
    key, certificate = signing.paths(config)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (key, certificate)] == [0o600, 0o600]
    before = key.read_bytes()
    assert signing.paths(config)[0].read_bytes() == before


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4, 0.6, 0.8])
def test_a_changed_byte_is_found(signed: bytes, share: float) -> None:
    place = int(len(signed) * share)
    assert problems(signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :])


def test_what_is_added_after_signing_is_found(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root[pdf_name("/Lang")] = TextStringObject("de")
    writer.update_root()
    changed = io.BytesIO()
    writer.write(changed)
    assert "added to the file" in problems(changed.getvalue())[0]


def test_a_report_whose_signature_was_taken_off_is_no_report(plain: tuple[bytes, bytes]) -> None:
    assert problems(plain[0]) == ["the signature was taken off"]


def test_one_signed_by_somebody_else_is_told_by_its_certificate(
    plain: tuple[bytes, bytes], config: Config, tmp_path: Path
) -> None:
    forged = signing.sign(*plain, replace(config, data_dir=tmp_path))
    assert problems(forged) == []
    assert "another certificate" in problems(forged, certificate=signing.fingerprint(config))[0]


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("score",), 99, "score 99"),
        (("raw",), 99, "score"),
        (("counts", "absence"), 0, "counts 0 of absence"),
        (("incidents", 1, "kind"), "focus_loss", "counts"),
        (("incidents", 1, "verdict"), "dismissed", "counts"),
        (("incidents", 1, "points"), 0, "points"),
        (("policy", "weights", "absence"), 0, "score"),
        (("chain", "head"), "0" * 64, "chain head"),
        (("chain", "entries"), 12, "number of chain entries"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_data_that_differ_from_what_is_printed_are_found(
    plain: tuple[bytes, bytes], config: Config, path: tuple[Any, ...], value: Any, word: str
) -> None:
    """Signed anew by whoever holds the key: the report must still agree with itself."""
    data = json.loads(plain[1])
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert word in problems(signing.sign(plain[0], json.dumps(data).encode(), config))[0]


def test_another_head_than_the_known_one_is_found(signed: bytes) -> None:
    assert "another chain head" in problems(signed, head="0" * 12)[0]


def test_the_command_says_it_and_its_exit_code_too(signed: bytes, tmp_path: Path) -> None:
    good, bad, other = (tmp_path / name for name in ("good.pdf", "bad.pdf", "other.pdf"))
    good.write_bytes(signed)
    bad.write_bytes(signed.replace(b"/Proctor", b"/Practor", 1).replace(b"startxref", b"startxref ", 1))
    other.write_bytes(b"not a PDF")
    run = CliRunner().invoke
    done = run(cli, ["verify", str(good), "--head", HEAD.short])
    assert (done.exit_code, "Nothing was changed" in done.output) == (0, True)
    assert run(cli, ["verify", str(bad)]).exit_code == 1
    assert run(cli, ["verify", str(other)]).exit_code == 2
    assert run(cli, ["verify", str(good), "--head", "nonsense"]).exit_code == 2


def test_an_own_key_with_a_password_signs(plain: tuple[bytes, bytes], config: Config, tmp_path: Path) -> None:
    key, certificate = signing.paths(config)
    secret = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = tmp_path / "key.pem"
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked.write_bytes(secret.private_bytes(pem, form, serialization.BestAvailableEncryption(b"open")))
    own = replace(config, report_signing_key=locked, report_signing_certificate=certificate)
    assert problems(signing.sign(*plain, replace(own, report_signing_password="open"))) == []
    with pytest.raises(ProctorError, match="REPORT_SIGNING_KEY"):
        signing.sign(*plain, own)


def test_a_time_stamp_server_that_is_away_is_named(plain: tuple[bytes, bytes], config: Config) -> None:
    with pytest.raises(ProctorError, match="TIMESTAMP_URL"):
        signing.sign(*plain, replace(config, timestamp_url="http://127.0.0.1:9/"))


def test_settings_that_belong_together_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="REPORT_SIGNING_KEY"):
        Config.from_env({"REPORT_SIGNING_KEY": str(tmp_path / "none.pem")}, dotenv=False)
    file = tmp_path / "key.pem"
    file.touch()
    with pytest.raises(ConfigError, match="REPORT_SIGNING_CERTIFICATE"):
        Config.from_env({"REPORT_SIGNING_KEY": str(file)}, dotenv=False)


def test_the_head_and_how_to_check_are_printed(signed: bytes) -> None:
    text = re.sub(r"\s+", " ", PdfReader(io.BytesIO(signed)).pages[-1].extract_text())
    assert "1,234 entries" in text and "proctor verify" in text
