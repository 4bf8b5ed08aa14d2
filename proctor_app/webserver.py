"""How sockets are served, in one place: what makes this stack fast, and what keeps it within bounds.

Each part answers to a measured trap of Flask-SocketIO and its servers:

    listen      eventlet never sets TCP_NODELAY, so every second small message waits for 40 ms; its backlog is 50
    Door        eventlet and simple-websocket both accept the compression that browsers offer, which costs more
                processor time and memory than all else that a socket does
    on_event    Flask's request context around each socket event costs more than the event
    options     handlers of one socket run in the order in which its messages came, and in its own thread; so a socket
                that floods can be made to wait there, and the network holds back what it sends (`pacing`)

`wsgi.py` chooses what accepts connections; `serve` runs it until the process is asked to end.
"""

import gc
import io
import logging
import resource
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server

from proctor_app import clock, frames, metrics, pacing, stopping, wire
from proctor_app.errors import ProctorError
from proctor_app.pacing import Bucket, Pace

if TYPE_CHECKING:
    from config import Config

log = logging.getLogger(__name__)
pace = Pace()

BACKLOG = 2048
MAX_CONNECTIONS = 10_000
MAX_OPEN_FILES = 65_536
# The largest message is a WebRTC description, some tens of kilobytes.
MESSAGE_BYTES = 256 * 1024
# A lost network is noticed after the two together. The answer to a ping waits behind an observation that is being
# stored, so the timeout is longer than the longest that a write may take (15 s).
PING_INTERVAL_SECONDS = 5
PING_TIMEOUT_SECONDS = 20
IDLE_SECONDS = 75
# Of one socket that does not read. A page that is only slow is told of a hundred changes at most before a ping is late.
MOST_UNSENT = 5000
MOST_UNSENT_BYTES = 16 * 1024 * 1024
# Pages join with their first message.
JOIN_SECONDS = 30.0
STOP_SECONDS = 3.0


def init_app(app: Flask, socketio: SocketIO, config: "Config") -> None:
    """Put Socket.IO in front of the application, and the door in front of both."""
    socketio.init_app(app, **socketio_options(config))
    refuse_malformed(socketio)
    app.wsgi_app = Door(app.wsgi_app)  # type: ignore[method-assign]
    app.extensions["door"] = app.wsgi_app
    hops = config.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def socketio_options(config: "Config") -> dict[str, Any]:
    """What Flask-SocketIO is told."""
    return {
        "async_mode": config.async_mode,
        "async_handlers": False,
        "manage_session": False,
        "max_http_buffer_size": MESSAGE_BYTES,
        "ping_interval": PING_INTERVAL_SECONDS,
        "ping_timeout": PING_TIMEOUT_SECONDS,
        "cors_allowed_origins": same_origin(config.base_url),
        "serializer": wire.Packet,
        "json": wire,
    }


def same_origin(base_url: str | None) -> Callable[[str, dict[str, Any]], bool]:
    """Whether a page may open a socket: one that came from the address it asks, or from `base_url`."""
    public = urlsplit(base_url).netloc if base_url else None

    def is_same(origin: str, environ: dict[str, Any]) -> bool:
        # Only the host counts: behind a proxy this process does not know whether the page came by https.
        return urlsplit(origin).netloc in (environ.get("HTTP_HOST"), public)

    return is_same


# ---------------------------------------------------------------- what is no message, and what is too much


def refuse_malformed(socketio: SocketIO) -> None:
    """Have a socket that sends what is no message closed, with one line in the log.

    The library writes a stack trace for each; what a stranger sends would fill the log.
    """
    eio = socketio.server.eio
    handle, websocket = eio.handlers["message"], eio._async["websocket"]
    buckets: WeakKeyDictionary[Any, Bucket] = WeakKeyDictionary()

    def take(sid: str, data: Any) -> None:
        line, now = eio.sockets.get(sid), time.monotonic()
        bucket = buckets.get(line)
        if bucket is None and line is not None:
            bucket = buckets[line] = Bucket(pacing.PACKETS, now)
        while bucket is not None and bucket.take(now, 1 + len(data) // pacing.PACKET_BYTES):
            if bucket.is_news(now):
                log.warning("A socket sends more than it may: it is read slowly")
            socketio.sleep(pacing.PAUSE_SECONDS)
            now = time.monotonic()
        try:
            handle(sid, data)
        except Exception as error:
            told = log.isEnabledFor(logging.DEBUG)
            log.warning("A socket sent what is no message (%s): it is closed", type(error).__name__, exc_info=told)
            drop(socketio, sid, "malformed")

    def checked(handler: Callable[[Any], Any], *arguments: Any) -> Any:
        return websocket(lambda line: handler(CheckedLine(line)), *arguments)

    eio.on("message", take)
    eio._async = {**eio._async, "websocket": checked}


def drop(socketio: SocketIO, eio_sid: str, reason: str) -> None:
    """Close a connection without waiting for whoever is at its other end."""
    line = socketio.server.eio.sockets.get(eio_sid)
    if line is not None:
        metrics.CLOSED_SOCKETS.labels(reason).inc()
        line.close(wait=False, abort=True)


def close_stuck(socketio: SocketIO, now: float) -> None:
    """Close the sockets that do not read what they are sent, and those that joined no session in time.

    What is sent to a socket waits in this process until it is read. `now` is seconds on `time.monotonic`.
    """
    server = socketio.server
    for eio_sid, line in list(server.eio.sockets.items()):
        if line.closed:
            continue
        waiting = list(line.queue.queue)
        told = [packet.data for packet in waiting if packet is not None]
        held = sum(len(data) for data in told if isinstance(data, (str, bytes)))
        if len(waiting) > MOST_UNSENT or held > MOST_UNSENT_BYTES:
            log.warning("A socket does not read: %d messages wait for it, %d bytes; it is closed", len(waiting), held)
            # Its thread may be stuck in the middle of a message for a while yet; what waits need not be kept for that.
            line.queue.queue.clear()
            drop(socketio, eio_sid, "stuck")
        elif any(server.manager.sid_from_eio_sid(eio_sid, name) for name in server.handlers):
            _joined_none_since.pop(line, None)
        elif now - _joined_none_since.setdefault(line, now) > JOIN_SECONDS:
            drop(socketio, eio_sid, "silent")


_joined_none_since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


class CheckedLine:
    """A WebSocket that ends when it brings what is no packet."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def wait(self) -> str | bytes | None:
        """The next message, or None at the end."""
        data: str | bytes | None = self._line.wait()
        return data if wire.is_frame(data) else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


# ---------------------------------------------------------------- events


def on_event(
    socketio: SocketIO, name: str, handler: Callable[..., Any], *, namespace: str, in_app: bool = True
) -> None:
    """Have `handler(sid, payload)` answer an event with no request and, unless `in_app`, no application context.

    What it returns is the acknowledgement. A `ProctorError` becomes one that tells the code, the sentence and the
    field; anything else is written to the log, without the payload, and told as `internal`.
    """
    context = socketio.sockio_mw.flask_app.app_context if in_app else nullcontext

    @wraps(handler)
    def answer(sid: str, *payload: Any) -> Any:
        now = time.monotonic()
        seconds, bucket = pace.take(sid, name, now)
        if seconds:
            return slow_down(socketio, name, seconds, is_news=bucket.is_news(now))
        try:
            with stopping.traffic.one(), context():
                return handler(sid, *payload[:1])
        except ProctorError as error:
            return error.as_ack()
        except Exception:
            log.exception("The event %s of %s failed", name, namespace)
            return INTERNAL.as_ack()

    socketio.server.on(name, answer, namespace=namespace)


def slow_down(socketio: SocketIO, name: str, seconds: float, *, is_news: bool) -> dict[str, Any]:
    """Have a socket that floods wait a little, then tell it when it may send the same again."""
    metrics.SLOWED.labels(name).inc()
    if is_news:
        log.warning("A page sends too many %s messages: it is slowed and told", name)
    socketio.sleep(pacing.PAUSE_SECONDS)
    message = f"Too many of these at once. Send it again in {max(1, round(seconds))} s."
    return ProctorError("slow_down", message, http_status=429, retry_after=round(seconds, 2) + 0.01).as_ack()


INTERNAL = ProctorError(
    "internal", "Something went wrong on our side. It has been written to the log.", http_status=500
)


def answered_at(socketio: SocketIO, sid: str, namespace: str, now: datetime) -> datetime | None:
    """A moment since which the page behind a socket has surely answered, at most two pings old; None without a socket.

    Engine.IO asks again one interval after each answer. `last_ping` is when it asked, or None while no question is
    open; so the latest answer came at most one interval before the question, or before now.
    """
    server = socketio.server
    socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, namespace))
    if socket is None:
        return None
    asked_at = clock.from_ms(socket.last_ping * 1000) if socket.last_ping else now
    return asked_at - timedelta(seconds=PING_INTERVAL_SECONDS)


# ---------------------------------------------------------------- connections


class Door:
    """The WSGI application that every request meets first."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()
        self.requests = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on, with no offer to compress messages. Requests under way are counted, sockets are not."""
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        if environ.get("PATH_INFO", "").startswith("/socket.io/"):
            frames.read_ahead(environ)
            if environ.get("REQUEST_METHOD") == "POST" and not _take_payload(environ):
                start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Connection", "close")])
                return [b"These are no packets."]
            return self._application(environ, start_response)
        with self._lock:
            self.requests += 1
        try:
            return self._application(environ, start_response)
        finally:
            with self._lock:
                self.requests -= 1


def _take_payload(environ: dict[str, Any]) -> bool:
    """Read the body of a polling request; whether it holds packets. The library would wait for ever over others."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and 0 < int(length) <= MESSAGE_BYTES):
        return False
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return wire.is_payload(body)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send each message at once: they inherit TCP_NODELAY from it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host.strip("[]"), port), family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class TlsListener:
    """A listening socket whose connections speak TLS. Each shakes hands in its own time, when it is first read."""

    def __init__(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        self._listener = listener
        self.context = context

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection. One that is gone already is passed over: to the server it would be the end."""
        while True:
            connection, address = self._listener.accept()
            try:
                return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address
            except (OSError, ValueError):
                connection.close()

    def do_handshake(self) -> None:
        """Nothing. eventlet tells its applications `https` where a listener has this."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)


def accept_in_threads(app: Flask) -> Callable[[Any], None]:
    """What serves the `threading` mode: a thread for each connection."""

    def accept(listener: socket.socket | TlsListener) -> None:
        host, port = listener.getsockname()[:2]
        server = make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
        if isinstance(listener, TlsListener):
            server.socket = TlsListener(server.socket, listener.context)  # type: ignore[assignment]
            server.ssl_context = listener.context
        server.serve_forever()

    return accept


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each request: addresses of pages hold links' tokens."""

    timeout = IDLE_SECONDS

    def run_wsgi(self) -> None:
        """Answer one request. A connection that was a WebSocket carries no other request after it."""
        super().run_wsgi()
        if "Upgrade" in self.headers:
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def serve(
    app: Flask,
    socketio: SocketIO,
    accept: Callable[[Any], None],
    host: str,
    port: int,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Have `accept(listener)` serve until SIGTERM or Ctrl-C, then let requests and messages under way finish.

    Pages are told to come back, and what they had not got acknowledged they send again.
    Raises `OSError` when the address cannot be had, and whatever ended `accept` by itself.
    """
    allow_many_files()
    listener: Any = listen(host, port) if tls is None else TlsListener(listen(host, port), tls)
    failures: list[BaseException] = []
    waiting, waking = socket.socketpair()

    def run() -> None:
        try:
            accept(listener)
        except BaseException as error:
            failures.append(error)
        finally:
            waking.send(b"\0")

    # What was made until now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    waking.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(waking.fileno())
    socketio.start_background_task(run)
    log.info("Serving on %s port %d", host, port)
    waiting.recv(1)
    listener.close()
    deadline = time.monotonic() + STOP_SECONDS
    while app.extensions["door"].requests and time.monotonic() < deadline:
        socketio.sleep(0.02)
    stopping.drain(socketio, deadline)
    if failures:
        raise failures[0]


def allow_many_files() -> None:
    """Raise the process's own limit of open files as far as it may: each socket is one, and 1024 is a usual start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
