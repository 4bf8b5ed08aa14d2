#!/usr/bin/env python3
"""How long the two live paths take, paced as interviews pace them: an observation, and a signal.

An observation counts from sending to its acknowledgement, and to the interviewer's `incident`; a signal from sending to
the other page. `make bench-load` loads the server to its limits; this only shows whether something has become slow.
"""

import json
import threading
import time
import uuid

from installation import Installation, installation, percentiles
from simple_websocket import Client, ConnectionClosed

PAIRS = 20
ROUNDS = 200
PAUSE_SECONDS = 0.02


class Page:
    """One page's socket, by the protocol's own text; a thread notes when each message came."""

    def __init__(self, url: str, role: str, auth: dict[str, str]) -> None:
        self.role = role
        self.heard: dict[str, float] = {}
        self._socket = Client(f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket")
        self._socket.send(f"40/{role},{json.dumps(auth)}")
        joined = threading.Event()
        threading.Thread(target=self._listen, args=(joined,), daemon=True).start()
        if not joined.wait(20):
            raise SystemExit(f"The {role} was not let in.")

    def send(self, number: int, event: str, payload: dict[str, object]) -> None:
        """Send an event with an acknowledgement."""
        self._socket.send(f"42/{self.role},{number}{json.dumps([event, payload])}")

    def when(self, mark: str, deadline: float) -> float:
        """The moment at which a message that holds `mark` came."""
        while time.monotonic() < deadline:
            for text, at in list(self.heard.items()):
                if mark in text:
                    return at
            time.sleep(0.001)
        raise SystemExit(f"Nothing was heard of {mark}.")

    def _listen(self, joined: threading.Event) -> None:
        try:
            while True:
                text = str(self._socket.receive())
                self.heard[text] = time.monotonic()
                if text == "2":
                    self._socket.send("3")
                if text.startswith(f"40/{self.role}"):
                    joined.set()
        except ConnectionClosed:
            return


def main() -> None:
    """Measure and print."""
    with installation() as place:
        pairs = [pair(place) for _ in range(PAIRS)]
        stored, shown, passed_on = [], [], []
        for number in range(ROUNDS):
            interviewer, candidate = pairs[number % PAIRS]
            mark, began = str(uuid.uuid4()), time.monotonic()
            candidate.send(number, "observation", observation(mark, number))
            stored.append(candidate.when(f"43/candidate,{number}[", began + 10) - began)
            shown.append(interviewer.when(f'"observation_id":"{mark}"', began + 10) - began)
            time.sleep(PAUSE_SECONDS)
            mark, began = str(uuid.uuid4()), time.monotonic()
            interviewer.send(number, "signal", {"ice_candidate": {"candidate": mark}})
            passed_on.append(candidate.when(mark, began + 10) - began)
            time.sleep(PAUSE_SECONDS)
    print(f"| live path, {PAIRS} sessions | p50 / p99, ms |\n| --- | --- |")
    print(f"| observation stored and acknowledged | {percentiles(stored)} |")
    print(f"| observation shown to the interviewer | {percentiles(shown)} |")
    print(f"| signal passed on | {percentiles(passed_on)} |")


def pair(place: Installation) -> tuple[Page, Page]:
    """An interviewer and a candidate in a session of their own."""
    made = place.create_session()
    return (
        Page(place.url, "interviewer", {"session": made["id"], "api_token": place.token}),
        Page(place.url, "candidate", {"session": made["id"], "token": made["candidate_token"]}),
    )


def observation(key: str, seq: int) -> dict[str, object]:
    """One that is long over, so that no two become one incident."""
    start = round(time.time() * 1000) - 3_600_000 + seq * 3000
    return {"id": key, "seq": seq, "kind": "absence", "started_at": start, "ended_at": start + 900, "confidence": 0.9}


if __name__ == "__main__":
    main()
