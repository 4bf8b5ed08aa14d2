"""How people are told of stills: what one shows, how it was made, by which way it was seen. Pure."""

from proctor_app.evidence.kinds import Door, Style
from proctor_app.evidence.rules import is_faceless
from proctor_app.incidents import words
from proctor_app.incidents.kinds import Kind
from proctor_app.incidents.rules import IncidentRecord

DOORS = {
    Door.CONSOLE: "on the console",
    Door.REPORT: "in the report",
    Door.EXPORT: "in an export of everything",
}


# What stays sharp beside them, because the incident is about it.
THINGS = {Kind.PHONE_VISIBLE: ", and the phone", Kind.BOOK_VISIBLE: ", and the book"}


def how(style: Style, record: IncidentRecord) -> str:
    """How a still was made, which is also what it cannot show."""
    faceless = is_faceless(record.kind, record.reason)
    if style == Style.LINE_ART:
        drawn = "No face was found, so there is nothing to draw" if faceless else "Drawn from the face’s landmarks"
        return f"{drawn}; no picture was kept"
    if faceless:
        return "The whole picture, blurred"
    thing = THINGS.get(Kind(record.kind), "")
    return f"The candidate’s head and shoulders{thing}; everything else, other people too, is blurred"


def in_short(style: Style, record: IncidentRecord) -> str:
    """As `how`, for under a picture."""
    faceless = is_faceless(record.kind, record.reason)
    if style == Style.LINE_ART:
        return "no face to draw" if faceless else "line drawing of landmarks"
    return "all blurred" if faceless else "blurred around head and shoulders"


def alt(style: Style, record: IncidentRecord, at: str) -> str:
    """What stands for the still where it cannot be seen. `at` is the time into the interview."""
    what = "Line drawing" if style == Style.LINE_ART else "Still from the candidate’s camera"
    return f"{what} at {at}: {words.seen(record)}. {how(style, record)}."
