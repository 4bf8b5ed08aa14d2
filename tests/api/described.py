"""Holds an answer of the API against its own description: what is told to programs must be so."""

import json
from typing import Any

from config import ROOT

DESCRIPTION: dict[str, Any] = json.loads((ROOT / "proctor_app/api/openapi.json").read_text("utf-8"))
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def check_answer(path: str, method: str, answer: Any) -> None:
    """Fails when the status, the content type or a field of `answer` is not as `path` is described."""
    responses = DESCRIPTION["paths"][path][method]["responses"]
    where = f"{method} {path} -> {answer.status_code}"
    assert str(answer.status_code) in responses, f"{where} is not described"
    content = _resolved(responses[str(answer.status_code)])["content"]
    assert answer.mimetype in content, f"{where} is {answer.mimetype}"
    if answer.mimetype.endswith("json"):
        fits(answer.get_json(), content[answer.mimetype]["schema"], where)


def fits(value: Any, schema: dict[str, Any], where: str) -> None:
    """Fails, saying where, when `value` is not as `schema` says: the part of JSON Schema that the description uses."""
    schema = _resolved(schema)
    for one in schema.get("allOf", ()):
        fits(value, one, where)
    if "oneOf" in schema:
        assert any(_fits(value, one) for one in schema["oneOf"]), f"{where}: {value!r}"
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        right = any(isinstance(value, KINDS[kind]) for kind in kinds) and (
            not isinstance(value, bool) or "boolean" in kinds
        )
        assert right, f"{where}: {value!r} is not {kinds}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r} is not among {schema['enum']}"
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            assert name in value, f"{where}: {name} is missing"
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                fits(inner, schema["properties"][name], f"{where}.{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                fits(inner, schema["additionalProperties"], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, inner in enumerate(value):
            fits(inner, schema["items"], f"{where}[{number}]")


def undescribed(value: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """The fields of `value` that `schema` does not name."""
    schema = _resolved(schema)
    named = set(schema.get("properties", {}))
    for one in schema.get("allOf", ()):
        named |= set(_resolved(one).get("properties", {}))
    return set(value) - named


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    try:
        fits(value, schema, "")
    except AssertionError:
        return False
    return True


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: Any = schema
    while "$ref" in found:
        name = found["$ref"]
        found = DESCRIPTION
        for part in name.removeprefix("#/").split("/"):
            found = found[part]
    return found
