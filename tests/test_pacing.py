"""Tokens come back with time, belong to a person, and are more than any page of ours needs."""

import re

from config import ROOT
from proctor_app import pacing
from proctor_app.pacing import Bucket, Limit, Pace


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(Limit(3, 2), 100.0)
    assert [bucket.take(100.0) for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert bucket.take(100.4) > 0
    assert bucket.take(100.5) == 0
    assert [bucket.take(1000.0) for _ in range(4)] == [0, 0, 0, 0.5], "never more than the burst"


def test_waiting_as_long_as_was_told_is_enough() -> None:
    bucket = Bucket(Limit(1, 7), 0.0)
    bucket.take(0.0)
    assert bucket.take(bucket.take(0.0) + 0.001) == 0


def test_connecting_again_fills_no_bucket() -> None:
    pace = Pace()
    pace.enter("one", "candidate a")
    pace.enter("other", "candidate b")
    for _ in range(30):
        assert pace.take("one", "chat", 0.0)[0] == 0
    assert pace.take("one", "chat", 0.0)[0] > 0
    pace.leave("one")
    pace.enter("two", "candidate a")
    assert pace.take("two", "chat", 0.0)[0] > 0
    assert pace.take("other", "chat", 0.0)[0] == 0, "neighbours have buckets of their own"
    assert pace.take("two", "media", 0.0)[0] == 0, "so has each kind of message"


def test_what_is_full_is_forgotten() -> None:
    pace = Pace()
    for number in range(pacing.MOST_KEPT + 1):
        pace.take(f"sid {number}", "chat", float(number))
    assert len(pace._buckets) < 5, "only the last ones had not filled up again"


def test_a_full_outbox_is_taken_at_once() -> None:
    js = ROOT / "proctor_app" / "static" / "js"

    def most(file: str) -> int:
        found = re.search(r"MOST_WAITING = (\d+)", (js / file).read_text("utf-8"))
        assert found
        return int(found[1])

    # Closings are kept when openings are not any more: twice as many.
    assert pacing.LIMITS["observation"].burst >= 2 * most("outbox.js")
    assert pacing.LIMITS["evidence"].burst >= most("evidence-outbox.js")


def test_the_limits_are_told_to_programs() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8").partition("## Limits")[2]
    for name, limit in [*pacing.LIMITS.items(), ("others", pacing.OTHERS)]:
        assert re.search(rf"\| `?{name}`? \| {limit.burst:g} \| {limit.per_second:g} \|", page), name
