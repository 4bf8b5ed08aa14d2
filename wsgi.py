"""The web process: monkey-patch first where eventlet serves, then build the application and serve it."""

# ruff: noqa: E402
import ssl
import warnings

from config import Config

config = Config.from_env()
if config.async_mode == "eventlet":
    warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

from proctor_app import certificate, create_app, frames, webserver
from proctor_app.extensions import socketio
from proctor_app.live import ticking

app = create_app(config)


def accept_in_greenlets(listener: object) -> None:
    """What serves the `eventlet` mode."""
    import eventlet.websocket
    import eventlet.wsgi

    class Protocol(eventlet.wsgi.HttpProtocol):
        """Of a connection that speaks no TLS where HTTPS is served, nothing is worth a stack trace."""

        def handle(self) -> None:
            try:
                super().handle()
            except ssl.SSLError:
                self.close_connection = True

    frames.install(eventlet.websocket.RFC6455WebSocket)
    eventlet.wsgi.server(
        listener,
        app,
        max_size=webserver.MAX_CONNECTIONS,
        keepalive=webserver.IDLE_SECONDS,
        socket_timeout=webserver.IDLE_SECONDS,
        protocol=Protocol,
        log_output=False,
        debug=False,
    )


if __name__ == "__main__":
    ticking.start(app)
    accept = accept_in_greenlets if config.async_mode == "eventlet" else webserver.accept_in_threads(app)
    tls = certificate.ensure(config.data_dir, config.host).context() if config.https else None
    webserver.serve(app, socketio, accept, config.host, config.port, tls)
    with app.app_context():
        ticking.tick()
