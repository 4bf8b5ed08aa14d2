"""How the web process ends without losing a word.

Asked to end, it takes no new connection and no new message; what is being stored is stored and acknowledged; then every
page is told to come back (`restarting`). A message that came too late is never acknowledged, so its page sends it again
to the process that follows.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask_socketio import SocketIO

NAMESPACES = ("/candidate", "/interviewer")
POLL_SECONDS = 0.02
# From here on the kernel has the bytes, and delivers them also when the process is gone.
FLUSH_SECONDS = 0.1


class Traffic:
    """The messages that are being answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self.under_way = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Answer a message in here. It never begins once the process is about to end."""
        with self._lock:
            closed = self._closed
            self.under_way += not closed
        if closed:
            threading.Event().wait()
        try:
            yield
        finally:
            with self._lock:
                self.under_way -= 1

    def close(self) -> None:
        """Begin no other message."""
        with self._lock:
            self._closed = True


traffic = Traffic()


def drain(socketio: SocketIO, deadline: float) -> None:
    """Let acknowledgements finish, then send the pages away; until `deadline` (monotonic clock) at the latest."""
    traffic.close()
    _wait(socketio, deadline, lambda: traffic.under_way or _unsent(socketio))
    for namespace in NAMESPACES:
        socketio.server.emit("restarting", {}, namespace=namespace)
    _wait(socketio, deadline, lambda: _unsent(socketio))
    socketio.sleep(FLUSH_SECONDS)


def _wait(socketio: SocketIO, deadline: float, is_busy: Callable[[], object]) -> None:
    while is_busy() and time.monotonic() < deadline:
        socketio.sleep(POLL_SECONDS)


def _unsent(socketio: SocketIO) -> bool:
    return any(not one.queue.empty() for one in list(socketio.server.eio.sockets.values()))
