"""The JSON API, asked by a program that knows its description, and by one that gets it wrong on purpose."""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode

from proctor_app.accounts import service as accounts
from proctor_app.sessions import service as sessions
from tests.api.conftest import held
from tests.api.described import DESCRIPTION, check_answer
from tests.cast import make_owner
from tests.security.fuzzing import budget

SITE = "http://localhost"
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods if method in METHODS
]
# A server that does not know a method, a path or a content type answers before any operation does.
BEFORE = (400, 404, 405, 413, 415)


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda value: value.strip("/"))
def test_it_answers_as_described(app: Any, path: str, method: str) -> None:
    with app.app_context():
        owner = make_owner()
        token = accounts.add_token(owner, "fuzzer")
        session, _ = sessions.create(str(owner.id), "Backend", "Asha", "", consent=("1", owner.created_at))
        held(session.id, "absence", watched_seconds=8)
        operation = SCHEMA[path][method.upper()]
        client = app.test_client()
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @budget(12)
        @given(cases, st.booleans())
        def fuzz(case: Any, is_real: bool) -> None:
            if is_real and case.path_parameters:
                case.path_parameters["session_id"] = session.id
            told = case.as_transport_kwargs(base_url=SITE + "/api/v1")
            told.pop("cookies", None)
            headers = {**told.pop("headers"), "Authorization": f"Bearer {token}"}
            answer = client.open(
                told["url"].removeprefix(SITE),
                method=told["method"],
                **body_of(told),
                query_string=told["params"],
                headers=headers,
            )
            assert answer.status_code < 500, (case, answer.text)
            if answer.status_code in BEFORE and not re.fullmatch(r".+json", answer.mimetype):
                return
            if str(answer.status_code) in DESCRIPTION["paths"][path][method]["responses"]:
                check_answer(path, method, answer)
            else:
                assert answer.status_code in BEFORE, (case, answer.status_code)

        fuzz()


def body_of(told: dict[str, Any]) -> dict[str, Any]:
    """The body as Flask's client takes it."""
    if "json" in told:
        return {"json": told["json"]}
    return {"data": told["data"]} if told.get("data") is not None else {}
