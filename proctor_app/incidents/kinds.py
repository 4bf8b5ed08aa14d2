"""The incident catalogue: stored keys and the words people read, in one place."""

from enum import StrEnum


class Kind(StrEnum):
    """What was seen."""

    FOCUS_LOSS = "focus_loss"
    ABSENCE = "absence"
    MULTIPLE_FACES = "multiple_faces"
    CAMERA_BLOCKED = "camera_blocked"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_CHANGED = "camera_changed"
    PHONE_VISIBLE = "phone_visible"
    BOOK_VISIBLE = "book_visible"
    SECOND_VOICE = "second_voice"
    EXTRA_DISPLAY = "extra_display"
    FULLSCREEN_EXIT = "fullscreen_exit"
    CLIPBOARD_PASTE = "clipboard_paste"
    DEVTOOLS_OPEN = "devtools_open"
    MONITORING_GAP = "monitoring_gap"
    MONITOR_MISMATCH = "monitor_mismatch"


class Reason(StrEnum):
    """Which kind of focus loss."""

    FACE_NOT_VISIBLE = "face_not_visible"
    LOOKING_AWAY = "looking_away"
    WINDOW_BLUR = "window_blur"


class Source(StrEnum):
    """Who saw it."""

    CANDIDATE = "candidate"
    SERVER = "server"
    INTERVIEWER = "interviewer"


class Verdict(StrEnum):
    """What a person decided about an incident."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


KIND_LABELS = {
    Kind.FOCUS_LOSS: "Focus loss",
    Kind.ABSENCE: "Absence",
    Kind.MULTIPLE_FACES: "Multiple faces",
    Kind.CAMERA_BLOCKED: "Camera covered",
    Kind.CAMERA_FROZEN: "Camera picture stands still",
    Kind.CAMERA_CHANGED: "Camera changed",
    Kind.PHONE_VISIBLE: "Phone in view",
    Kind.BOOK_VISIBLE: "Book in view",
    Kind.SECOND_VOICE: "Speech, lips still",
    Kind.EXTRA_DISPLAY: "More than one display",
    Kind.FULLSCREEN_EXIT: "Left full screen",
    Kind.CLIPBOARD_PASTE: "Text pasted",
    Kind.DEVTOOLS_OPEN: "Developer tools open",
    Kind.MONITORING_GAP: "Monitor was silent",
    Kind.MONITOR_MISMATCH: "Monitors disagree",
}
REASON_LABELS = {
    Reason.FACE_NOT_VISIBLE: "Face not visible",
    Reason.LOOKING_AWAY: "Looking away",
    Reason.WINDOW_BLUR: "Page not in front",
}
REASONS_OF = {Kind.FOCUS_LOSS: frozenset(Reason)}

# What the candidate's browser may claim. The rest is seen by the server or by the interviewer's browser.
CLAIMED_BY_CANDIDATE = frozenset(Kind) - {Kind.MONITORING_GAP, Kind.MONITOR_MISMATCH}
# The kinds of the published formula, in the order in which it is written out.
FORMULA = (Kind.FOCUS_LOSS, Kind.ABSENCE, Kind.MULTIPLE_FACES)

COULD_NOT_TELL_LABELS = {
    "starting": "monitoring was starting",
    "too_dark": "too dark",
    "blurred": "picture blurred",
    "covered": "camera covered",
    "face_cut_off": "face cut off by the edge",
    "page_hidden": "page hidden",
    "track_muted": "camera gave no picture",
    "no_frames": "camera gave no picture",
    "track_ended": "camera was off",
    "camera_off": "camera was switched off",
    "worker_behind": "computer too busy",
    "worker_dead": "monitor was restarting",
    "network_gap": "connection was lost",
    "paused": "monitoring was paused",
    "failed": "monitoring did not run",
    "no_report": "no word from the monitor",
    "consent_withdrawn": "not watched, consent withdrawn",
    # Why it does not run at all.
    "no_webgl": "their browser has no WebGL",
    "no_wasm": "their browser is too old for it",
    "no_module_worker": "their browser is too old for it",
    "no_worker": "their browser lets no worker start",
    "model_missing": "the face model could not be fetched",
    "model_wrong": "the face model is not the one the server names",
    "model_unusable": "the face model cannot be used",
    "engine_failed": "the vision engine did not start",
    "worker_died": "the vision worker stopped",
    "worker_hung": "the vision worker did not answer",
    "frame_failed": "the vision engine could not read the pictures",
}


def label(kind: str, reason: str | None = None) -> str:
    """What was seen, in words: the reason where there is one, else the kind."""
    return REASON_LABELS[Reason(reason)] if reason else KIND_LABELS[Kind(kind)]


def could_not_tell_label(reason: str | None) -> str:
    """Why the monitor could not see, in words; an unknown reason is shown as it came, without underscores."""
    return COULD_NOT_TELL_LABELS.get(reason or "no_report", (reason or "").replace("_", " "))
