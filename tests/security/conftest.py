"""What attackers' tests share: every route there is, with an address for it."""

import re
from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Rule

# Files of ours and of the browser packages: nothing of anybody's is in them.
FILES = ("static", "assets.")
SAMPLES = {"int": 1, "path": "x.js"}


def routes(app: Any) -> Iterator[tuple[str, str, Rule]]:
    """Every method of every route that is no file, with an address whose parts name nothing."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(FILES):
            continue
        values = {name: 1 if "Integer" in type(rule._converters[name]).__name__ else "x" for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, path, rule


def failures(log: str, *sessions: str) -> list[str]:
    """The stack traces in a server's log, but for those about sessions of tests that are over, whose data is gone."""
    told = re.split(r"^(?=\d{4}-\d\d-\d\d )", log, flags=re.M)
    return [one for one in told if "Traceback" in one and _concerns(one, sessions)]


def _concerns(record: str, sessions: tuple[str, ...]) -> bool:
    named = re.findall(r"session (\w+-\w+-\w+-\w+)", record)
    return not named or any(one in sessions for one in named)
