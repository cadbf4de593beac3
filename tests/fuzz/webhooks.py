"""A right webhook of every event that Telnyx's own description knows, made from its schemas and their examples."""

from collections.abc import Callable
from typing import Any

from tests.edges.telnyx_desk import VALIDATOR

Json = dict[str, Any]
MOST_DEPTH = 6


def all_events(ids: Json) -> list[Json]:
    """One webhook per event, about the call and the room of these ids; none where the description is not there."""
    if VALIDATOR is None:
        return []
    deref: Callable[[Json], tuple[str, Json]] = VALIDATOR._deref
    return [_webhook(name, schema, deref, ids) for name, (_, schema) in sorted(VALIDATOR.event_schemas().items())]


def _webhook(name: str, schema: Json, deref: Callable[[Json], tuple[str, Json]], ids: Json) -> Json:
    made = _make(schema, deref, MOST_DEPTH)
    data: Json = made.get("data", made) if isinstance(made, dict) else {}
    told = data.get("payload")
    payload: Json = told if isinstance(told, dict) else {}
    known = {key: value for key, value in ids.items() if key in payload or key == "connection_id"}
    always = {"event_type": name, "id": "{key}", "record_type": "event"}
    return {"data": {**data, **always, "payload": {**payload, **known}}}


def _make(schema: Json, deref: Callable[[Json], tuple[str, Json]], depth: int) -> Any:
    """A value that this schema allows, with every property that it names."""
    schema = deref(schema)[1] if "$ref" in schema else schema
    if "example" in schema and not isinstance(schema["example"], dict):
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    parts = [
        part for kind in ("allOf", "oneOf", "anyOf") for part in schema.get(kind, [])[: 9 if kind == "allOf" else 1]
    ]
    if parts and depth:
        made = [_make(part, deref, depth - 1) for part in parts]
        return {key: value for one in made if isinstance(one, dict) for key, value in one.items()} or made[0]
    if "properties" in schema and depth:
        return {key: _make(value, deref, depth - 1) for key, value in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_make(schema.get("items", {}), deref, depth - 1)] if depth else []
    return {"integer": 1, "number": 1.5, "boolean": True, "object": {}}.get(str(schema.get("type")), "x")
