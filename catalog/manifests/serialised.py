"""The semantic manifest as dbt writes it after parsing a project: whole objects, absent fields as null."""

from collections.abc import Iterator
from typing import Any, Final

_LISTS: Final = ("semantic_models", "metrics", "saved_queries")
_SINGLE: Final = ("semantic_model", "metric", "saved_query", "project_configuration")


def is_serialised(value: Any) -> bool:
    """Whether a tool wrote the document: it has a project's whole configuration, or objects with metadata."""
    if not isinstance(value, dict):
        return False
    whole = isinstance(value.get("semantic_models"), list) and "project_configuration" in value
    return whole or any(isinstance(one, dict) and "metadata" in one for one in _objects(value))


def _objects(value: dict[str, Any]) -> Iterator[Any]:
    for name in _LISTS:
        each = value.get(name)
        yield from each[:1] if isinstance(each, list) else ()
    yield from (value.get(name) for name in _SINGLE)


def without_nulls(value: Any) -> Any:
    """The same without the fields that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
