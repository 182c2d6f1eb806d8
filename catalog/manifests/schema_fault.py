"""What a JSON Schema says against a document, in words and with places."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from jsonschema_rs import ValidationError, ValidationErrorKind

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.manifests.yaml_document import YamlDocument, pointer

_TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_KINDS: Final = {bool: "true or false", dict: "a mapping", list: "a list", str: "text", type(None): "nothing"}
_LONGEST = 200


def findings_of(error: ValidationError, schema: Any, document: YamlDocument) -> Iterator[Finding]:
    """One finding per fault; several unknown fields are several faults."""
    where = error.instance_path
    declared = _declared_remedy(schema, error.schema_path)
    for path, message, remedy in _explained(error, schema):
        place = document.place(pointer([*where, *path]))
        yield FindingCode.SCHEMA_VIOLATED.at(place, message, remedy=declared or remedy)


def _explained(error: ValidationError, schema: Any) -> Iterator[tuple[Sequence[str], str, str]]:
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected):
            for name in unexpected:
                yield (name,), *_unknown(name, _siblings(schema, error.schema_path))
        case ValidationErrorKind.FalseSchema() if "additionalProperties" in error.schema_path[-2:]:
            yield (), *_unknown(_last_field(error), _siblings(schema, error.schema_path))
        case ValidationErrorKind.FalseSchema():
            yield (), f"The field `{_last_field(error)}` does not belong here.", "Remove it."
        case _:
            yield (), *_words(error, _last_field(error))


def _words(error: ValidationError, field: str) -> tuple[str, str]:
    """Message and remedy of a fault that sits in one place."""
    match error.kind:
        case ValidationErrorKind.Required(name):
            return f"The field `{name}` is missing.", f"Add `{name}`."
        case ValidationErrorKind.Type(types):
            return _type(error.instance, field, types)
        case ValidationErrorKind.Enum(options):
            return _choice(error.instance, field, [str(option) for option in options])
        case ValidationErrorKind.Constant(expected):
            return _choice(error.instance, field, [str(expected)])
        case (
            ValidationErrorKind.AnyOf()
            | ValidationErrorKind.OneOfNotValid()
            | ValidationErrorKind.OneOfMultipleValid()
        ):
            return f"`{field}` has none of the forms that it may have.", "Write one of its forms."
        case _:
            return f"`{field}`: {_short(error.message)}.", "Write a value that the standard allows."


def _unknown(name: str, known: Sequence[str]) -> tuple[str, str]:
    close = get_close_matches(name, known, 1, 0.6)
    if close:
        return f"The field `{_short(name)}` is unknown; did you mean `{close[0]}`?", f"Write `{close[0]}`."
    return f"The field `{_short(name)}` is unknown.", "Remove it, or say it in the extension point."


def _type(value: Any, field: str, types: list[str]) -> tuple[str, str]:
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    given = _KINDS.get(type(value), "a number")
    return f"`{field}` is {given} where {wanted} is meant.", f"Write {wanted}."


def _choice(value: Any, field: str, options: list[str]) -> tuple[str, str]:
    """What may stand there; a word that may also be written in capitals is named once."""
    named = [option for option in options if option.islower() or option.lower() not in options]
    close = get_close_matches(str(value)[:_LONGEST], named, 1, 0.6)
    one_of = "one of " if len(named) > 1 else ""
    remedy = f"Write {close[0]}." if close else f"Write {one_of}{_short(', '.join(named))}."
    return f"`{field}` may not be {_short(repr(value))}.", remedy


def _last_field(error: ValidationError) -> str:
    """The field that is meant, with the index of its item: `schema[0]`."""
    indexes = ""
    for part in reversed(error.instance_path):
        if isinstance(part, str):
            return _short(part) + indexes
        indexes = f"[{part}]{indexes}"
    return "document" + indexes


def _siblings(schema: Any, path: Sequence[str | int]) -> list[str]:
    """The fields that are known beside the one that `additionalProperties` refuses."""
    *parents, _ = _nodes(schema, path[: list(path).index("additionalProperties") + 1])
    known = parents[-1].get("properties", {}) if parents else {}
    return list(known)


def _declared_remedy(schema: Any, path: Sequence[str | int]) -> str:
    """The innermost `remedy` on the way to the keyword that failed."""
    remedies = [
        node["remedy"] for node in _nodes(schema, path) if isinstance(node, dict) and "remedy" in node
    ]
    return remedies[-1] if remedies and isinstance(remedies[-1], str) else ""


def _nodes(schema: Any, path: Sequence[str | int]) -> Iterator[Any]:
    """The schema and its parts along a path; a `$ref` leads into the definition it names."""
    node = schema
    yield node
    for part in path:
        node = _step(schema, node, part)
        yield node


def _step(schema: Any, node: Any, part: str | int) -> Any:
    if part != "$ref":
        return node[part]
    for name in node["$ref"].removeprefix("#/").split("/"):
        schema = schema[name]
    return schema


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
