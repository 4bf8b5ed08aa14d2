"""Every setting, read from the environment and from `.env`: the only file that does so.

A value that cannot be used raises `ConfigError`, whose text names the variable, what is wrong with it and what
would be right. `.env.example` describes each setting; a test keeps the two in step.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
SECRET_KEY_FILE = "secret-key"

SCORED_KINDS = (
    "focus_loss",
    "absence",
    "multiple_faces",
    "camera_blocked",
    "camera_frozen",
    "camera_changed",
    "phone_visible",
    "book_visible",
    "second_voice",
    "extra_display",
    "fullscreen_exit",
    "clipboard_paste",
    "devtools_open",
    "monitoring_gap",
    "monitor_mismatch",
)
TIMED_CONDITIONS = (
    "face_not_visible",
    "looking_away",
    "window_blur",
    "absence",
    "multiple_faces",
    "camera_blocked",
    "camera_frozen",
    "phone_visible",
    "book_visible",
    "second_voice",
    "monitoring_gap",
    "monitor_mismatch",
)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPENID = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")

AsyncMode = Literal["eventlet", "threading"]
Number = TypeVar("Number", int, float)


class ConfigError(Exception):
    """A setting that cannot be used. The text is one line: the variable, what is wrong, what would be right."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


@dataclass(frozen=True)
class Config:
    """The settings of one process. What ends in `_days` is days, thresholds are seconds, weights points."""

    mongodb_uri: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    base_url: str | None
    host: str
    port: int
    trusted_proxies: int
    https: bool
    data_dir: Path
    async_mode: AsyncMode
    smtp_url: str | None = field(repr=False)
    mail_from: str
    turn_urls: tuple[str, ...]
    turn_secret: str | None = field(repr=False)
    stun_urls: tuple[str, ...]
    face_model_path: Path
    retention_days: int
    evidence_retention_days: int
    abandoned_after_hours: int
    decision_retention_days: int
    join_link_days: int
    admin_email: str | None
    admin_password: str | None = field(repr=False)
    log_level: str
    policy_weights: dict[str, int]
    policy_thresholds: dict[str, float]
    rate_limits: bool
    require_second_factor: bool
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_domains: tuple[str, ...]
    timezone: str | None
    report_signing_key: Path | None
    report_signing_certificate: Path | None
    report_signing_password: str | None = field(repr=False)
    timestamp_url: str | None

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS, its own or a proxy's."""
        return self.https or bool(self.base_url and self.base_url.startswith("https://"))

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ, *, dotenv: bool = True) -> "Config":
        """Read and check the settings; those of `env` win over those of `.env`. Raises `ConfigError`."""
        from_file = dotenv_values(ROOT / ".env") if dotenv else {}
        read = _Reader({**{name: value or "" for name, value in from_file.items()}, **env})
        data_dir = read.path("DATA_DIR", ROOT / "var")
        turn_urls, turn_secret = read.urls("TURN_URLS", ("turn", "turns")), read.text("TURN_SECRET")
        if bool(turn_urls) != bool(turn_secret):
            missing = "TURN_SECRET" if turn_urls else "TURN_URLS"
            raise ConfigError(missing, "is missing; TURN_URLS and TURN_SECRET belong together. Set both or neither.")
        retention_days = read.whole("RETENTION_DAYS", 90, 1, 36500)
        https = read.choice("HTTPS", ("1", "on", "0", "off"), "off") in ("1", "on")
        base_url = read.url("BASE_URL", ("http", "https"), "https://interviews.example.org")
        if https and base_url and not base_url.startswith("https://"):
            raise ConfigError("BASE_URL", "starts with http://, but HTTPS is on. Write https://, or leave it empty.")
        admin_email, admin_password = read.mailbox("ADMIN_EMAIL", bare=True), read.text("ADMIN_PASSWORD")
        if bool(admin_email) != bool(admin_password):
            missing = "ADMIN_PASSWORD" if admin_email else "ADMIN_EMAIL"
            raise ConfigError(missing, "is missing; ADMIN_EMAIL and ADMIN_PASSWORD belong together. Set both.")
        signing_key = read.file("REPORT_SIGNING_KEY")
        signing_certificate = read.file("REPORT_SIGNING_CERTIFICATE")
        if bool(signing_key) != bool(signing_certificate):
            missing = "REPORT_SIGNING_CERTIFICATE" if signing_key else "REPORT_SIGNING_KEY"
            raise ConfigError(missing, "is missing; REPORT_SIGNING_KEY and REPORT_SIGNING_CERTIFICATE belong together.")
        openid = [read.text(name) for name in OPENID]
        if any(openid) and not all(openid):
            missing = OPENID[openid.index(None)]
            raise ConfigError(missing, f"is missing; {', '.join(OPENID)} belong together. Set all or none.")
        return cls(
            mongodb_uri=read.url("MONGODB_URI", ("mongodb", "mongodb+srv"), "mongodb://localhost:27017/proctor"),
            redis_url=read.url("REDIS_URL", ("redis", "rediss", "unix"), "redis://localhost:6379/0"),
            secret_key=read.secret_key(data_dir),
            base_url=_without_slash(base_url),
            # HTTPS is for other machines: they must reach it.
            host=read.text("HOST") or ("0.0.0.0" if https else "127.0.0.1"),
            port=read.whole("PORT", 5000, 1, 65535),
            trusted_proxies=read.whole("TRUSTED_PROXIES", 0, 0, 9),
            https=https,
            data_dir=data_dir,
            async_mode=cast(AsyncMode, read.choice("SOCKETIO_ASYNC_MODE", ("eventlet", "threading"), "eventlet")),
            smtp_url=read.url("SMTP_URL", ("smtp", "smtps"), "smtp://user:password@mail.example.org:587"),
            mail_from=read.mailbox("MAIL_FROM") or "Proctor <proctor@localhost>",
            turn_urls=turn_urls,
            turn_secret=turn_secret,
            stun_urls=read.urls("STUN_URLS", ("stun", "stuns")),
            face_model_path=read.path("FACE_MODEL_PATH", ROOT / "var" / "models" / "face_landmarker.task"),
            retention_days=retention_days,
            abandoned_after_hours=read.whole("ABANDONED_AFTER_HOURS", 12, 1, 8760),
            evidence_retention_days=read.whole("EVIDENCE_RETENTION_DAYS", min(30, retention_days), 1, retention_days),
            decision_retention_days=read.whole("DECISION_RETENTION_DAYS", 0, 0, 36500),
            join_link_days=read.whole("JOIN_LINK_DAYS", 14, 1, 365),
            admin_email=admin_email,
            admin_password=admin_password,
            log_level=read.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", fold=str.upper),
            policy_weights=read.table("POLICY_WEIGHTS", SCORED_KINDS, int, "a whole number of points, 0 or more"),
            policy_thresholds=read.table("POLICY_THRESHOLDS", TIMED_CONDITIONS, float, "a number of seconds"),
            oidc_issuer=read.issuer("OIDC_ISSUER"),
            oidc_client_id=read.text("OIDC_CLIENT_ID"),
            oidc_client_secret=read.text("OIDC_CLIENT_SECRET"),
            oidc_domains=read.domains("OIDC_DOMAINS"),
            require_second_factor=read.choice("REQUIRE_SECOND_FACTOR", ("on", "off"), "off") == "on",
            rate_limits=read.choice("RATE_LIMITS", ("on", "off"), "on", fold=str.lower) == "on",
            timezone=read.timezone("TIMEZONE"),
            report_signing_key=signing_key,
            report_signing_certificate=signing_certificate,
            report_signing_password=read.text("REPORT_SIGNING_PASSWORD"),
            timestamp_url=read.url("TIMESTAMP_URL", ("http", "https"), "http://timestamp.example.org"),
        )


class _Reader:
    """Typed access to the variables. An empty value counts as one that is not set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        return self._values.get(name, "").strip() or None

    def path(self, name: str, default: Path) -> Path:
        """A relative path starts at the project's folder, whatever the working folder is."""
        value = self.text(name)
        return ROOT / Path(value).expanduser() if value else default

    def file(self, name: str) -> Path | None:
        """A file that must be there."""
        value = self.text(name)
        path = ROOT / Path(value).expanduser() if value else None
        if path is not None and not path.is_file():
            raise ConfigError(name, f"is '{value}'; there is no such file.")
        return path

    def choice(
        self, name: str, allowed: tuple[str, ...], default: str, *, fold: Callable[[str], str] = str.lower
    ) -> str:
        value = fold(self.text(name) or default)
        if value not in allowed:
            raise ConfigError(name, f"is '{value}'; it must be one of: {', '.join(allowed)}.")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name) or str(default)
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ConfigError(name, f"is '{value}'; it must be a whole number from {least} to {most}.")
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...], example: str) -> str | None:
        """The message never repeats the value, which may hold a password."""
        value = self.text(name)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            # A list of database servers ("a:27017,b:27017") is right, and has no single port that could be read.
            usable = parts.scheme in schemes and bool(parts.netloc or parts.scheme == "unix")
            usable = usable and ("," in parts.netloc or parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if not usable:
            starts = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ConfigError(name, f"is not an address that starts with {starts}, such as {example}.")
        return value

    def issuer(self, name: str) -> str | None:
        """An OpenID provider's address. Without HTTPS whoever is on the way could stand in for it."""
        value = self.url(name, ("https", "http"), "https://login.example.org")
        if value is not None and value.startswith("http://") and urlsplit(value).hostname not in LOOPBACK:
            raise ConfigError(name, "starts with http://; it must be https://, except on this machine.")
        return _without_slash(value)

    def domains(self, name: str) -> tuple[str, ...]:
        """`example.org, example.com` in small letters."""
        found = tuple(part.strip().lower() for part in (self.text(name) or "").split(",") if part.strip())
        for value in found:
            if "@" in value or "." not in value or any(character.isspace() for character in value):
                raise ConfigError(name, f"has '{value}'; it must be a comma-separated list such as example.org.")
        return found

    def urls(self, name: str, schemes: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(part.strip() for part in (self.text(name) or "").split(",") if part.strip())
        for value in found:
            scheme, _, rest = value.partition(":")
            if scheme not in schemes or not rest or rest.startswith("//"):
                raise ConfigError(
                    name,
                    f"has '{value}'; it must be a comma-separated list such as {schemes[0]}:relay.example.org:3478.",
                )
        return found

    def mailbox(self, name: str, *, bare: bool = False) -> str | None:
        """`panel@example.org` or, unless `bare`, `The panel <panel@example.org>`."""
        value = self.text(name)
        if value is None:
            return None
        address = value if bare else value.rpartition("<")[2].rstrip(">")
        user, at, domain = address.rpartition("@")
        if not (user and at and domain) or any(character.isspace() for character in address):
            raise ConfigError(name, f"is '{value}'; it must be an e-mail address such as panel@example.org.")
        return value

    def table(self, name: str, keys: tuple[str, ...], number: Callable[[str], Number], what: str) -> dict[str, Number]:
        """`a=1,b=2` as a dict. Each key must be one of `keys`, each number 0 or more."""
        result: dict[str, Number] = {}
        for pair in (self.text(name) or "").split(","):
            if not pair.strip():
                continue
            key, equals, value = (part.strip() for part in pair.partition("="))
            if not equals or key not in keys:
                raise ConfigError(name, f"has '{pair.strip()}'; write kind=number with a kind of: {', '.join(keys)}.")
            try:
                result[key] = number(value)
            except ValueError:
                raise ConfigError(name, f"gives {key} the value '{value}'; it must be {what}.") from None
            if not 0 <= result[key] <= 86400:
                raise ConfigError(name, f"gives {key} the value {value}; it must be {what}, at most 86400.")
        return result

    def timezone(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ConfigError(name, f"is '{value}'; it must be a name such as Europe/Berlin or UTC.") from None
        return value

    def secret_key(self, data_dir: Path) -> str:
        """SECRET_KEY, or the one that the local runner once made and keeps in `data_dir`, or nothing."""
        value = self.text("SECRET_KEY")
        if value is None:
            try:
                return (data_dir / SECRET_KEY_FILE).read_text("ascii").strip()
            except OSError:
                return ""
        if len(value) < 16:
            raise ConfigError(
                "SECRET_KEY",
                "is shorter than 16 characters. Make one with: python3 -c 'import secrets; print(secrets.token_hex())'",
            )
        return value


def _without_slash(url: str | None) -> str | None:
    return url.rstrip("/") if url else None
