"""Fields of documents that are written: what says nothing is left out."""

from collections.abc import Mapping
from typing import Any

Plain = dict[str, Any]


def said(**fields: Any) -> Plain:
    """The fields that say something; 0 does, and so does an empty name."""
    return {key: value for key, value in fields.items() if key == "name" or not _empty(value)}


def _empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | Mapping) and not value)
