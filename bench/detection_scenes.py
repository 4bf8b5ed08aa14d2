"""The project's own clips: scripts of drawn scenes and photographs, in conditions that footage seldom has.

They are drawn when they are played, each frame with noise of its own: a working camera gives no two alike.
What they show is exact; that it is one drawn face, or people in photographs, is their limit.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import detection_photos as photos
import numpy as np
from detection_labels import FACE_ABSENT, Clip, Event, key_of

from tests.browser import scenes
from tests.browser.camera import HEADER

AUDIO = photos.FOLDER.parent / "audio"
PERSON = "portrait (drawn)"
TYPES = {
    "absent": (FACE_ABSENT,),
    "turned": ("look_away",),
    "covered": ("camera_covered",),
    **dict.fromkeys(("two_faces", "overlapping", "half_outside", "far", "photo:two"), ("multiple_faces",)),
    "photo:room": (FACE_ABSENT,),
    # Two others stand beside and behind him.
    "photo:phone": ("multiple_faces", "phone_visible"),
}
# Shorter than this a scene is a blip by every threshold of the published policies.
SHORTEST_SECONDS = {"absent": 3.0, "photo:room": 3.0, "turned": 5.0, "covered": 3.0}
BLIP_SECONDS = 2.0
POOR_LIGHT = 0.22
LIGHTS_OFF = 0.035
LOW_BITRATE, SQUEEZED = "70k", "70 kb/s"
TOLERANCE_SECONDS = 0.2


@dataclass(frozen=True)
class Part:
    """A stretch of a script. `light` dims it; `repeat` shows its first so many seconds over and over, bit for bit;
    `events` replaces what the scene itself makes of it: (type, expect)."""

    scene: str
    seconds: float
    light: float = 1.0
    repeat: float | None = None
    events: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Script:
    """What a clip shows, its parts, its conditions and people; `sound` is a file of the audio beside the project and
    what must be reported of it: (type, start, end, expect)."""

    shows: str
    parts: tuple[Part, ...]
    conditions: dict[str, str] = field(default_factory=dict)
    person: str = PERSON
    sound: str | None = None
    heard: tuple[tuple[str, float, float, str], ...] = ()


def _script(*parts: tuple[str, float], light: float = 1.0) -> tuple[Part, ...]:
    """The candidate at their screen, and after every part for a while again."""
    script = [Part("present", 14, light)]
    for scene, seconds in parts:
        script += [Part(scene, seconds, light), Part("present", 5, light)]
    return tuple(script)


def _photographed(name: str, *parts: tuple[str, float]) -> tuple[Part, ...]:
    """A person in a photograph for 20 seconds, and after every part for 6 again."""
    at_screen = f"{photos.MARK}{name}"
    script = [Part(at_screen, 20)]
    for scene, seconds in parts:
        script += [Part(f"{photos.MARK}{scene}", seconds), Part(at_screen, 6)]
    return tuple(script)


USUAL = (("turned", 8.0), ("absent", 14.0), ("two_faces", 6.0), ("covered", 8.0))
BLIPS = (("absent", 0.8), ("turned", 1.5), ("two_faces", 1.0), ("covered", 0.9), ("absent", 2.0), ("turned", 2.5))
DRAWN = {
    "own_1_usual": Script("each of what must count, once", _script(*USUAL)),
    "own_2_blips": Script("moments that are too short to count", _script(*BLIPS)),
    "own_3_honest": Script(
        "an honest minute: at the screen, looking from side to side of it",
        _script(*[("aside", 6.0)] * 5),
    ),
    "own_4_poor_light": Script("as own_1, by a weak lamp", _script(*USUAL, light=POOR_LIGHT), {"light": "poor"}),
    "own_5_low_bitrate": Script("as own_1, through a codec at 70 kb/s", _script(*USUAL), {"compression": SQUEEZED}),
    "own_6_lights_off": Script(
        "the lights go out and the candidate leaves the dark room: the lens is not covered",
        (
            Part("present", 14),
            Part("absent", 15, LIGHTS_OFF, events=(("camera_blocked", "never"), ("absence", "may"))),
            Part("present", 6),
        ),
        {"light": "goes out"},
    ),
    "own_7_frozen": Script(
        "the picture stands still for 6 s, then for 16 s; later 4 s of it repeat for 28 s",
        (
            Part("present", 14),
            Part("present", 6, repeat=0.1, events=(("camera_frozen", "never"),)),
            Part("present", 6),
            Part("present", 16, repeat=0.1, events=(("camera_frozen", "must"),)),
            Part("present", 6),
            Part("present", 28, repeat=4, events=(("camera_frozen", "must"),)),
            Part("present", 5),
        ),
    ),
    "own_8_second_person": Script(
        "a second person behind the candidate, half outside the picture, and far away",
        _script(("overlapping", 8.0), ("half_outside", 8.0), ("far", 8.0)),
    ),
}


PHOTOGRAPHED = {
    "photo_1_obama": Script(
        "a photograph of a man, swaying; then an empty room",
        _photographed("obama", ("room", 14.0)),
        {"light": "good", "glasses": "no", "skin_tone": "darker"},
        "B. Obama (photograph)",
    ),
    "photo_2_marie": Script(
        "a photograph of a woman with glasses, swaying; then an empty room",
        _photographed("marie", ("room", 14.0)),
        {"light": "good", "glasses": "yes", "skin_tone": "medium"},
        "marie (photograph)",
    ),
    "photo_3_ivana": Script(
        "a photograph of a man with glasses, swaying; then two other men; then a man with a phone, and two others",
        _photographed("ivana", ("two", 8.0), ("phone", 8.0)),
        {"light": "good", "glasses": "yes", "skin_tone": "medium"},
        "ivana (photograph)",
    ),
}
HEARD = {
    "voice_1_typing": Script(
        "nobody speaks, keys are typed on", (Part("present", 60),), sound="a02_typing_only_60s.wav"
    ),
    "voice_2_others": Script(
        "others speak while the candidate's mouth is still",
        (Part("present", 62),),
        sound="a04_typing_and_second_voice_60s.wav",
        heard=(
            ("second_voice", 8.0, 15.1, "may"),  # the candidate may not have joined yet
            ("second_voice", 20.0, 26.48, "must"),
            ("second_voice", 34.0, 40.05, "must"),
            ("second_voice", 48.0, 50.98, "may"),  # two hundredths short of the threshold
        ),
    ),
}


def scripts() -> dict[str, Script]:
    """All that can be played here: photographs and voices only where they lie beside the project."""
    found = dict(DRAWN)
    if photos.are_here():
        found |= PHOTOGRAPHED
    return found | {name: script for name, script in HEARD.items() if (AUDIO / str(script.sound)).is_file()}


def clips() -> list[Clip]:
    """All of them; they have no file until `draw` makes one."""
    return [_clip(name, script) for name, script in scripts().items()]


def _clip(name: str, script: Script) -> Clip:
    at = 0.0
    events = [Event(kind, (kind,), start, end, expect) for kind, start, end, expect in script.heard]
    for part in script.parts:
        end = at + part.seconds
        # What repeats does so from the first frame on that has been there before.
        start = at + (part.repeat or 0.0)
        for kind, expect in _events(part):
            events.append(Event(kind, (key_of(kind, part.seconds),), start, end, expect))
        at = end
    source = "photograph" if name in PHOTOGRAPHED else "drawn"
    return Clip(
        name=name,
        video=Path(f"{name}.y4m"),
        audio=AUDIO / script.sound if script.sound else None,
        duration=at,
        tolerance=TOLERANCE_SECONDS,
        events=tuple(events),
        people=(script.person,),
        conditions={"source": source, "light": "good", "compression": "none", "glasses": "no"} | script.conditions,
        shows=script.shows,
    )


def _events(part: Part) -> tuple[tuple[str, str], ...]:
    if part.events is not None:
        return part.events
    expect = "must" if part.seconds > SHORTEST_SECONDS.get(part.scene, BLIP_SECONDS) else "never"
    return tuple((kind, expect) for kind in TYPES.get(part.scene, ()))


def draw(name: str, path: Path) -> None:
    """Write the clip `name` as Y4M; about 2.6 MB a second."""
    script = scripts()[name]
    squeeze = script.conditions.get("compression") == SQUEEZED
    raw = path.with_suffix(".raw.y4m") if squeeze else path
    with raw.open("wb") as file:
        file.write(HEADER)
        random = np.random.default_rng(len(name))
        for part in script.parts:
            file.writelines(b"FRAME\n" + frame for frame in _frames(part, random))
    if squeeze:
        _through_codec(raw, path)
        raw.unlink()


def _frames(part: Part, random: np.random.Generator) -> Iterator[bytes]:
    count = round(part.seconds * scenes.FPS)
    fresh = round((part.repeat or part.seconds) * scenes.FPS)
    kept: list[bytes] = []
    for index in range(count):
        if index < fresh:
            noise = random.normal(0, scenes.NOISE, (scenes.HEIGHT, scenes.WIDTH, 1)).astype(np.float32)
            picture = _rendered(part.scene, index % scenes.LOOP) * np.float32(part.light)
            kept.append(scenes.to_yuv(picture + scenes.noise_share(part.scene) * noise))
        yield kept[index % fresh]
        if part.repeat is None:
            kept[index] = b""


@cache
def _rendered(scene: str, index: int) -> np.ndarray:
    draw_scene = photos.rgb if scene.startswith(photos.MARK) else scenes.rgb
    return draw_scene(scene, index / scenes.LOOP).astype(np.float16)


def _through_codec(raw: Path, path: Path) -> None:
    small = raw.with_suffix(".mp4")
    rate = ["-b:v", LOW_BITRATE, "-maxrate", LOW_BITRATE, "-bufsize", "140k"]
    encode = ["-c:v", "libx264", "-preset", "veryfast", *rate]
    for command in (["-i", raw, *encode, small], ["-i", small, "-pix_fmt", "yuv420p", path]):
        subprocess.run(["ffmpeg", "-v", "error", "-y", *command], check=True)
    small.unlink()
