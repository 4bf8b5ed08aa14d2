"""The one error that a user can cause, and its one mapping to each door.

    ProctorError            something a person or a program asked for cannot be done
        code                stable, for programs: `not_found`, `invalid`, `not_allowed`, ...
        message             a sentence for people: what happened and what to do
        field               the name of the input at fault, when there is one
        http_status         the status that the HTTP door answers with
        retry_after         seconds after which the same may be asked again, where that is known

HTTP pages get an error page or fragment, the JSON API gets RFC 9457 problem details, a socket
event gets `{ok: false, error: {code, message, field}}` as its acknowledgement.
"""

import logging
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from pymongo.errors import ConnectionFailure
from werkzeug.exceptions import HTTPException, InternalServerError

log = logging.getLogger(__name__)


class ProctorError(Exception):
    """A request that cannot be met, with a stable code and a sentence for people."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        http_status: int = 400,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.code = code
        self.message = message
        self.field = field
        self.http_status = http_status

    def as_ack(self) -> dict[str, Any]:
        """The acknowledgement that a socket event gets."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "field": self.field}
        if self.retry_after is not None:
            error["retry_after"] = self.retry_after
        return {"ok": False, "error": error}

    def as_problem(self) -> dict[str, Any]:
        """RFC 9457 problem details."""
        problem = {
            "type": f"urn:proctor:error:{self.code}",
            "title": self.message,
            "status": self.http_status,
            "code": self.code,
        }
        if self.field:
            problem["field"] = self.field
        return problem


def not_found(what: str) -> ProctorError:
    """Nothing here by that name, or nothing that the asker may know of: the two look the same."""
    return ProctorError("not_found", f"There is no such {what}, or it is not open to you.", http_status=404)


def invalid(field: str, message: str) -> ProctorError:
    """The input named `field` cannot be used; `message` says what would be."""
    return ProctorError("invalid", message, field=field, http_status=422)


def not_allowed(message: str) -> ProctorError:
    """The asker is known but may not do this."""
    return ProctorError("not_allowed", message, http_status=403)


def conflict(code: str, message: str) -> ProctorError:
    """The thing has moved on meanwhile."""
    return ProctorError(code, message, http_status=409)


# ---------------------------------------------------------------- the HTTP door


HTTP_SENTENCES = {
    401: "Sign in first.",
    403: "This is not open to you.",
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    413: "That was too large.",
    415: "That is not a kind of content this address takes.",
    429: "Too many tries in a short time. Wait a minute, then try again.",
    500: "Something went wrong on our side. It has been written to the log; please try again.",
}


def init_app(app: Flask) -> None:
    """Answer every error at the HTTP door in the form that the asker reads."""
    app.register_error_handler(ProctorError, answer)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(ConnectionFailure, _answer_database_away)
    app.register_error_handler(Exception, _answer_unexpected)


def answer(error: ProctorError) -> Response:
    """Problem details for programs, a fragment for htmx, a page for people."""
    if request.path.startswith("/api/"):
        response = jsonify(error.as_problem())
        response.content_type = "application/problem+json"
    else:
        response = make_response(render_template("errors/error.html", error=error))
    response.status_code = error.http_status
    return response


def _answer_csrf(_error: CSRFError) -> Response:
    message = "This page has been open too long or came from elsewhere. Reload it and try again."
    return answer(ProctorError("csrf", message, http_status=400))


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return make_response(error.response)
    message = HTTP_SENTENCES.get(status, error.name)
    code = error.name.lower().replace(" ", "_")
    response = answer(ProctorError(code, message, http_status=status))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _answer_database_away(error: ConnectionFailure) -> Response:
    log.error("The database does not answer: %s", str(error).partition(", Timeout:")[0])
    message = "The database does not answer. What was stored is safe; try again in a moment."
    return answer(ProctorError("database_away", message, http_status=503))


def _answer_unexpected(error: Exception) -> Response:
    # The path may hold a link's token, so only the route's pattern is written down.
    log.error("Unexpected error at %s", request.url_rule, exc_info=error)
    return _answer_http(InternalServerError())
