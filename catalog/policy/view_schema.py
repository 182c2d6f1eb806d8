"""The published JSON schema of the view, written from its types: nothing of it is kept by hand."""

import json
from collections.abc import Mapping
from functools import cache
from inspect import getdoc
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints, is_typeddict

from catalog.policy.policy_view import PolicyView

SCHEMA_PATH: Final = "schema/policy_view.schema.json"
_PLAIN: Final = {str: "string", bool: "boolean", int: "integer"}
_SUFFIX: Final = "View"


@cache
def view_schema() -> Mapping[str, Any]:
    """JSON Schema 2020-12; every object is closed and every field of it required."""
    definitions: dict[str, Any] = {}
    whole = _object(PolicyView, definitions)
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Policy view"}
    return named | whole | {"$defs": dict(sorted(definitions.items()))}


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(view_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    fields = sorted(get_type_hints(kind, include_extras=True).items())
    return {
        "type": "object",
        "description": " ".join((getdoc(kind) or "").split()),
        "additionalProperties": False,
        "required": [name for name, _ in fields],
        "properties": {name: _value(field, definitions) for name, field in fields},
    }


def _value(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field's type; what has a type of its own is named and stands among the definitions."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(inner[0], definitions) | _said(inner[1:])
    if origin is list:
        return {"type": "array", "items": _value(inner[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(inner[1], definitions)}
    if is_typeddict(kind):
        name = kind.__name__.removesuffix(_SUFFIX)
        name = name[0].lower() + name[1:]
        definitions.setdefault(name, _object(kind, definitions))
        return {"$ref": f"#/$defs/{name}"}
    return {"type": _PLAIN[kind]}


def _said(beside: tuple[str | Mapping[str, Any], ...]) -> dict[str, Any]:
    """What stands beside a type: texts describe, objects are schema already."""
    said: dict[str, Any] = {}
    for one in beside:
        said |= {"description": one} if isinstance(one, str) else one
    return said
