"""Lineage: what is made from what, down to the column, and what the one does for the other."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from catalog.domain.errors import UsageError
from catalog.domain.identity import AssetKey

EVERY_ROW: Final = "*"


class LineageRole(StrEnum):
    """What something does for what is made from it.

    `VALUE`, `FILTER` and `KEY` decide a number, `TIME` places it, `GROUP` only splits it, `PART` belongs to
    the whole.
    """

    FILTER = "filter"
    GROUP = "group"
    KEY = "key"
    PART = "part"
    TIME = "time"
    VALUE = "value"


DECIDING: Final = frozenset({LineageRole.FILTER, LineageRole.KEY, LineageRole.VALUE})


@dataclass(frozen=True, slots=True, order=True)
class SourceColumn:
    """A column of a relation as a query reads it, and what it does there.

    The column is `*` where the rows themselves are counted.
    """

    relation: str
    column: str
    role: LineageRole


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of a result with every column that it depends on, each once for each role."""

    name: str
    sources: tuple[SourceColumn, ...]


class NodeKind(StrEnum):
    """What stands in the graph: assets, the parts of a metric, the parts of a product."""

    COLUMN = "column"
    CONTRACT = "contract"
    DATA_PRODUCT = "data_product"
    DIMENSION = "dimension"
    ENTITY = "entity"
    MEASURE = "measure"
    METRIC = "metric"


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """One thing in the graph, written `kind:name`.

    Names: `domain.name` of assets, `domain.model.name` of measures, dimensions and entities,
    `domain.product/object/column` of columns as the data carries them, the id of contracts.
    """

    kind: NodeKind
    name: str

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `kind:name`; raises `UsageError` on anything else."""
        kind, colon, name = text.partition(":")
        if not (colon and name) or kind not in set(NodeKind):
            raise UsageError(
                f"{text[:128]!r} names nothing that lineage knows.",
                remedy="write metric:sales.gmv, data_product:sales.orders, contract:ID or "
                "column:sales.orders/orders/amount",
            )
        return cls(NodeKind(kind), name)

    @classmethod
    def of(cls, key: AssetKey) -> Self:
        """The node of an asset."""
        return cls(NodeKind(key.kind.value), key.qualified_name)

    @classmethod
    def column(cls, product: str, item: str, name: str) -> Self:
        """The node of a column of an object of a product."""
        return cls(NodeKind.COLUMN, f"{product}/{item}/{name}")


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """`downstream` is made from `upstream`, which does for it what `role` says."""

    downstream: Node
    upstream: Node
    role: LineageRole
