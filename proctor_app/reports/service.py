"""Use cases of reports: ask for one, make it in the job process, mail it once, hand it out.

At least once, and to one effect: the queue may lose a job when its process is killed and may run one twice. What is
to be done is therefore written in the database first (`wanted` is ahead of `revision`, `email_status` is `wanted`),
and the job process asks for what is left over whenever it starts.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from flask import current_app

from proctor_app import clock, jobs, smtp
from proctor_app.accounts import service as accounts
from proctor_app.accounts.models import LOCAL_EMAIL
from proctor_app.chain import service as chain
from proctor_app.errors import ProctorError, conflict, not_found
from proctor_app.evidence import service as stills
from proctor_app.evidence.kinds import Door
from proctor_app.reports import mail
from proctor_app.reports.models import StoredReport
from proctor_app.sessions import service as sessions

log = logging.getLogger(__name__)

FORMATS = ("pdf", "json", "csv")
FILES = (*FORMATS, "mail_pdf")
MAKE_RETRIES = 2
# Seven tries within ten minutes: a mail server that is restarted or that defers strangers takes it in that time.
MAIL_RETRIES = 6
UNMADE = ("waiting", "making")
# Thousands of incidents take about a minute on a small machine.
LONGEST_MAKING = timedelta(minutes=10)


@dataclass(frozen=True)
class ReportStatus:
    """What a page shows about a report. `percent` is of the making; `email_status` is one of
    none, wanted, sending, retrying, sent, failed, unclear, not_configured, no_address.
    """

    status: str
    revision: int
    percent: int
    step: str | None
    error: str | None
    made_at: datetime | None
    email_status: str
    email_to: str | None
    email_error: str | None

    @property
    def is_busy(self) -> bool:
        """Whether waiting for it makes sense."""
        return self.status in ("waiting", "making") or self.email_status in ("wanted", "sending", "retrying")

    @property
    def has_files(self) -> bool:
        """Whether some revision can be downloaded."""
        return self.revision > 0


def request_report(session_id: str) -> None:
    """Have the report made, or made anew. Many requests in a row end in one making."""
    StoredReport.objects(id=session_id).update_one(
        upsert=True,
        inc__wanted=1,
        set__status="waiting",
        set__percent=0,
        set__step="Waiting for its turn",
        set__tries=0,
        set__asked_at=clock.now(),
        unset__error=True,
        set_on_insert__revision=0,
        set_on_insert__email_status="none",
    )
    jobs.enqueue(make_report, session_id)


def status_for(session_id: str) -> ReportStatus | None:
    """How far the report is; None when it was never asked for."""
    stored = StoredReport.objects(id=session_id).exclude(*FILES).first()
    if stored is None:
        return None
    return ReportStatus(
        stored.status,
        stored.revision,
        stored.percent,
        stored.step,
        stored.error,
        stored.made_at,
        stored.email_status,
        stored.email_to,
        stored.email_error,
    )


def file_of(session_id: str, name: str) -> bytes:
    """The report as `pdf`, `json` or `csv`. Raises `report_not_ready` while there is none."""
    stored = StoredReport.objects(id=session_id).only(name, "revision", "status", "step", "error").first()
    if stored is None:
        raise conflict("report_not_ready", "The report is made when the interview has ended.")
    if stored.status == "failed" and not stored.revision:
        raise conflict("report_failed", f"The report could not be made: {stored.error}")
    if not stored.revision:
        raise conflict("report_not_ready", f"The report is being made. {stored.step}. Try again in a few seconds.")
    return bytes(stored[name])


def pdf_for(session_id: str, by: str) -> bytes:
    """The PDF, handed out to `by`. That they are shown its stills is written down. Raises as `file_of`."""
    content = file_of(session_id, "pdf")
    stills.saw(session_id, by, Door.REPORT)
    return content


@dataclass(frozen=True)
class Unsettled:
    """A report whose making or mailing is not done. `part` is `report` or `e-mail`; `is_stuck` waits for a person."""

    session: str
    part: str
    status: str
    tries: int
    reason: str
    is_stuck: bool


def unsettled() -> list[Unsettled]:
    """Every report that is not made or not mailed yet, those that wait for a person among them."""
    found = []
    for stored in StoredReport.objects.exclude(*FILES).order_by("asked_at"):
        if stored.status != "ready":
            stuck, reason = stored.status == "failed", stored.error or stored.step or ""
            found.append(Unsettled(stored.id, "report", stored.status, stored.tries, reason, stuck))
        if stored.email_status in ("wanted", "sending", "retrying", "failed", "unclear"):
            stuck = stored.email_status in ("failed", "unclear")
            reason = stored.email_error or ""
            found.append(Unsettled(stored.id, "e-mail", stored.email_status, stored.email_tries, reason, stuck))
    return found


def retry(session_id: str) -> None:
    """Try again what failed: the making, or the e-mail."""
    stored = StoredReport.objects(id=session_id).exclude(*FILES).first()
    if stored is None:
        raise not_found("report")
    if stored.status == "failed":
        request_report(session_id)
    elif stored.email_status in ("failed", "unclear", "not_configured", "no_address", "sent"):
        stored.modify(set__email_status="wanted", set__email_tries=0, unset__email_error=True)
        jobs.enqueue(send_report, session_id)


# ---------------------------------------------------------------- in the job process


@jobs.job(retries=MAKE_RETRIES)
def make_report(session_id: str) -> None:
    """Make the newest revision that is wanted, unless it is there already."""
    stored = StoredReport.objects(id=session_id).exclude(*FILES).first()
    if stored is None:
        return
    if stored.wanted == stored.revision:
        # Made already, and perhaps nobody was told: the process died, or the database was away.
        _made(session_id, stored.revision)
        return
    if stored.wanted == stored.making:
        return
    wanted = stored.wanted
    if not stored.modify({"wanted": wanted, "making__ne": wanted}, set__making=wanted, set__begun_at=clock.now()):
        return  # Another job has begun it since, or it is wanted anew and that job is in line.
    try:
        files = _write_files(session_id, wanted)
    except Exception as error:
        # The last try's failure is what people see; before it, they see that it is tried again.
        tries = stored.tries + 1
        failed = tries > MAKE_RETRIES
        StoredReport.objects(id=session_id, wanted=wanted).update_one(
            set__tries=tries,
            set__making=0,
            set__status="failed" if failed else "waiting",
            set__step="Trying again in a moment",
            set__error=_in_words(error),
        )
        raise
    made = StoredReport.objects(id=session_id, revision__lt=wanted).update_one(
        set__revision=wanted, set__made_at=clock.now(), **{f"set__{name}": data for name, data in files.items()}
    )
    if made:
        _made(session_id, wanted)


def _made(session_id: str, revision: int) -> None:
    """Say that a revision is ready, and have the first one mailed. A repeat changes nothing.

    That it is to be mailed is written first. A page that finds the report ready then waits for the e-mail too, and
    whoever dies in between leaves an unready report behind, for which the next process comes here again.
    """
    StoredReport.objects(id=session_id, email_status="none").update_one(set__email_status="wanted")
    if not StoredReport.objects(id=session_id, wanted=revision).update_one(
        set__status="ready", set__percent=100, set__step="Ready", set__tries=0, unset__error=True
    ):
        jobs.enqueue(make_report, session_id)
    if StoredReport.objects(id=session_id, email_status="wanted").only("id").first():
        jobs.enqueue(send_report, session_id)


def _write_files(session_id: str, revision: int) -> dict[str, bytes | None]:
    """The report in every format. The PDF's parts are heavy to import, so only the job process does."""
    from proctor_app.reports import build, csv_writer, json_writer, pdf, signing

    def progress(percent: int, step: str) -> None:
        # Only while it is being made: a second job, after a kill and a repeat, must not overwrite that it is ready.
        unmade = StoredReport.objects(id=session_id, revision__lt=revision)
        unmade.update_one(set__status="making", set__percent=percent, set__step=step)

    progress(5, "Collecting what was seen")
    report, config = build.build(session_id, revision, clock.now()), current_app.config["PROCTOR"]
    data = json_writer.write_json(report)
    files = {
        "json": data,
        "csv": csv_writer.write_csv(report),
        "pdf": signing.sign(pdf.write_pdf(report, progress), data, config),
        # Whoever was mailed a still would keep it for longer than we do, and nobody would know who looks at it.
        "mail_pdf": signing.sign(pdf.write_pdf(report.without_pictures), data, config) if report.has_pictures else None,
    }
    chain.append([chain.Link(session_id, "report", str(revision), hashlib.sha256(data).hexdigest())])
    return files


@jobs.job(retries=MAIL_RETRIES)
def send_report(session_id: str) -> None:
    """Mail the report to the interviewer, once.

    It is marked as being sent before it is sent: whoever is killed in between leaves “unclear” behind, and a person
    decides whether to send it again. Nobody gets it twice by accident.
    """
    stored = StoredReport.objects(id=session_id).exclude("json", "csv").first()
    if stored is None or stored.email_status not in ("wanted", "retrying"):
        return
    session = sessions.get(session_id)
    owner = accounts.get(session.owner)
    config = current_app.config["PROCTOR"]
    if not config.smtp_url:
        stored.modify(set__email_status="not_configured")
        return
    if owner.email == LOCAL_EMAIL:
        stored.modify(set__email_status="no_address")
        return
    if not stored.modify({"email_status": stored.email_status}, set__email_status="sending", set__email_to=owner.email):
        return
    try:
        smtp.send(config, mail.report_message(config, session, owner, bytes(stored.mail_pdf or stored.pdf)))
    except Exception as error:
        stored.modify(set__email_status="retrying", set__email_error=_in_words(error), inc__email_tries=1)
        if stored.email_tries > MAIL_RETRIES:
            stored.modify(set__email_status="failed")
        if isinstance(error, SMTPException):
            # Its own text holds addresses, and the queue writes it to the log.
            raise ProctorError("not_mailed", _in_words(error), http_status=502) from None
        raise
    stored.modify(set__email_status="sent", set__emailed_at=clock.now(), unset__email_error=True)


def resume() -> None:
    """Put in line what a process that died has left over. Called when the job process starts."""
    StoredReport.objects(email_status="sending").update(
        set__email_status="unclear", set__email_error="The job process ended while the e-mail was being sent."
    )
    unmade = StoredReport.objects(status__in=UNMADE)
    unmade.update(set__making=0)
    for stored in unmade.only("id"):
        jobs.enqueue(make_report, stored.id)
    for stored in StoredReport.objects(email_status__in=("wanted", "retrying")).only("id"):
        jobs.enqueue(send_report, stored.id)


def ask_again(before: datetime) -> None:
    """Put in line again what was asked for before that moment and is still not begun: its place in line got lost.

    So does one that was begun long ago: whoever was at it could not even write down that it failed.
    """
    given_up = StoredReport.objects(making__gt=0, begun_at__lt=before - LONGEST_MAKING, status__in=UNMADE)
    given_up.update(set__making=0, set__status="waiting", set__tries=0)
    for stored in StoredReport.objects(status="waiting", tries=0, asked_at__lt=before).only("id"):
        jobs.enqueue(make_report, stored.id)


def ask_for_missing(session_ids: list[str]) -> None:
    """Have the reports made of those finished sessions for which nobody came to ask: the process died just before."""
    there = {stored.id for stored in StoredReport.objects(id__in=session_ids).only("id")}
    for session_id in session_ids:
        if session_id not in there:
            request_report(session_id)


def _in_words(error: Exception) -> str:
    """Why something failed, in a line that holds no address and no content."""
    if isinstance(error, ProctorError):
        return error.message
    return smtp.failure_in_words(error) or f"{type(error).__name__}: the log of the job process has the details."
