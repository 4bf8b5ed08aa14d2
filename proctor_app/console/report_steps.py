"""The report on its way, as steps that a person can follow. Pure: made from what the reports feature knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from proctor_app.jobs import Failure
from proctor_app.reports.service import ReportStatus

WAITING, NOW, DONE, FAILED = "waiting", "now", "done", "failed"


@dataclass(frozen=True)
class Step:
    """One step: where it stands, in words; `action` is what a button to try it again says."""

    state: str
    text: str
    more: str = ""
    percent: int | None = None
    action: str = ""
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class ReportView:
    """The steps, whether they go on by themselves, and whether there is something to download."""

    status: str
    steps: tuple[Step, ...]
    is_busy: bool
    has_files: bool


def report_view(
    ended_at: str, is_finalised: bool, report: ReportStatus | None, failures: Sequence[Failure] = ()
) -> ReportView:
    """The steps of a session that ended at `ended_at` (a time of day). `failures` are those of finishing it."""
    delivery = Step(DONE, "Nothing more is expected from the candidate’s page")
    if not is_finalised:
        delivery = Step(NOW, "The candidate’s page sends what is left", "This takes some seconds at most.")
    if not is_finalised and failures:
        last = failures[-1]
        more = f"{last.reason} It was tried {last.tries} times and is tried again every minute. Nothing is lost."
        delivery = Step(FAILED, "The interview could not be finished yet", more)
    making = _making(report)
    steps = [Step(DONE, f"Ended at {ended_at}"), delivery, making]
    if report is None:
        return ReportView("waiting", (*steps, Step(WAITING, "E-mail")), not is_finalised, False)
    return ReportView(report.status, (*steps, _mailing(report)), report.is_busy or not is_finalised, report.has_files)


def _making(report: ReportStatus | None) -> Step:
    if report is None:
        return Step(WAITING, "Report")
    if report.status == "failed":
        more = f"{report.error} The report from before can still be downloaded." if report.has_files else report.error
        return Step(FAILED, "The report could not be made", more or "", action="Try again")
    if report.status == "ready":
        return Step(DONE, "The report is ready")
    text = "The report is brought up to date" if report.has_files else "The report is made"
    return Step(NOW, text, report.step or "", percent=report.percent)


def _mailing(report: ReportStatus) -> Step:
    to, error = report.email_to or "you", report.email_error or ""
    match report.email_status:
        case "sent":
            return Step(DONE, f"Sent to {to}", action="Send again")
        case "wanted" | "sending":
            return Step(NOW, "The e-mail is being sent")
        case "retrying":
            return Step(NOW, "The e-mail could not be sent yet", f"{error} It is tried again.")
        case "failed":
            return Step(FAILED, f"The e-mail to {to} was not sent", error, action="Try again")
        case "unclear":
            return Step(FAILED, f"The e-mail to {to} may not have been sent", error, action="Send again")
        case "not_configured":
            more = "The report can be downloaded here. Whoever runs this server can set SMTP_URL."
            return Step(WAITING, "E-mail is not set up", more, action="Try again")
        case "no_address":
            account = ("/account", "Give your account an address")
            return Step(WAITING, "Your account has no e-mail address", action="Try again", link=account)
        case _:
            return Step(WAITING, "E-mail, when the report is ready")
