"""The `proctor` command, as an operator types it: on a server of their own, and with the embedded database."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from config import ROOT
from proctor_app import cli, clock, embedded, records
from proctor_app.accounts import service as accounts
from proctor_app.sessions import service as sessions
from proctor_app.sessions.models import Session
from tests.conftest import clean_environment


@dataclass
class Result:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def proctor(
    settings: dict[str, str], app: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    """`proctor("user", "add", …)` runs the command on the database of `app`, inside whose context the test is."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["proctor", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    for name, value in (clean_environment() | settings).items():
        monkeypatch.setenv(name, value)
    with app.app_context():
        yield run


@pytest.fixture
def typed(settings: dict[str, str]) -> Any:
    """The same in a process of its own, with settings changed at will."""

    def run(*arguments: str, **changed: str) -> Result:
        command = [sys.executable, "-m", "proctor_app.cli", *arguments]
        env = clean_environment() | settings | changed
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=100)
        return Result(done.returncode, done.stdout, done.stderr)

    return run


def test_help_has_an_example_for_every_command() -> None:
    def walk(command: click.Command, path: str) -> None:
        shown = CliRunner().invoke(command, ["--help"], prog_name=path).output
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                walk(inner, f"{path} {name}")
        else:
            assert "Example:" in shown, path

    walk(cli.cli, "proctor")
    promised = {"run", "migrate", "doctor", "demo", "user", "token", "purge", "export", "erase", "web", "jobs"}
    assert promised <= set(cli.cli.commands)


def test_an_added_user_can_sign_in(proctor: Any) -> None:
    done = proctor("user", "add", "asha.verma@example.org", "--password", "a long enough one")
    assert done.returncode == 0, done.stderr
    found = accounts.check_password("asha.verma@example.org", "a long enough one")
    assert found is not None and found.name == "Asha Verma" and not found.is_admin


def test_a_user_is_not_added_twice(proctor: Any) -> None:
    accounts.create_interviewer("asha@example.org", "Asha", "a long enough one")
    refused = proctor("user", "add", "asha@example.org", "--password", "another long one")
    assert refused.returncode == 1 and one_line(refused).startswith("proctor: Another account has this e-mail")
    assert accounts.check_password("asha@example.org", "a long enough one")


def test_a_password_is_set_anew(proctor: Any) -> None:
    accounts.create_interviewer("asha@example.org", "Asha", "the forgotten one")
    assert proctor("user", "password", "asha@example.org", "--password", "the new long one").returncode == 0
    assert accounts.check_password("asha@example.org", "the new long one")
    assert not accounts.check_password("asha@example.org", "the forgotten one")


def test_a_short_password_is_refused_in_one_line(proctor: Any) -> None:
    refused = proctor("user", "add", "asha@example.org", "--password", "short")
    assert refused.returncode == 1 and "10 characters" in one_line(refused)


def test_a_token_is_printed_once_and_works(proctor: Any) -> None:
    accounts.create_interviewer("asha@example.org", "Asha", "a long enough one")
    printed = proctor("token", "add", "asha@example.org", "--label", "Applicant system").stdout.strip()
    found = accounts.find_by_token(printed)
    assert found is not None and found.email == "asha@example.org"


def test_a_token_of_ones_own_is_taken(proctor: Any) -> None:
    value = "a-token-chosen-by-a-script"
    assert proctor("token", "add", "--value", value).stdout.strip() == value
    assert accounts.find_by_token(value) is not None


def test_a_token_for_nobody_is_refused(proctor: Any) -> None:
    refused = proctor("token", "add", "nobody@example.org")
    assert refused.returncode == 1 and "There is no account" in one_line(refused)


def test_a_new_sign_in_link_works(proctor: Any) -> None:
    link = proctor("user", "link").stdout.strip()
    assert accounts.redeem(link.rpartition("/")[2]) is not None


def test_a_wrong_command_and_a_wrong_setting_are_told_in_words(proctor: Any, typed: Any) -> None:
    assert "No such command" in proctor("fly").stderr
    refused = typed("user", "link", PORT="none")
    assert refused.returncode == 1 and one_line(refused).startswith("proctor: PORT: is 'none'")


def test_export_holds_everything_but_secrets(proctor: Any, interview: Session, tmp_path: Path) -> None:
    assert proctor("export", interview.id, "-o", str(tmp_path / "out.zip")).returncode == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        kept = json.loads(archive.read("session.json"))
    assert kept["session"]["candidate_name"] == "Asha Verma"
    assert [note["text"] for note in kept["note"]] == ["A note"]
    assert "invite_hash" not in kept["session"] and interview.invite_hash not in json.dumps(kept)
    assert "The other one" not in json.dumps(kept)


def test_export_of_nothing_is_refused(proctor: Any, tmp_path: Path) -> None:
    refused = proctor("export", "lusab-babad-gutih-tugad", "-o", str(tmp_path / "out.zip"))
    assert refused.returncode == 1 and "no such interview" in one_line(refused)
    assert not list(tmp_path.glob("out.zip*"))


def test_erase_deletes_everything_and_nothing_else(proctor: Any, interview: Session) -> None:
    other = Session.objects(candidate_name="The other one").first()
    sessions.end(interview, "owner", clock.now())
    assert proctor("erase", interview.id, "--yes").returncode == 0
    assert sessions.find(interview.id) is None and not sessions.notes_for(interview.id)
    assert sessions.find(other.id) is not None and len(sessions.notes_for(other.id)) == 1


def test_erase_asks_first(proctor: Any, interview: Session) -> None:
    assert proctor("erase", interview.id).returncode != 0
    assert sessions.find(interview.id) is not None


def test_a_live_interview_is_not_erased(proctor: Any, interview: Session) -> None:
    sessions.start(interview, clock.now())
    refused = proctor("erase", interview.id, "--yes")
    assert refused.returncode == 1 and "End it first" in one_line(refused)


def test_purge_takes_only_what_is_overdue(proctor: Any, interview: Session) -> None:
    sessions.end(interview, "owner", clock.now() - timedelta(days=91))
    recent = Session.objects(candidate_name="The other one").first()
    sessions.end(recent, "owner", clock.now() - timedelta(days=89))
    assert proctor("purge", "--dry-run").stdout.split() == ["would", "delete", interview.id]
    assert proctor("purge").stdout.split() == ["deleted", interview.id]
    assert sessions.find(interview.id) is None and sessions.find(recent.id) is not None


def test_no_collection_about_a_session_is_forgotten() -> None:
    from tests.migrations.test_all import models

    about = {model._get_collection_name() for model in models() if "session" in model._fields}
    assert about <= set(records.ABOUT_A_SESSION)


def test_the_demo_is_over_reviewed_and_full(proctor: Any) -> None:
    from proctor_app.incidents import service as incidents
    from proctor_app.reviews import service as reviews

    session_id = proctor("demo").stdout.strip().rpartition("/")[2]
    session = sessions.get(session_id)
    assert session.status == "ended" and session.finalised_at
    # One looking away was dismissed: three focus losses, one absence, one moment of two faces.
    assert reviews.score_for(session).score == 100 - (3 * 2 + 1 * 3 + 1 * 5)
    assert incidents.coverage_for(session, clock.now()).percent == 97


def test_commands_bring_the_embedded_database_along(typed: Any, tmp_path: Path) -> None:
    folder = {"MONGODB_URI": "", "DATA_DIR": str(tmp_path / "own")}
    value = "a-token-chosen-by-a-script"
    assert typed("token", "add", "--value", value, **folder).stdout.strip() == value
    again = typed("token", "add", "--value", value, **folder)
    assert again.returncode == 1 and "exists already" in one_line(again)


def test_migrate_says_what_it_did(typed: Any, database: int) -> None:
    uri = embedded.uri(database, "proctor_cli")
    assert "applied 20" in typed("migrate", MONGODB_URI=uri).stdout
    assert "up to date" in typed("migrate", MONGODB_URI=uri).stdout


@pytest.fixture
def interview(app: Any) -> Session:
    """A session with a note, beside another one that has the same."""
    with app.app_context():
        for name in ("The other one", "Asha Verma"):
            session, _ = sessions.create("owner", "Backend engineer", name, "asha@example.org")
            sessions.add_note(session, "owner", "A note")
    return session


def one_line(result: Result) -> str:
    """What a refused command said: one line, and no stack trace."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]
