#!/usr/bin/env python3
"""How long a report takes to make, by its number of incidents. The job process does this, never the web process."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from installation import installation

from proctor_app import clock
from proctor_app.incidents import service as incidents
from proctor_app.incidents.payloads import ObservationPayload
from proctor_app.reports import build, pdf
from proctor_app.sessions import service as sessions

SIZES = (0, 10, 100, 1000)
KINDS = (("focus_loss", "looking_away"), ("absence", None), ("multiple_faces", None))
EVERY = timedelta(seconds=4)
AT_ONCE = 16


def main() -> None:
    """Measure and print."""
    print("| incidents | gathered, ms | drawn, ms | PDF, KB |\n| --- | --- | --- | --- |")
    with installation() as place:
        pdf.warm_up()
        for size in SIZES:
            session_id = held(place.create_session()["id"], size)
            began = time.perf_counter()
            report = build.build(session_id, 1, clock.now())
            gathered = time.perf_counter()
            content = pdf.write_pdf(report, lambda _percent, _step: None)
            drawn = time.perf_counter()
            print(
                f"| {size:,} | {(gathered - began) * 1000:,.0f} | {(drawn - gathered) * 1000:,.0f} "
                f"| {len(content) / 1024:,.0f} |"
            )


def held(session_id: str, size: int) -> str:
    """The session, over, with `size` incidents."""
    began = clock.now() - EVERY * (size + 10)
    session = sessions.get(session_id)
    sessions.start(session, began)

    def report(number: int) -> None:
        kind, reason = KINDS[number % len(KINDS)]
        start = clock.to_ms(began + EVERY * number)
        raw = {"id": str(uuid.uuid4()), "seq": number, "kind": kind, "reason": reason, "confidence": 0.9}
        payload = ObservationPayload.parse(raw | {"started_at": start, "ended_at": start + 900})
        incidents.record_observation(session_id, payload, 0)

    with ThreadPoolExecutor(AT_ONCE) as senders:
        list(senders.map(report, range(size)))
    sessions.end(session, "bench", clock.now())
    return session_id


if __name__ == "__main__":
    main()
