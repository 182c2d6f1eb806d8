"""Lineage: what is made from what, down to the column, and what the column does for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EVERY_ROW: Final = "*"


class ColumnRole(StrEnum):
    """What a column does for a value; `GROUP` and `TIME` split or place it, the others decide it."""

    FILTER = "filter"
    GROUP = "group"
    KEY = "key"
    TIME = "time"
    VALUE = "value"


@dataclass(frozen=True, slots=True, order=True)
class SourceColumn:
    """A column of a relation as a query reads it, and what it does there.

    The column is `*` where the rows themselves are counted.
    """

    relation: str
    column: str
    role: ColumnRole


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of a result with every column that it depends on, each once for each role."""

    name: str
    sources: tuple[SourceColumn, ...]
