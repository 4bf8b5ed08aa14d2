"""A certificate of one's own, so that other machines of a network can try the product: `make run HTTPS=1`.

Browsers give camera and microphone only to pages of this machine or behind HTTPS. Nobody vouches for this certificate,
so a browser warns until its user goes on; for more than a test there are proxies with a real one. It is kept in
`DATA_DIR/tls` and made again before it expires, and when this machine has got another address.
"""

import ipaddress
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from proctor_app import clock

FOLDER, CERTIFICATE, KEY = "tls", "certificate.pem", "key.pem"
# Browsers refuse certificates that are valid for longer than 398 days.
VALID_FOR = timedelta(days=90)
RENEW_BEFORE = timedelta(days=7)
# Clocks of the network's machines differ.
VALID_SINCE = timedelta(days=1)
# Documentation addresses (RFC 5737, RFC 3849): nothing is sent, the system only says from where it would be.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


@dataclass(frozen=True)
class Certificate:
    """Where certificate and key lie, and the SHA-256 that a browser shows for it."""

    path: Path
    key: Path
    fingerprint: str

    def context(self) -> ssl.SSLContext:
        """What a server needs to speak TLS with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def lan_addresses() -> list[str]:
    """The addresses under which other machines may reach this one, those of the usual way out first."""
    found: list[str] = []
    for family, address in ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((address, 9))
            found.append(line.getsockname()[0])
    with suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [one for one in dict.fromkeys(found) if not ipaddress.ip_address(one).is_loopback]


def ensure(data_dir: Path, host: str) -> Certificate:
    """The certificate in `data_dir`, for this machine's names and addresses and `host`; made when it does not do."""
    folder = data_dir / FOLDER
    path, key = folder / CERTIFICATE, folder / KEY
    names = _names(host)
    found = _usable(path, key, names)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found, private = _make(names)
        _write(key, private)
        _write(path, found.public_bytes(serialization.Encoding.PEM))
    return Certificate(path, key, found.fingerprint(hashes.SHA256()).hex(":").upper())


def _names(host: str) -> set[str]:
    wildcards = {"", "0.0.0.0", "::"}
    return {"localhost", "127.0.0.1", "::1", socket.gethostname(), *lan_addresses(), host.strip("[]")} - wildcards


def _usable(path: Path, key: Path, names: set[str]) -> x509.Certificate | None:
    """The certificate, when it can be read, goes with the key, names everything and does not expire soon."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return None
    held = {*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))}
    lasts = found.not_valid_after_utc - clock.now() > RENEW_BEFORE
    return found if lasts and names <= held and private.public_key() == found.public_key() else None


def _make(names: set[str]) -> tuple[x509.Certificate, bytes]:
    """A certificate signed by its own key, and that key as PEM."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Proctor, for a test in this network")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - VALID_SINCE)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in sorted(names)]), critical=False)
        # Whoever trusts it trusts this server only: it can sign no other.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made, pem


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for this user's eyes only."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    beside.replace(path)
