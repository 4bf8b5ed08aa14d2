"""The first page: an interviewer's interviews, and the form that creates one."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_login import current_user, login_required
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from proctor_app import clock
from proctor_app.accounts import service as accounts
from proctor_app.accounts.forms import show
from proctor_app.errors import ProctorError
from proctor_app.incidents import overview
from proctor_app.incidents.overview import Tally
from proctor_app.incidents.watch import Coverage
from proctor_app.policies import service as policies
from proctor_app.reviews.rules import Score, integrity_score
from proctor_app.sessions import access, presence, service
from proctor_app.sessions.kinds import CANDIDATE_STATE_LABELS, STATUS_LABELS, CandidateState, Status
from proctor_app.sessions.models import Session

blueprint = Blueprint("home", __name__)

PAGE_SIZE = 50
# What the list may be sorted by: the word in the address, and the fields behind it.
SORTS = {
    "newest": ("-created_at",),
    "oldest": ("created_at",),
    "title": ("title", "-created_at"),
    "candidate": ("candidate_name", "-created_at"),
}


class CreateForm(FlaskForm):
    """A new interview."""

    title = StringField(
        "Title",
        [
            DataRequired("Give the interview a title, such as “Backend engineer, first round”."),
            Length(max=200, message="The title holds 200 characters at most; this one is longer."),
        ],
    )
    candidate_name = StringField(
        "Candidate",
        [
            DataRequired("Give the candidate's name: it stands in the report."),
            Length(max=200, message="The name holds 200 characters at most; this one is longer."),
        ],
    )
    candidate_email = EmailField("Candidate's e-mail")
    policy = SelectField("Policy", validate_choice=False, default="classic")
    accommodation = StringField("Accommodation code")


@dataclass(frozen=True)
class Row:
    """One interview in the list. Before its start it has neither score nor coverage."""

    session: Session
    status_label: str
    candidate_state: CandidateState
    score: Score | None
    coverage: Coverage | None
    to_review: int
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, or going on."""
        return bool(self.session.status != Status.ENDED)

    @property
    def candidate_label(self) -> str:
        """Where the candidate is, in words."""
        return CANDIDATE_STATE_LABELS[self.candidate_state]

    @property
    def length(self) -> str | None:
        """How long it lasted, or has lasted so far, in minutes."""
        if self.session.started_at is None:
            return None
        minutes = round(((self.session.ended_at or self.now) - self.session.started_at).total_seconds() / 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@blueprint.get("/")
@login_required
def home() -> Response:
    """The interviewer's interviews."""
    return _home_page(_with_policies(CreateForm(formdata=None)))


@blueprint.post("/")
@login_required
def create() -> Response:
    """Create an interview and open its console."""
    form = _with_policies(CreateForm())
    if not form.validate() or not _email_fits(form):
        return _home_page(form, 422)
    try:
        session, token = service.create(
            current_user.get_id(),
            form.title.data.strip(),
            form.candidate_name.data.strip(),
            (form.candidate_email.data or "").strip(),
            policy_name=form.policy.data or "classic",
            accommodation=(form.accommodation.data or "").strip(),
        )
    except ProctorError as error:
        show(error, form)
        return _home_page(form, 422)
    response = make_response(redirect(f"/sessions/{session.id}"))
    access.keep_invite(response, session, token)
    return response


def _with_policies(form: CreateForm) -> CreateForm:
    """The form with the policies that can be chosen at this moment."""
    form.policy.choices = [(one.key, one.policy.name) for one in policies.choices()]
    return form


def _email_fits(form: CreateForm) -> bool:
    """Whether the candidate's address, where one is given, can be one; else the field says so."""
    if not (form.candidate_email.data or "").strip():
        return True
    try:
        form.candidate_email.data = accounts.normal_email(form.candidate_email.data)
    except ProctorError as error:
        form.candidate_email.errors = [f"{error.message} Or leave it empty."]
        return False
    return True


def _home_page(form: CreateForm, status: int = 200) -> Response:
    chosen, sort = request.args.get("status"), request.args.get("sort", "newest")
    chosen = chosen if chosen in set(Status) else None
    sort = sort if sort in SORTS else "newest"
    totals = _totals(current_user.get_id())
    count = totals[chosen] if chosen else totals.total()
    last_page = max(1, -(-count // PAGE_SIZE))
    page = min(max(request.args.get("page", 1, int), 1), last_page)

    found = service.list_for(current_user.get_id()).order_by(*SORTS[sort])
    found = found.filter(status=chosen) if chosen else found
    rows = _rows(list(found.skip((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)), clock.now())
    html = render_template(
        # The list refreshes itself: htmx asks for it alone.
        "sessions/_list.html" if request.headers.get("HX-Request") else "sessions/home.html",
        form=form,
        rows=rows,
        totals=totals,
        chosen=chosen,
        sort=sort,
        page=page,
        last_page=last_page,
        labels=STATUS_LABELS,
    )
    return make_response(html, status)


def _totals(owner: str) -> Counter[str]:
    """How many interviews the interviewer has, by status."""
    groups: Any = Session.objects(owner=owner).aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
    return Counter({group["_id"]: group["count"] for group in groups})


def _rows(sessions: list[Session], now: datetime) -> list[Row]:
    tallies, coverages = overview.tallies_of(sessions), overview.coverages_of(sessions, now)
    knocking = service.with_knocks([one.id for one in sessions if one.status != Status.ENDED])
    return [_row(one, tallies[one.id], coverages[one.id], one.id in knocking, now) for one in sessions]


def _row(session: Session, tally: Tally, coverage: Coverage, knocking: bool, now: datetime) -> Row:
    started = session.started_at is not None
    return Row(
        session=session,
        status_label=STATUS_LABELS[Status(session.status)],
        candidate_state=presence.candidate_state(session, knocking),
        score=integrity_score(tally.counts, service.policy_of(session)) if started else None,
        coverage=coverage if started else None,
        to_review=tally.to_review,
        now=now,
    )
