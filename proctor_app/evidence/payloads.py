"""The `evidence` message, checked before anything else sees it. What lies in the picture is `pictures`' to check."""

from dataclasses import dataclass
from typing import Any

from proctor_app.errors import invalid
from proctor_app.incidents.payloads import LAST_MS, UUID

JPEG_BYTES = 40 * 1024
JPEG_START = b"\xff\xd8\xff"


@dataclass(frozen=True)
class EvidencePayload:
    """A still that belongs to the observation of that id; `at_ms` is when it was taken, on the candidate's clock."""

    observation: str
    at_ms: int
    jpeg: bytes

    @classmethod
    def parse(cls, raw: Any) -> "EvidencePayload":
        """Check a message from the wire. Raises `invalid`, naming the field."""
        if not isinstance(raw, dict):
            raise invalid("payload", "The message must be an object.")
        observation, at, jpeg = raw.get("observation"), raw.get("at"), raw.get("jpeg")
        if not isinstance(observation, str) or not UUID.fullmatch(observation):
            raise invalid("observation", "observation must be the UUID of an observation, in small letters.")
        if isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 <= at <= LAST_MS:
            raise invalid("at", f"at must be a number from 0 to {LAST_MS}.")
        if not isinstance(jpeg, bytes) or not jpeg.startswith(JPEG_START):
            raise invalid("jpeg", "jpeg must be the bytes of a JPEG picture.")
        if len(jpeg) > JPEG_BYTES:
            raise invalid("jpeg", f"jpeg holds {JPEG_BYTES} bytes at most; this one has {len(jpeg)}.")
        return cls(observation, round(at), jpeg)
