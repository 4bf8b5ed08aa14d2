"""How people are told things: times, durations, points, and what was seen. Pure."""

from datetime import datetime, tzinfo
from typing import Any

from proctor_app.incidents.kinds import Kind, Reason, label
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.sessions import agreement

ICONS = {
    Kind.FOCUS_LOSS: "eye-off",
    Kind.ABSENCE: "user-round-x",
    Kind.MULTIPLE_FACES: "users-round",
    Kind.CAMERA_BLOCKED: "video-off",
    Kind.CAMERA_FROZEN: "pause",
    Kind.CAMERA_CHANGED: "switch-camera",
    Kind.PHONE_VISIBLE: "smartphone",
    Kind.BOOK_VISIBLE: "book-open",
    Kind.SECOND_VOICE: "audio-lines",
    Kind.EXTRA_DISPLAY: "monitor",
    Kind.FULLSCREEN_EXIT: "minimize",
    Kind.CLIPBOARD_PASTE: "clipboard-paste",
    Kind.DEVTOOLS_OPEN: "code-xml",
    Kind.MONITORING_GAP: "wifi-off",
    Kind.MONITOR_MISMATCH: "git-compare",
}
REASON_ICONS = {
    Reason.LOOKING_AWAY: "move-horizontal",
    Reason.FACE_NOT_VISIBLE: "scan-face",
    Reason.WINDOW_BLUR: "app-window",
}
DIRECTIONS = {"left": "to the left", "right": "to the right", "up": "up", "down": "down"}
CAMERA_CHANGES = {
    "device": "another camera",
    "no device": "a picture that comes from no camera",
    "resolution": "another picture size",
}
PAGES = {"hidden": "page hidden", "without focus": "window without focus"}
NUMBERS = {2: "Two", 3: "Three", 4: "Four"}
MINUS = "\N{MINUS SIGN}"


def icon_of(record: IncidentRecord) -> str:
    """The Lucide icon that stands for what was seen."""
    return REASON_ICONS[Reason(record.reason)] if record.reason else ICONS[Kind(record.kind)]


def seen(record: IncidentRecord) -> str:
    """What was seen, in words, as closely as the detector could tell: “Looking to the right”, “Two faces”."""
    direction = record.detail.get("direction")
    if record.reason == Reason.LOOKING_AWAY and direction in DIRECTIONS:
        return f"Looking {DIRECTIONS[direction]}"
    if record.kind == Kind.ABSENCE:
        return "No one in view"
    if record.kind == Kind.MULTIPLE_FACES:
        faces, people = record.detail.get("faces"), record.detail.get("people")
        if faces is None and people in NUMBERS:
            return f"{NUMBERS[people]} people in view"
        return f"{NUMBERS[faces]} faces" if faces in NUMBERS else "Several faces"
    return label(record.kind, record.reason)


def details(record: IncidentRecord) -> list[str]:
    """What else the detector said about it, each in a few words. What is not as our own page says it is left out."""
    said, shown = record.detail, []
    if _is_angle(said.get("degrees")):
        by_eyes = said.get("by") == "eyes"
        shown.append(f"by the eyes alone, about {said['degrees']:g}°" if by_eyes else f"turned {said['degrees']:g}°")
    if said.get("turned_before") in DIRECTIONS and _is_angle(said.get("degrees_before")):
        shown.append(f"turned {said['degrees_before']:g}° {DIRECTIONS[said['turned_before']]} before")
    if said.get("body_in_view") is True:
        shown.append("somebody in view without a face")
    if said.get("seen_by") == "body" and said.get("faces") is None:
        shown.append("seen by their bodies")
    if said.get("looks_like") == "remote control":
        shown.append("it may be a remote control")
    if record.kind in (Kind.PHONE_VISIBLE, Kind.BOOK_VISIBLE) and _is_share(said.get("score")):
        shown.append(f"the detector was {said['score']:.0%} sure")
    if record.kind == Kind.SECOND_VOICE and _is_number(said.get("voice_percent")) and 0 <= said["voice_percent"] <= 100:
        shown.append(f"the detector was {said['voice_percent']:.0f}% sure of speech")
    shown.extend(_of_camera(record.kind, said))
    shown.extend(_of_page(record.kind, said))
    if said.get("page") in PAGES:
        shown.append(PAGES[said["page"]])
    if record.kind == Kind.MONITORING_GAP:
        shown.append("the page answered meanwhile")
    if record.kind == Kind.MONITOR_MISMATCH:
        shown.append(f"received picture: {_faces(said.get('received_faces'))}")
        shown.append(f"candidate’s page: {_faces(said.get('told_faces'))}")
    if said.get("closed_by") == "session_end":
        shown.append("still going on at the end")
    if said.get("closed_by") == "phase":
        shown.append("until a phase began in which it is not noted")
    if said.get("closed_by") == agreement.CLOSED_BY:
        shown.append("consent was withdrawn meanwhile")
    return shown


def _of_camera(kind: str, said: dict[str, Any]) -> list[str]:
    """What the camera itself was like."""
    shown = []
    if kind == Kind.CAMERA_FROZEN and said.get("picture") == "repeats" and _is_number(said.get("round_seconds")):
        shown.append(f"the same {said['round_seconds']:g} s again, picture by picture")
    if kind == Kind.CAMERA_CHANGED:
        if (what := CAMERA_CHANGES.get(said.get("what", ""))) is not None:
            shown.append(what)
        if said.get("what") == "resolution" and isinstance(said.get("from"), str) and isinstance(said.get("to"), str):
            shown.append(f"from {said['from'][:12]} to {said['to'][:12]}")
        if isinstance(said.get("virtual"), str):
            shown.append(f"named like a virtual one: {said['virtual'][:30]}")
            shown.append("a name is a hint and no more")
    return shown


def _of_page(kind: str, said: dict[str, Any]) -> list[str]:
    """What happened on the page."""
    if kind != Kind.CLIPBOARD_PASTE or not _is_number(said.get("characters")):
        return []
    files = f", files: {said['files']:g}" if _is_number(said.get("files")) and said["files"] else ""
    return [f"characters: {said['characters']:g}{files}"]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _faces(number: object) -> str:
    return {0: "nobody", 1: "one face"}.get(number) or f"{NUMBERS.get(number, 'several').lower()} faces"  # type: ignore[call-overload]


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_angle(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 360


def offset(seconds: float) -> str:
    """A moment as time into the interview: `12:04`, or `1:02:04` from the first hour on."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def duration(seconds: float) -> str:
    """A length of time: `6 s`, `1 min 04 s`, `1 h 02 min`. console/ticking.js writes the same for open incidents."""
    whole = max(0, int(seconds + 0.5))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole // 60 % 60:02} min"


def roughly(seconds: float) -> str:
    """A length of time where seconds matter little: `42 s`, `17 min`, `1 h 02 min`."""
    if 59.5 <= seconds < 3600:
        return f"{round(seconds / 60)} min"
    return duration(seconds)


def time_of_day(instant: datetime, zone: tzinfo | None) -> str:
    """The wall clock where the interview is held (`None`: as this machine is set): `14:05:31 CET`."""
    return instant.astimezone(zone).strftime("%H:%M:%S %Z").strip()


def points(lost: int) -> str:
    """Points as they are taken off: `−2`, or `0` where a kind is shown but not scored."""
    return f"{MINUS}{lost}" if lost else "0"
