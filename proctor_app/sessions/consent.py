"""What the candidate is told and agrees to: made from the policy, so that it names what is watched and nothing more.

The version of a text ends in a hash of its words. A policy that changes before the interview starts changes the
version, and the candidate is asked anew.
"""

import hashlib
from dataclasses import astuple, dataclass

from proctor_app.policies.kinds import MEANINGS
from proctor_app.policies.rules import Policy, Relief, effective

EDITION = "2026-11-3"

# What is watched, by the detectors that watch it.
WATCHED = (
    (("face_not_visible", "absence", "multiple_faces"), "Whether your camera sees a face, more than one, or none"),
    (("looking_away",), "Which way your head and eyes are turned, in coarse directions"),
    (("window_blur",), "Whether this page is in front, or hidden behind another window"),
    (
        ("camera_blocked", "camera_frozen", "camera_changed"),
        "Whether the camera is covered, stands still or is exchanged",
    ),
    (("phone_visible", "book_visible"), "Whether a phone or a book is in view"),
    (("second_voice",), "Whether somebody speaks while your mouth does not move; never what is said"),
    (
        ("extra_display", "fullscreen_exit", "clipboard_paste", "devtools_open"),
        "Whether a second display is connected, and whether text is pasted into this page",
    ),
)
COMPARED = "The interviewer’s browser looks at your picture in the same way, to compare"
STILLS = {
    "still": "one small picture of your head and shoulders{thing}, the background blurred",
    "line_art": "one line drawing of points found on your face",
}


@dataclass(frozen=True)
class ConsentText:
    """Four short lists and the full text, in plain words."""

    watched: tuple[str, ...]
    not_watched: tuple[str, ...]
    stored: tuple[str, ...]
    choices: tuple[str, ...]
    full: tuple[str, ...]

    @property
    def version(self) -> str:
        """Names these words and no others."""
        return f"{EDITION}-{hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:8]}"

    @property
    def lines(self) -> list[str]:
        """All of it, to be kept with the decision: each line says what it is about, as its heading does on the page."""
        lists = {
            "Watched": self.watched,
            "Not watched": self.not_watched,
            "Stored and seen": self.stored,
            "Your choice": self.choices,
        }
        return [*(f"{about}: {line}" for about, lines in lists.items() for line in lines), *self.full]


def text(policy: Policy, retention_days: int, evidence_days: int) -> ConsentText:
    """The text for an interview under `policy`, in an installation that keeps data and stills for so many days."""
    used = set(policy.detectors)
    watched = [line for detectors, line in WATCHED if used.intersection(detectors)]
    if "monitor_mismatch" in used:
        watched.append(COMPARED)
    thing = " and of the phone or book, where one was noticed" if used & {"phone_visible", "book_visible"} else ""
    picture = STILLS[policy.evidence].format(thing=thing) if policy.evidence in STILLS else None
    return ConsentText(
        watched=tuple(watched),
        not_watched=(
            "Your expressions, mood or stress",
            "Who you are: there is no face recognition",
            "What you say, type in other windows, or have on your screen",
        ),
        stored=(
            "The kind, time and length of what was noticed, and a score made from it",
            _pictures(picture, evidence_days),
            f"The interviewer and the hiring panel see it; all of it is deleted after {retention_days} days",
        ),
        choices=(
            "You see what is noticed about you while it happens",
            "A person decides, never the score; the interviewer can dismiss any entry",
            "You may decline: nothing is watched then, and the interviewer is told only that you declined",
            "You may take your consent back during the call: the watching stops at once, the call goes on",
        ),
        full=_full(used, picture, retention_days, evidence_days),
    )


def _pictures(picture: str | None, days: int) -> str:
    if picture is None:
        return "No video, no sound and no pictures: the analysis runs in your own browser"
    return f"When something is noticed: {picture}, deleted after {days} days. No video and no sound"


def _full(used: set[str], picture: str | None, retention_days: int, evidence_days: int) -> tuple[str, ...]:
    paragraphs = [
        "During the interview your browser looks at the picture of your own camera a few times a second and works out "
        "how many faces it sees and which way head and eyes are turned. The picture itself goes only to the "
        "interviewer, as in any video call; it is not recorded.",
    ]
    if "second_voice" in used:
        paragraphs.append(
            "Your browser also tells from your microphone whether somebody speaks, and from your lips whether that may "
            "be you. Sound is never stored, no word is recognised, and no voice is compared with another."
        )
    paragraphs.append(
        "When something lasts longer than a set time (for example: nobody in view for ten seconds), its kind, its "
        "start and its end are sent to the server of the organisation that interviews you and shown to the "
        "interviewer at once. Moments in which the camera could not tell, because of poor light for example, are not "
        "held against you."
    )
    if picture is not None:
        paragraphs.append(
            f"Where the camera saw it, {picture} goes with it, made in your browser at that moment. You see the same "
            "in your own list. It is seen by the interviewer and the hiring panel, every viewing is written down, and "
            f"it is deleted after {evidence_days} days."
        )
    if "monitor_mismatch" in used:
        paragraphs.append(
            "The interviewer’s browser counts the faces in the picture that it receives from you, once a second, and "
            "compares the number with what your browser reported."
        )
    return (
        *paragraphs,
        "At the end a report is made. It lists what was seen, how long the watching worked, and a score that is a "
        "plain sum, printed with its numbers. It says on its first page that it is no verdict. You can ask the "
        "organisation for a copy, for a correction and for deletion at any time.",
        "Taking your consent back does not touch what was noted before; it ends the watching and tells the interviewer "
        "since when. You can agree again in the same place.",
        f"The organisation stores the report and the list for {retention_days} days and deletes them then.",
    )


def less_for_you(policy: Policy, relief: Relief) -> list[str]:
    """What an accommodation takes off of the text, for the candidate alone.

    It is no part of the text: the text's version is told to the interviewer, and would tell what is not watched. It may
    stand beside it because it only ever takes off of what was agreed to.
    """
    held = effective(policy, relief)
    lines = [f"Not noted: {_noted(key, policy)}" for key in policy.detectors if key not in held.detectors]
    lines += [
        f"Only later: {_noted(key, held)}, in place of {policy.thresholds[key]:g} s"
        for key in held.detectors
        if held.thresholds.get(key) != policy.thresholds.get(key)
    ]
    return [*lines, *(["No picture is kept"] if held.evidence != policy.evidence else [])]


def _noted(key: str, policy: Policy) -> str:
    meaning = MEANINGS[key].format(f"{policy.thresholds.get(key, 0):g} s")
    return meaning[0].lower() + meaning[1:]
