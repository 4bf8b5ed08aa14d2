"""Which incidents have a still, and what is known of one. Pure."""

from dataclasses import dataclass
from datetime import datetime

from proctor_app.evidence.kinds import Style
from proctor_app.incidents.kinds import Kind, Reason

# What the camera saw. A picture would show nothing of the rest: pasted text, another window, a voice.
PICTURED = frozenset(
    {
        Kind.FOCUS_LOSS,
        Kind.ABSENCE,
        Kind.MULTIPLE_FACES,
        Kind.CAMERA_BLOCKED,
        Kind.CAMERA_FROZEN,
        Kind.CAMERA_CHANGED,
        Kind.PHONE_VISIBLE,
        Kind.BOOK_VISIBLE,
    }
)
# They open where no face is found: then nothing of the picture stays sharp.
FACELESS = frozenset({Kind.ABSENCE, Kind.CAMERA_BLOCKED})


@dataclass(frozen=True)
class Still:
    """A still as pages and reports tell of it. The picture itself is shown by `service.picture`."""

    incident: str
    style: Style
    taken_at: datetime
    width: int
    height: int
    sha256: str
    deleted_at: datetime | None


def is_pictured(kind: str, reason: str | None) -> bool:
    """Whether an incident of this kind and reason may have a still."""
    return kind in PICTURED and reason != Reason.WINDOW_BLUR


def is_faceless(kind: str, reason: str | None) -> bool:
    """Whether the still of such an incident shows no face."""
    return kind in FACELESS or reason == Reason.FACE_NOT_VISIBLE
