"""What clips show, as people labelled them: `NAME.json` beside `NAME.mp4`. docs/accuracy.md has the format.

Every file is checked before anything is played; a `LabelError` holds all that is wrong, each line with its file.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CLIP_SUFFIXES = (".mp4", ".webm", ".mkv", ".mov", ".avi", ".y4m")
# Words for what happens that are not themselves keys of the catalogue. Nobody in view for a short while is a face that
# is not visible; from `ABSENCE_SECONDS` on it is an absence.
FACE_ABSENT = "face_absent"
ABSENCE_SECONDS = 10.0
TYPES = {
    "look_away": "looking_away",
    "gaze_away_eyes_only": "looking_away",
    "camera_covered": "camera_blocked",
}
KEYS = (
    *("face_not_visible", "looking_away", "window_blur", "absence", "multiple_faces", "camera_blocked"),
    *("camera_frozen", "camera_changed", "phone_visible", "book_visible", "second_voice", "extra_display"),
    *("fullscreen_exit", "clipboard_paste", "devtools_open", "monitoring_gap", "monitor_mismatch"),
)
EXPECTED = {True: "must", False: "never", "optional": "may"}
DEFAULT_TOLERANCE_SECONDS = 0.5
# Until the candidate has joined and their neutral pose is known, nothing can be found.
LEAD_SECONDS = 12.0


class LabelError(Exception):
    """Labels or clips that cannot be used: one line for each problem, which names the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Event:
    """One thing that happens: `expect` is must, never or may be reported, as one of `keys`; seconds into the clip."""

    type: str
    keys: tuple[str, ...]
    start: float
    end: float
    expect: str


@dataclass(frozen=True)
class Clip:
    """A labelled clip. `conditions` are what results are grouped by: light, glasses, skin_tone, compression, …"""

    name: str
    video: Path
    audio: Path | None
    duration: float
    tolerance: float
    events: tuple[Event, ...]
    people: tuple[str, ...]
    conditions: dict[str, str] = field(default_factory=dict)
    shows: str = ""

    @property
    def truth(self) -> dict[str, Any]:
        """What is kept beside results: everything but where the files are."""
        kept = asdict(self)
        return {name: value for name, value in kept.items() if name not in ("video", "audio")}


def find(folder: Path) -> list[Clip]:
    """All clips of a folder, by name. Raises `LabelError` with all that is wrong with them."""
    if not folder.is_dir():
        raise LabelError([f"{folder}: there is no such folder"])
    videos = sorted(path for path in folder.iterdir() if path.suffix.lower() in CLIP_SUFFIXES)
    labels = {path.stem for path in folder.glob("*.json")}
    problems = [f"{path}: its labels are missing ({path.stem}.json)" for path in videos if path.stem not in labels]
    stems = {path.stem for path in videos}
    problems += [f"{folder / name}.json: its clip is missing ({name}.mp4)" for name in sorted(labels - stems)]
    if not videos and not problems:
        problems = [f"{folder}: there is no clip in it ({', '.join(CLIP_SUFFIXES)})"]
    clips = []
    for video in videos:
        if video.stem in labels:
            try:
                clips.append(read(video))
            except LabelError as error:
                problems += error.problems
    if problems:
        raise LabelError(problems)
    return clips


def read(video: Path) -> Clip:
    """One clip by the labels beside it. Raises `LabelError`."""
    path = video.with_suffix(".json")
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LabelError([f"{path}: cannot be read as JSON: {error}"]) from None
    if not isinstance(raw, dict):
        raise LabelError([f"{path}: must be an object"])
    problems: list[str] = []
    duration = _number(raw, "duration_s", None, path, problems)
    tolerance = _number(raw, "tolerance_s", DEFAULT_TOLERANCE_SECONDS, path, problems)
    given = raw.get("events", [])
    if not isinstance(given, list):
        problems.append(f"{path}: events must be a list")
        given = []
    events = [_event(one, f"{path}: events[{index}]", duration, problems) for index, one in enumerate(given)]
    audio = raw.get("audio")
    if audio is not None and (not isinstance(audio, str) or not (video.parent / audio).is_file()):
        problems.append(f"{path}: audio: there is no sound file {audio!r} beside it")
    people, conditions = raw.get("people", []), raw.get("conditions", {})
    if not isinstance(people, list) or not isinstance(conditions, dict):
        problems.append(f"{path}: people must be a list, conditions an object")
    if problems:
        raise LabelError(problems)
    return Clip(
        name=video.stem,
        video=video,
        audio=video.parent / audio if audio else None,
        duration=duration,
        tolerance=tolerance,
        events=tuple(sorted((one for one in events if one), key=lambda one: one.start)),
        people=tuple(str(one) for one in people),
        conditions={str(name): str(value) for name, value in conditions.items()},
        shows=str(raw.get("kind", "")),
    )


def _number(raw: dict[str, Any], name: str, default: float | None, where: object, problems: list[str]) -> float:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 86_400:
        problems.append(f"{where}: {name} must be a number of seconds, not {value!r}")
        return 0.0
    return float(value)


def _event(raw: Any, where: str, duration: float, problems: list[str]) -> Event | None:
    if not isinstance(raw, dict):
        problems.append(f"{where} must be an object")
        return None
    before = len(problems)
    start, end = (_number(raw, name, None, where, problems) for name in ("start", "end"))
    if len(problems) == before and not start < end <= duration + 0.1:
        problems.append(
            f"{where}: start {start:g} and end {end:g} must be in order and within the clip ({duration:g} s)"
        )
    kind, flag = raw.get("type"), raw.get("should_flag", True)
    if not isinstance(flag, (bool, str)) or flag not in EXPECTED:
        problems.append(f'{where}: should_flag must be true, false or "optional", not {flag!r}')
    accepted = raw.get("also", [])
    names = [kind, *accepted] if isinstance(accepted, list) else [kind]
    for name in names:
        if name not in (FACE_ABSENT, *TYPES, *KEYS):
            known = ", ".join((FACE_ABSENT, *TYPES, *KEYS))
            problems.append(f"{where}: unknown kind {name!r}; known are {known}")
    if len(problems) > before:
        return None
    if flag is True and start < LEAD_SECONDS:
        problems.append(
            f"{where}: begins at {start:g} s, when the candidate may not have joined yet; "
            f"let a clip begin with {LEAD_SECONDS:g} s of them at their screen"
        )
    return Event(str(kind), tuple(key_of(name, end - start) for name in names), start, end, EXPECTED[flag])


def key_of(kind: str, seconds: float) -> str:
    """The key of the catalogue under which this is to be reported when it lasts so long."""
    if kind == FACE_ABSENT:
        return "absence" if seconds >= ABSENCE_SECONDS else "face_not_visible"
    return TYPES.get(kind, kind)
