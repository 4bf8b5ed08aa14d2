"""Reports made by hand: what the writers are tried with, no database needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from proctor_app.incidents import words
from proctor_app.incidents.rules import IncidentRecord
from proctor_app.incidents.watch import WatchSpan, coverage
from proctor_app.policies.rules import CLASSIC, Policy
from proctor_app.reports.report import Moment, Report, Row
from proctor_app.reviews.rules import integrity_score

BEGAN = datetime(2026, 11, 24, 9, 30, 0, tzinfo=UTC)
LENGTH = 42 * 60
# What the demonstration interview saw: seconds into it, seconds long, kind, reason, detail, verdict, note.
SEEN: tuple[tuple[Any, ...], ...] = (
    (195, 6.4, "focus_loss", "looking_away", {"direction": "right", "degrees": 31}, "dismissed", "Took notes"),
    (545, 14.2, "absence", None, {}, "confirmed", ""),
    (1122, 4.1, "focus_loss", "face_not_visible", {}, None, None),
    (1450, 8.8, "focus_loss", "looking_away", {"direction": "down", "degrees": 24}, None, None),
    (1688, 3.3, "multiple_faces", None, {"faces": 2}, "confirmed", "Somebody brought tea"),
    (2010, 5.0, "focus_loss", "window_blur", {"page": "hidden"}, None, None),
)
BLIND: tuple[tuple[float, float, str], ...] = ((0, 4, "starting"), (900, 931, "too_dark"), (1300, 1312, "face_cut_off"))


def row(number: int, seen: tuple[Any, ...], policy: Policy = CLASSIC) -> Row:
    """One incident as the report lists it."""
    into, seconds, kind, reason, detail, verdict, note = seen
    record = IncidentRecord(
        id=f"00000000-0000-4000-8000-{number:012}",
        number=number,
        kind=kind,
        reason=reason,
        started_at=BEGAN + timedelta(seconds=into),
        ended_at=BEGAN + timedelta(seconds=into + seconds),
        confidence=0.9,
        detail=detail,
        source="candidate",
        verdict=verdict,
        verdict_note=note,
        verdict_by="interviewer" if verdict else None,
        verdict_at=BEGAN + timedelta(hours=1) if verdict else None,
    )
    return Row(
        number=number,
        record=record,
        into_seconds=into,
        duration_seconds=seconds,
        seen=words.seen(record),
        details=tuple(words.details(record)),
        points=policy.weights[kind] if record.counts else 0,
        judged_by="Ines Moreau" if verdict else None,
    )


def spans(blind: tuple[tuple[float, float, str], ...], length: float) -> list[WatchSpan]:
    """The watch log of a call of `length` seconds that could not tell in `blind`."""
    made, at = [], 0.0
    for start, end, reason in (*blind, (length, length, "")):
        if start > at:
            made.append(WatchSpan("seen", None, _at(at), _at(start)))
        if end > start:
            state, why = ("left", None) if reason == "left" else ("could_not_tell", reason)
            made.append(WatchSpan(state, why, _at(start), _at(end)))
        at = end
    return made


def report(
    seen: tuple[tuple[Any, ...], ...] = SEEN,
    blind: tuple[tuple[float, float, str], ...] = BLIND,
    length: float = LENGTH,
    policy: Policy = CLASSIC,
    zone: tzinfo | None = UTC,
    **changes: Any,
) -> Report:
    """A report; `changes` replace fields of it."""
    rows = tuple(row(number, one, policy) for number, one in enumerate(seen, 1))
    counts: dict[str, int] = {}
    for one in rows:
        if one.record.counts:
            counts[one.record.kind] = counts.get(one.record.kind, 0) + 1
    made = Report(
        session_id="lusab-babad-gutih-tugad",
        revision=1,
        title="Backend engineer",
        candidate="Asha Verma",
        interviewer="Ines Moreau",
        zone=zone,
        started_at=BEGAN,
        ended_at=_at(length),
        made_at=_at(length + 4),
        score=integrity_score(counts, policy),
        coverage=coverage(spans(blind, length), BEGAN, _at(length)),
        rows=rows,
        notes=(
            Moment(260, _at(260), "Clear explanation of how an index is chosen."),
            Moment(1290, _at(1290), "Good answer on isolation levels; asked for an example by herself."),
        ),
        steps=(
            Moment(-130, _at(-130), "The candidate agreed to be watched"),
            Moment(0, _at(0), "The candidate joined"),
            Moment(length, _at(length), "The interview was ended"),
        ),
        consent=("accepted", "2026-11-24", _at(-130)),
        policy_name=policy.name,
        policy_version=policy.version,
        weights=policy.weights,
        thresholds=policy.thresholds,
        versions={
            "Proctor": "0.1.0",
            "MediaPipe tasks-vision": "0.10.35",
            "Face model (SHA-256)": "64184e229b263107",
        },
    )
    return replace(made, **changes)


def many(count: int, length: float = 2 * 3600) -> tuple[tuple[Any, ...], ...]:
    """`count` incidents of all kinds, spread over the interview."""
    kinds = (
        ("focus_loss", "looking_away", {"direction": "left", "degrees": 27}),
        ("focus_loss", "window_blur", {"page": "without focus"}),
        ("absence", None, {}),
        ("focus_loss", "face_not_visible", {}),
        ("multiple_faces", None, {"faces": 3}),
    )
    step = length / max(count, 1)
    made = []
    for number in range(count):
        kind, reason, detail = kinds[number % len(kinds)]
        verdict = (
            ("dismissed", "A note that is long enough to need a second line in its cell")
            if number % 7 == 3
            else (None, None)
        )
        made.append(
            (round(number * step, 1), round(min(step * 0.6, 3 + number % 11), 1), kind, reason, detail, *verdict)
        )
    return tuple(made)


def _at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)
