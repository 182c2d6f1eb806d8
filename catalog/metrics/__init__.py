"""Numbers: queries over governed metrics, compiled to one SQL statement that explains itself.

The public interface stands here and is loaded when it is first used, so that importing the room costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from catalog.metrics.compile import CompiledQuery, compile_query
    from catalog.metrics.errors import QueryRefused
    from catalog.metrics.query import MetricQuery, OrderBy
    from catalog.metrics.read import read_semantic_manifest
    from catalog.metrics.saved import saved_query
    from catalog.metrics.validation import validate

__all__ = [
    "CompiledQuery",
    "MetricQuery",
    "OrderBy",
    "QueryRefused",
    "compile_query",
    "read_semantic_manifest",
    "saved_query",
    "validate",
]

_HOMES: Final = {
    "CompiledQuery": "compile",
    "MetricQuery": "query",
    "OrderBy": "query",
    "QueryRefused": "errors",
    "compile_query": "compile",
    "read_semantic_manifest": "read",
    "saved_query": "saved",
    "validate": "validation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
