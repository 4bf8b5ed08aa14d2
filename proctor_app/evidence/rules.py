"""Which incidents have a still. Pure."""

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
# Where nobody need be in the picture: all of it is blurred then.
WITHOUT_FACE = frozenset({Kind.ABSENCE, Kind.CAMERA_BLOCKED, Kind.CAMERA_FROZEN, Kind.CAMERA_CHANGED})


def is_pictured(kind: str, reason: str | None) -> bool:
    """Whether an incident of this kind and reason may have a still."""
    return kind in PICTURED and reason != Reason.WINDOW_BLUR
