"""Answers in a given shape: what a server is asked for, by how much of it it knows, and how its text is read."""

import json
from typing import Any

from pydantic import BaseModel, ValidationError

from ai.providers.contract import ProviderError, Reason

SCHEMA, OBJECT, TEXT = "json_schema", "json_object", "text"
#: The next lesser way, for a server that refuses one.
LESSER = {SCHEMA: OBJECT, OBJECT: TEXT}


def response_format(shape: type[BaseModel], structure: str) -> dict[str, Any] | None:
    """The call's `response_format`; None where the server is only told in words."""
    if structure == SCHEMA:
        return {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": _strict(shape), "strict": True}}
    return {"type": "json_object"} if structure == OBJECT else None


def told_in_words(shape: type[BaseModel], structure: str) -> str:
    """What the system text needs besides; empty where the server keeps to the schema itself."""
    if structure == SCHEMA:
        return ""
    return f"\n\nAnswer with one JSON object and nothing else. It must fit this JSON schema:\n{json.dumps(_strict(shape))}"


def read(shape: type[BaseModel], text: str) -> BaseModel:
    """The object in an answer, which may stand in a code block or between words. Raises ProviderError."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return shape.model_validate(json.loads(text[start : end + 1]))
    except (ValueError, RecursionError, ValidationError):
        raise ProviderError(Reason.MALFORMED, is_permanent=True) from None


def _strict(shape: type[BaseModel]) -> dict[str, Any]:
    """The schema as OpenAI's strict mode wants it: every property required, no others allowed, no defaults."""
    schema = shape.model_json_schema()
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:
    if isinstance(node, list):
        for one in node:
            _tighten(one)
    if not isinstance(node, dict):
        return
    node.pop("default", None)
    node.pop("title", None) if isinstance(node.get("title"), str) else None
    if node.get("type") == "object" and "properties" in node:
        node["additionalProperties"] = False
        node["required"] = list(node["properties"])
    for one in node.values():
        _tighten(one)
