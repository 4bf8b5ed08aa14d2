"""The one error that a user can cause, and its one mapping to each door.

    ProctorError            something a person or a program asked for cannot be done
        code                stable, for programs: `not_found`, `invalid`, `not_allowed`, ...
        message             a sentence for people: what happened and what to do
        field               the name of the input at fault, when there is one
        http_status         the status that the HTTP door answers with

HTTP pages get an error page or fragment, the JSON API gets RFC 9457 problem details, a socket
event gets `{ok: false, error: {code, message, field}}` as its acknowledgement.
"""

from typing import Any


class ProctorError(Exception):
    """A request that cannot be met, with a stable code and a sentence for people."""

    def __init__(self, code: str, message: str, *, field: str | None = None, http_status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.http_status = http_status

    def as_ack(self) -> dict[str, Any]:
        """The acknowledgement that a socket event gets."""
        return {"ok": False, "error": {"code": self.code, "message": self.message, "field": self.field}}

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
