"""The detection bench before it plays anything: labels, what is wrong with them, and its own drawn clips."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import detection_labels as labels
import detection_scenes as drawn

AWAY = {"type": "look_away", "start": 15, "end": 25, "should_flag": True}


def write(folder: Path, name: str = "a", **changed: Any) -> Path:
    """A labelled clip, whose picture nobody looks at here."""
    (folder / f"{name}.mp4").write_bytes(b"")
    (folder / f"{name}.json").write_text(json.dumps({"duration_s": 60, "events": [AWAY]} | changed))
    return folder


def problems(folder: Path) -> str:
    """What is wrong with the clips in `folder`."""
    with pytest.raises(labels.LabelError) as raised:
        labels.find(folder)
    return str(raised.value)


def bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench" / "detection.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_labels_become_events_by_the_catalogue(tmp_path: Path) -> None:
    events = [
        {"type": "face_absent", "start": 20, "end": 35},
        {"type": "face_absent", "start": 40, "end": 44, "should_flag": True, "also": ["look_away"]},
        {"type": "gaze_away_eyes_only", "start": 3, "end": 9, "should_flag": "optional"},
        {"type": "phone_visible", "start": 50, "end": 50.5, "should_flag": False},
    ]
    [clip] = labels.find(write(tmp_path, events=events, people=["P07"], conditions={"glasses": "yes"}))
    assert [(event.keys, event.expect) for event in clip.events] == [
        (("looking_away",), "may"),
        (("absence",), "must"),
        (("face_not_visible", "looking_away"), "must"),
        (("phone_visible",), "never"),
    ]
    assert (clip.tolerance, clip.people, clip.conditions) == (0.5, ("P07",), {"glasses": "yes"})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"events": [AWAY | {"type": "daydreaming"}]}, "events[0]: unknown kind 'daydreaming'; known are face_absent"),
        ({"events": [AWAY | {"also": ["x"]}]}, "events[0]: unknown kind 'x'"),
        ({"events": [AWAY | {"end": 70}]}, "within the clip (60 s)"),
        ({"events": [AWAY | {"end": 14}]}, "must be in order"),
        ({"events": [AWAY | {"start": "soon"}]}, "start must be a number of seconds, not 'soon'"),
        ({"events": [AWAY | {"should_flag": "maybe"}]}, "should_flag must be true, false or \"optional\", not 'maybe'"),
        ({"events": [AWAY | {"start": 2}]}, "let a clip begin with 12 s"),
        ({"events": ["x"]}, "events[0] must be an object"),
        ({"events": "x"}, "events must be a list"),
        ({"duration_s": None}, "duration_s must be a number of seconds, not None"),
        ({"audio": "voice.wav"}, "there is no sound file 'voice.wav'"),
        ({"people": "me"}, "people must be a list"),
    ],
)
def test_a_label_that_cannot_be_used_is_named_with_its_file(tmp_path: Path, changed: Any, told: str) -> None:
    text = problems(write(tmp_path, **changed))
    assert str(tmp_path / "a.json") in text and told in text


def test_all_problems_of_a_folder_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "fine")
    (tmp_path / "unlabelled.mp4").write_bytes(b"")
    (tmp_path / "orphan.json").write_text("{}")
    (tmp_path / "broken.mp4").write_bytes(b"")
    (tmp_path / "broken.json").write_text("{")
    text = problems(tmp_path)
    assert "unlabelled.mp4: its labels are missing (unlabelled.json)" in text
    assert "orphan.json: its clip is missing (orphan.mp4)" in text
    assert "broken.json: cannot be read as JSON" in text
    assert "fine" not in text


def test_a_folder_that_is_empty_or_not_there_is_said(tmp_path: Path) -> None:
    assert "there is no clip in it" in problems(tmp_path)
    assert "there is no such folder" in problems(tmp_path / "missing")


def test_the_command_plays_nothing_before_every_clip_can_be_read(tmp_path: Path) -> None:
    answer = bench("--clips", write(tmp_path), "--list")
    assert answer.returncode == 2
    assert f"{tmp_path / 'a.mp4'}: cannot be read" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_command_says_what_it_does_not_know() -> None:
    assert "no clip's name holds c99" in bench("--only", "c99", "--list").stderr


def test_results_of_something_else_are_not_written_over(tmp_path: Path) -> None:
    other = tmp_path / "notes.json"
    other.write_text('["mine"]')
    answer = bench("--only", "own_6", "--results", other)
    assert answer.returncode == 1 and "holds no results of this bench" in answer.stderr
    assert other.read_text() == '["mine"]'


def test_the_drawn_clips_script_what_must_and_what_must_not_count() -> None:
    clips = {clip.name: clip for clip in drawn.clips()}
    assert {event.expect for event in clips["own_2_blips"].events} == {"never"}
    assert clips["own_3_honest"].events == ()
    usual = [(event.keys[0], event.expect) for event in clips["own_1_usual"].events]
    assert usual == [(key, "must") for key in ("looking_away", "absence", "multiple_faces", "camera_blocked")]
    for clip in clips.values():
        assert all(event.start >= labels.LEAD_SECONDS for event in clip.events if event.expect == "must")


def test_no_two_frames_of_a_drawn_clip_are_alike_but_where_it_stands_still() -> None:
    random = drawn.np.random.default_rng(1)
    alive = list(drawn._frames(drawn.Part("present", 3), random))
    assert len(set(alive)) == len(alive) == 30
    assert len(set(drawn._frames(drawn.Part("present", 3, repeat=0.1), random))) == 1
    repeated = list(drawn._frames(drawn.Part("present", 4, repeat=2), random))
    assert repeated[:20] == repeated[20:] and len(set(repeated)) == 20
