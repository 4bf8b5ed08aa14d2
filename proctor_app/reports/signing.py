"""The report's signature (PAdES): with the operator's certificate, or with one that this installation makes itself.

A PDF reader then says by itself whether the file is as it was made. With TIMESTAMP_URL an authority's time stamp
(RFC 3161) says when. report.json lies in the PDF as an attachment, under the same signature.
"""

import asyncio
import io
import logging
import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import embed
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps

from proctor_app import clock
from proctor_app.errors import ProctorError

if TYPE_CHECKING:
    from config import Config

log = logging.getLogger(__name__)

KEY_FILE = "report-signing-key.pem"
CERTIFICATE_FILE = "report-signing-certificate.pem"
ATTACHMENT = "report.json"
FIELD = "Proctor"
# Nobody renews a certificate that was never asked for; a report is looked at for years.
SELF_MADE_FOR = timedelta(days=3650)
TIMESTAMP_SECONDS = 15


def paths(config: "Config") -> tuple[Path, Path]:
    """Where key and certificate are: those of the settings, or the self-made ones, which are made when missing."""
    if config.report_signing_key and config.report_signing_certificate:
        return config.report_signing_key, config.report_signing_certificate
    key, certificate = config.data_dir / KEY_FILE, config.data_dir / CERTIFICATE_FILE
    if not (key.exists() and certificate.exists()):
        _make(key, certificate)
    return key, certificate


def prepare(config: "Config") -> None:
    """Make the key before the first report asks for it. What is wrong with an operator's own is told, not raised."""
    try:
        signer(config)
    except (ProctorError, OSError) as error:
        log.error("Reports cannot be signed, so none is made. %s", error)


def fingerprint(config: "Config") -> str:
    """SHA-256 of the certificate that signs, by which readers know that it is the right one. Raises as `signer`."""
    certificate = signer(config).signing_cert
    assert certificate is not None
    return str(certificate.sha256.hex())


def signer(config: "Config") -> signers.SimpleSigner:
    """What signs. Raises `signing_unusable` with the setting at fault."""
    key, certificate = paths(config)
    return _signer(key, certificate, config.report_signing_password, key.stat().st_mtime if key.exists() else 0.0)


@cache
def _signer(key: Path, certificate: Path, password: str | None, _changed: float) -> signers.SimpleSigner:
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), password.encode() if password else None)
    except (OSError, ValueError, TypeError) as error:
        raise unusable(f"{key} and {certificate} cannot be read: {error}") from None
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    if not any(_bytes(one.public_key(), public) == _bytes(secret.public_key(), public) for one in chain[:1]):
        raise unusable(f"The first certificate in {certificate} does not belong to the key in {key}")
    # pyHanko reads files, and swallows why it could not; what can go wrong was found above.
    made = signers.SimpleSigner.load(
        str(key),
        str(certificate),
        key_passphrase=password.encode() if password else None,
    )
    if made is None:
        raise unusable(f"{key} and {certificate} cannot be used to sign")
    return made


def _bytes(key: "object", form: serialization.PublicFormat) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, form)  # type: ignore[attr-defined, no-any-return]


def sign(pdf: bytes, report_json: bytes, config: "Config") -> bytes:
    """The PDF with report.json attached, signed. Raises `signing_unusable` and `not_timestamped`."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    file = embed.EmbeddedFileObject.from_file_data(writer, data=report_json, mime_type="application/json")
    embed.embed_file(
        writer,
        embed.FileSpec(
            file_spec_string=ATTACHMENT,
            embedded_data=file,
            description="The data of this report, for programs",
        ),
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason="The report as it was made",
    )
    made = signer(config)
    try:
        signed = signers.PdfSigner(about, signer=made, timestamper=_stamper(config)).sign_pdf(writer)
    except timestamps.TimestampRequestError as error:
        raise not_timestamped(error) from None
    return bytes(signed.getvalue())


def try_timestamp(config: "Config") -> bool:
    """Whether there is a time-stamp server, which has just given one. Raises `not_timestamped`."""
    stamper = _stamper(config)
    if stamper is None:
        return False
    try:
        asyncio.run(stamper.async_dummy_response("sha256"))
    except timestamps.TimestampRequestError as error:
        raise not_timestamped(error) from None
    return True


def _stamper(config: "Config") -> timestamps.HTTPTimeStamper | None:
    url = config.timestamp_url
    return timestamps.HTTPTimeStamper(url, timeout=TIMESTAMP_SECONDS) if url else None


def _make(key_file: Path, certificate_file: Path) -> None:
    """A key of this installation's own and a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Proctor reports of this installation")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + SELF_MADE_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # The certificate last: whoever finds it finds its key.
    for file, content in ((key_file, secret), (certificate_file, certificate.public_bytes(pem))):
        partial = file.with_name(f"{file.name}.{os.getpid()}")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(content)
        partial.replace(file)


def not_timestamped(error: Exception) -> ProctorError:
    """The time-stamp server is away or refuses. The job tries again."""
    return ProctorError("not_timestamped", f"TIMESTAMP_URL: no time stamp ({error})", http_status=502)


def unusable(why: str) -> ProctorError:
    """The operator's key or certificate cannot be used."""
    return ProctorError("signing_unusable", f"REPORT_SIGNING_KEY: {why}.", http_status=500)
