"""Candidates without a browser: a Socket.IO client that keeps what it saw until it is acknowledged, as a page does.

It makes an observation again and again, sends what is not acknowledged in order, comes back by itself, and remembers
what it made, what was acknowledged, and how long it heard nothing.
"""

import itertools
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import socketio
from socketio.exceptions import SocketIOError

# A page waits for an answer for so long (static/js/socket.js), then sends again.
ANSWER_SECONDS = 4.0
RECONNECT_SECONDS = 0.2
KINDS = (("absence", None), ("multiple_faces", None), ("focus_loss", "looking_away"))
APART_MS, LONG_MS, BACK_MS = 4000, 1500, 3_600_000


@dataclass
class Candidate:
    """One candidate's page. `clock_ms` is how far its clock is ahead, and may change at any time."""

    url: str
    session: str
    token: str
    every_seconds: float = 0.1
    clock_ms: float = 0
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    # When each truly began, ms since the epoch, whatever the page's clock said.
    truly: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    peer: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __post_init__(self) -> None:
        self._seq = itertools.count(1)
        self._began_ms = time.time() * 1000 - BACK_MS
        self._making, self._going, self._online = threading.Event(), threading.Event(), threading.Event()
        self._connect = threading.Lock()
        self._client: socketio.Client | None = None
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._make, self._deliver, self._beat)]

    def start(self) -> "Candidate":
        """Begin to watch."""
        for event in (self._making, self._going, self._online):
            event.set()
        for thread in self._threads:
            thread.start()
        return self

    def go_offline(self) -> None:
        """The network is gone; what is seen meanwhile is kept."""
        self._online.clear()
        self._drop()

    def go_online(self) -> None:
        """The network is back."""
        self._online.set()

    def stop_seeing(self) -> None:
        """Make no more observations; what was made is still delivered."""
        self._making.clear()

    def see_again(self) -> None:
        """Go on making observations."""
        self._making.set()

    def close(self) -> None:
        """Go away."""
        self._making.clear()
        self._going.clear()
        self._drop()

    def reconnect(self) -> None:
        """Lose the connection; the next one follows at once."""
        self._drop()

    def share(self, other: "Candidate") -> None:
        """Be another tab of the same browser: what one has not delivered, the other may."""
        self.made, self.truly, self.acknowledged = other.made, other.truly, other.acknowledged
        self._seq, self._began_ms = other._seq, other._began_ms

    @property
    def is_running(self) -> bool:
        """Whether the page is still open: one that another tab took over from is not."""
        return self._going.is_set()

    @property
    def waiting(self) -> list[str]:
        """Observations that nobody has acknowledged yet, in the order in which they were made."""
        return [one for one in list(self.made) if one not in self.acknowledged]

    def longest_silence(self, since: float) -> float:
        """The longest time (s) without an acknowledgement from `since` (of the monotonic clock) on."""
        moments = [since, *sorted(at for at in list(self.acknowledged.values()) if at >= since)]
        return max((after - before for before, after in itertools.pairwise(moments)), default=0.0)

    # ------------------------------------------------------------ its threads

    def _now_ms(self) -> int:
        return round(time.time() * 1000 + self.clock_ms)

    def _make(self) -> None:
        while self._going.is_set():
            if self._making.wait(0.2):
                number, one = next(self._seq), str(uuid.uuid4())
                kind, reason = KINDS[number % len(KINDS)]
                # Dated so far apart that the server makes an incident of each: two that touch would become one.
                self.truly[one] = self._began_ms + number * APART_MS
                began = round(self.truly[one] + self.clock_ms)
                times = {"started_at": began, "ended_at": began + LONG_MS}
                what = {"kind": kind, "confidence": 0.9, "detail": {}, **({"reason": reason} if reason else {})}
                self.made[one] = {"id": one, "seq": number, **what, **times}
                time.sleep(self.every_seconds)

    def _beat(self) -> None:
        for number in itertools.count(1):
            time.sleep(2)
            if not self._going.is_set():
                return
            client = self._client
            if client is not None and client.connected:
                beat = {"at": self._now_ms(), "fps": 5, "frame_ms": 30, "faces": 1, "state": "watching"}
                with suppress(SocketIOError, OSError):
                    client.emit("heartbeat", {"seq": number, **beat}, namespace="/candidate")

    def _deliver(self) -> None:
        while self._going.is_set():
            if not self._online.wait(0.2):
                continue
            client = self._connected()
            waiting = self.waiting
            if client is None or not waiting:
                time.sleep(0.02)
                continue
            for one in waiting:
                if not self._send(client, self.made[one]):
                    break

    def _send(self, client: socketio.Client, message: dict[str, Any]) -> bool:
        try:
            answer = client.call("observation", message, namespace="/candidate", timeout=ANSWER_SECONDS)
        except (SocketIOError, OSError):
            self._drop()
            return False
        if answer and answer.get("ok"):
            self.acknowledged[message["id"]] = time.monotonic()
            return True
        self.refused.append(answer)
        time.sleep(RECONNECT_SECONDS)
        return False

    def _connected(self) -> socketio.Client | None:
        client = self._client
        if client is not None and client.connected and "/candidate" in client.namespaces:
            return client
        self._drop()
        client = socketio.Client(reconnection=False)
        client.on("*", self._hear, namespace="/candidate")
        auth = {"session": self.session, "token": self.token, "peer": self.peer}
        try:
            client.connect(self.url, auth=auth, namespaces=["/candidate"], transports=["websocket"], wait_timeout=5)
            # Clocks are compared on each connect, as the page does.
            first = client.call("clock", {"at": self._now_ms()}, namespace="/candidate", timeout=3)["now"]
            client.call("clock", {"at": self._now_ms(), "echo": first}, namespace="/candidate", timeout=3)
        except (SocketIOError, OSError, KeyError, TypeError):
            with suppress(Exception):
                client.disconnect()
            time.sleep(RECONNECT_SECONDS)
            return None
        self._client = client
        return client

    def _hear(self, event: str, *_: Any) -> None:
        self.heard.append(event)
        if event == "replaced":
            self._making.clear()
            self._going.clear()

    def _drop(self) -> None:
        with self._connect:
            client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.disconnect()
