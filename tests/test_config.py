"""Settings: every one is documented, and a bad value is named with its cure."""

import re
from pathlib import Path

import pytest

import config as config_module
from config import ROOT, Config, ConfigError
from proctor_app.incidents.kinds import Kind
from proctor_app.policies import rules as policies

READ_BY_CONFIG = set(re.findall(r'read\.\w+\(\s*"([A-Z_]+)"', Path(config_module.__file__).read_text("utf-8")))


def load(**env: str) -> Config:
    return Config.from_env(env, dotenv=False)


def test_every_setting_is_in_the_example_file() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    documented = {line.partition("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    assert documented == READ_BY_CONFIG | {"SECRET_KEY"}


def test_the_example_file_itself_is_a_valid_set_of_settings() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    env = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    assert load(**env) == load()


def test_nothing_needs_to_be_set() -> None:
    found = load()
    assert (found.host, found.port, found.async_mode) == ("127.0.0.1", 5000, "eventlet")
    assert found.mongodb_uri is None and found.smtp_url is None and found.turn_urls == ()
    assert found.data_dir == ROOT / "var" and found.retention_days == 90 and found.rate_limits


def test_values_are_read() -> None:
    found = load(
        MONGODB_URI="mongodb+srv://user:pass@cluster.example.org/interviews?retryWrites=true",
        TURN_URLS="turn:relay.example.org:3478, turns:relay.example.org:5349?transport=tcp",
        TURN_SECRET="shared with the relay",
        POLICY_WEIGHTS="absence=4, multiple_faces=0",
        POLICY_THRESHOLDS="looking_away=7.5",
        BASE_URL="https://interviews.example.org/",
        LOG_LEVEL="debug",
        RATE_LIMITS="OFF",
        TIMEZONE="Asia/Kolkata",
    )
    assert found.turn_urls == ("turn:relay.example.org:3478", "turns:relay.example.org:5349?transport=tcp")
    assert found.policy_weights == {"absence": 4, "multiple_faces": 0}
    assert found.policy_thresholds == {"looking_away": 7.5}
    assert found.base_url == "https://interviews.example.org"
    assert found.log_level == "DEBUG" and found.rate_limits is False and found.timezone == "Asia/Kolkata"


def test_several_database_servers_may_be_named() -> None:
    uri = "mongodb://one:27017,two:27018/proctor?replicaSet=rs0"
    assert load(MONGODB_URI=uri).mongodb_uri == uri


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "0"),
        ("RETENTION_DAYS", "-1"),
        ("RETENTION_DAYS", "1.5"),
        ("MONGODB_URI", "localhost:27017"),
        ("REDIS_URL", "http://localhost"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:port"),
        ("BASE_URL", "interviews.example.org"),
        ("MAIL_FROM", "nobody"),
        ("ADMIN_EMAIL", "The admin <admin@example.org>"),
        ("SOCKETIO_ASYNC_MODE", "gevent"),
        ("LOG_LEVEL", "loud"),
        ("RATE_LIMITS", "maybe"),
        ("TIMEZONE", "Mars/Olympus"),
        ("STUN_URLS", "stun.example.org:3478"),
        ("TURN_URLS", "turn://relay.example.org"),
        ("POLICY_WEIGHTS", "absence"),
        ("POLICY_WEIGHTS", "boredom=1"),
        ("POLICY_WEIGHTS", "absence=-1"),
        ("POLICY_WEIGHTS", "absence=1.5"),
        ("POLICY_THRESHOLDS", "absence=nan"),
        ("SECRET_KEY", "short"),
    ],
)
def test_a_bad_value_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(**{variable: value})
    assert str(caught.value).startswith(f"{variable}: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize("variable", ["MONGODB_URI", "SMTP_URL", "REDIS_URL"])
def test_a_password_is_never_repeated(variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(**{variable: "wrong://user:hunter2@host"})
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(load(SMTP_URL="smtp://user:hunter2@host", MONGODB_URI="mongodb://u:hunter2@h"))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TURN_URLS": "turn:relay.example.org"}, "TURN_SECRET"),
        ({"TURN_SECRET": "secret"}, "TURN_URLS"),
        ({"ADMIN_EMAIL": "admin@example.org"}, "ADMIN_PASSWORD"),
        ({"ADMIN_PASSWORD": "correct horse"}, "ADMIN_EMAIL"),
    ],
)
def test_settings_that_belong_together_are_asked_for(given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=f"^{missing}: "):
        load(**given)


def test_the_key_that_a_run_made_is_found(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("made by the runner\n")
    assert load(DATA_DIR=str(tmp_path)).secret_key == "made by the runner"
    assert load(DATA_DIR=str(tmp_path), SECRET_KEY="set by the operator").secret_key == "set by the operator"


def test_kinds_and_conditions_are_those_of_the_catalogue() -> None:
    assert set(config_module.SCORED_KINDS) == {str(kind) for kind in Kind} == set(policies.CLASSIC.weights)
    assert set(config_module.TIMED_CONDITIONS) == set(policies.THRESHOLDS)
