"""The web process: monkey-patch first where eventlet serves, then build the application and serve it."""

# ruff: noqa: E402
import warnings

from config import Config

config = Config.from_env()
if config.async_mode == "eventlet":
    warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

from proctor_app import create_app, frames, webserver
from proctor_app.extensions import socketio
from proctor_app.live import ticking

app = create_app(config)


def accept_in_greenlets(listener: object) -> None:
    """What serves the `eventlet` mode."""
    import eventlet.websocket
    import eventlet.wsgi

    frames.install(eventlet.websocket.RFC6455WebSocket)
    eventlet.wsgi.server(
        listener,
        app,
        max_size=webserver.MAX_CONNECTIONS,
        keepalive=webserver.IDLE_SECONDS,
        socket_timeout=webserver.IDLE_SECONDS,
        log_output=False,
        debug=False,
    )


if __name__ == "__main__":
    ticking.start(app)
    accept = accept_in_greenlets if config.async_mode == "eventlet" else webserver.accept_in_threads(app)
    webserver.serve(app, socketio, accept, config.host, config.port)
    with app.app_context():
        ticking.tick()
