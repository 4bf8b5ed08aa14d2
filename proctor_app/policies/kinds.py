"""Words of policies: what may be watched for, the phases of an interview, and what each means, in one place."""

from enum import StrEnum


class Phase(StrEnum):
    """What the interviewer says is going on."""

    QUESTION = "question"
    THINKING = "thinking"
    CODING = "coding"
    READING = "reading"
    BREAK = "break"


class Evidence(StrEnum):
    """What picture goes with an incident."""

    OFF = "off"
    STILL = "still"
    LINE_ART = "line_art"


PHASE_LABELS = {
    Phase.QUESTION: "Question",
    Phase.THINKING: "Thinking",
    Phase.CODING: "Coding",
    Phase.READING: "Reading",
    Phase.BREAK: "Break",
}
EVIDENCE_LABELS = {
    Evidence.OFF: "No pictures",
    Evidence.STILL: "A small still, the background blurred",
    Evidence.LINE_ART: "A line drawing of the face's outline",
}

# What may be watched for: kinds, and of focus loss its reasons; and when each is noted. {} is its threshold.
MEANINGS = {
    "face_not_visible": "No face can be found for {} or more",
    "looking_away": "Head or eyes are turned off the screen for {} or more",
    "window_blur": "The page is hidden or not in front for {} or more",
    "absence": "Nobody is in view for {} or more",
    "multiple_faces": "Two or more faces are in view for {} or more",
    "camera_blocked": "The picture is black or covered for {} or more",
    "camera_frozen": "The picture stands still or repeats for {} or more",
    "camera_changed": "The camera or its picture's size changes",
    "phone_visible": "A phone is in view for {} or more",
    "book_visible": "A book is in view for {} or more",
    "second_voice": "Speech is heard for {} or more while the mouth is still",
    "extra_display": "More than one display is connected",
    "fullscreen_exit": "Full screen is left",
    "clipboard_paste": "Text is pasted into the page",
    "devtools_open": "The browser's developer tools are open",
    "monitoring_gap": "The monitor is not heard of for {} or more",
    "monitor_mismatch": "The interviewer's browser counts other faces for {} or more",
}
DETECTORS = tuple(MEANINGS)
# Focus loss is one kind with three detectors; every other detector is a kind of its own.
FOCUS_LOSS = "focus_loss"
FOCUS_REASONS = ("face_not_visible", "looking_away", "window_blur")
FORMULA = (FOCUS_LOSS, "absence", "multiple_faces")
ADVISORY = tuple(key for key in DETECTORS if key not in (*FOCUS_REASONS, *FORMULA))
SCORED = (*FORMULA, *ADVISORY)


def kind_of(detector: str) -> str:
    """The kind of the incidents that a detector opens."""
    return FOCUS_LOSS if detector in FOCUS_REASONS else detector
