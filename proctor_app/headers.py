"""Security headers on every answer, a strict Content-Security-Policy first; forms of other sites are refused."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError

# WebAssembly needs 'wasm-unsafe-eval'. Nothing may come from, or go to, another origin.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "connect-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
OURS = (
    "camera",
    "microphone",
    "display-capture",
    "fullscreen",
    "clipboard-write",
    "screen-wake-lock",
    "window-management",
    "publickey-credentials-get",
    "publickey-credentials-create",
)
NOBODYS = (
    "accelerometer",
    "clipboard-read",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join([*(f"{name}=(self)" for name in OURS), *(f"{name}=()" for name in NOBODYS)])
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def init_app(app: Flask) -> None:
    """Put the headers on every response; HSTS where the site is served over HTTPS. Refuse forms of other sites."""
    config = app.config["PROCTOR"]
    # A browser that was told so for a certificate of our own would let nobody past its warning any more.
    lasting_https = config.is_secure and not config.https

    @app.before_request
    def refuse_other_sites() -> None:
        # Beside the token, and without what a page could forge: browsers write this header, scripts cannot.
        if request.method in CHANGING and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise CSRFError("The request comes from another site.")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if lasting_https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        # Pages hold personal data: neither the browser nor a proxy may keep them.
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
