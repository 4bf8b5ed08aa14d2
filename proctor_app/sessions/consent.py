"""What the candidate is told and agrees to, as versioned text.

Change the text and `VERSION` together: each session stores the version that its candidate saw.
"""

from dataclasses import dataclass

VERSION = "2026-11-1"


@dataclass(frozen=True)
class ConsentText:
    """Three short lists and the full text, in plain words."""

    version: str
    watched: tuple[str, ...]
    not_watched: tuple[str, ...]
    stored: tuple[str, ...]
    choices: tuple[str, ...]
    full: tuple[str, ...]


def text(retention_days: int) -> ConsentText:
    """The consent text for an installation that keeps a session's data for `retention_days` days."""
    return ConsentText(
        version=VERSION,
        watched=(
            "Whether your camera sees a face, more than one, or none",
            "Which way your head is turned, in coarse directions",
            "Whether this page is in front, or hidden behind another window",
        ),
        not_watched=(
            "Your expressions, mood or stress",
            "Who you are: there is no face recognition",
            "What you say, type in other windows, or have on your screen",
        ),
        stored=(
            "The kind, time and length of what was noticed, and a score made from it",
            "No video, no sound and no pictures: the analysis runs in your own browser",
            f"The interviewer and the hiring panel see it; all of it is deleted after {retention_days} days",
        ),
        choices=(
            "You see what is noticed about you while it happens",
            "A person decides, never the score; the interviewer can dismiss any entry",
            "You may decline: nothing is watched then, and the interviewer is told only that you declined",
        ),
        full=(
            "During the interview your browser looks at the picture of your own camera about five times a second and "
            "works out how many faces it sees and which way the head is turned. The picture itself goes only to the "
            "interviewer, as in any video call; it is not recorded.",
            "When something lasts longer than a set time (for example: nobody in view for ten seconds), its kind, "
            "its start and its end are sent to the server of the organisation that interviews you and shown to the "
            "interviewer at once. Moments in which the camera could not tell, because of poor light for example, are "
            "not held against you.",
            "At the end a report is made. It lists what was seen, how long the watching worked, and a score that is a "
            "plain sum, printed with its numbers. It says on its first page that it is no verdict. You can ask the "
            "organisation for a copy, for a correction and for deletion at any time.",
            f"The organisation stores the report and the list for {retention_days} days and deletes them then.",
        ),
    )
