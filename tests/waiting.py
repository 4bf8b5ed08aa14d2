"""Waiting for a condition, which is never the same as sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found], what: str, *, timeout: float = 15.0, every: float = 0.02) -> Found:
    """The first true value that `condition()` gives. Fails, naming `what`, after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for: {what} (last seen: {found!r})")
        time.sleep(every)
