"""The graph of lineage, walked up or down from one node over what is served."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Label,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from catalog.domain.identity import AssetKey
from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.store.columns import Words
from catalog.store.repositories.assets import SERVED, is_asset
from catalog.store.tables import assets, lineage, versions

_OF_A_METRIC: Final = (NodeKind.METRIC, NodeKind.MEASURE, NodeKind.DIMENSION, NodeKind.ENTITY)
_ANY_VERSION: Final = ""


class Direction(StrEnum):
    """Up to what something is made from, or down to what is made from it."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class LineageRow:
    """One link; `decides` is False where it is reached only over what groups."""

    cursor: str
    link: Link
    decides: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """Every link above or below `node`, each once, in an order that stays.

    A metric is walked up within one version: `version`, or the one that is offered first. Only what is served
    is walked over, so that everybody may see it; an unknown node has no links.
    """

    node: Node
    direction: Direction
    version: str = ""
    after: str = ""
    limit: int = 50

    def statement(self) -> Select[Any]:
        """A recursive walk, then the links at the nodes that it reached."""
        walk = self._walk()
        decides = func.max(_still_decides(walk)).label("decides")
        first = func.min(lineage.c.id).label("cursor")
        parts = (lineage.c.downstream, lineage.c.upstream, lineage.c.role)
        query = (
            select(*parts, decides, first)
            .join(versions, versions.c.id == lineage.c.version_id)
            .join(walk, self._met(walk))
            .where(versions.c.status.in_(SERVED))
            .group_by(*parts)
            .order_by(first)
            .limit(self.limit)
        )
        return query.having(first > self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[LineageRow, ...]:
        """One link per row."""
        return tuple(
            LineageRow(
                row.cursor,
                Link(Node.parse(row.downstream), Node.parse(row.upstream), LineageRole(row.role)),
                bool(row.decides),
            )
            for row in rows
        )

    @property
    def _near(self) -> ColumnElement[str]:
        return lineage.c.downstream if self.direction is Direction.UPSTREAM else lineage.c.upstream

    @property
    def _far(self) -> ColumnElement[str]:
        return lineage.c.upstream if self.direction is Direction.UPSTREAM else lineage.c.downstream

    def _walk(self) -> CTE:
        walk = self._start().cte("walk", recursive=True)
        step = (
            select(self._far, _still_decides(walk), _scope(self._far))
            .join(versions, versions.c.id == lineage.c.version_id)
            .join(walk, self._met(walk))
            .where(versions.c.status.in_(SERVED))
        )
        return walk.union(step)

    def _start(self) -> Select[Any]:
        """The node with the version in which a metric is walked up; anything else is walked in all."""
        columns: tuple[ColumnElement[Any], ...] = (
            _text(str(self.node), "node"),
            literal(1, Integer).label("decides"),
        )
        if self.node.kind is not NodeKind.METRIC or self.direction is Direction.DOWNSTREAM:
            return select(*columns, _text(_ANY_VERSION, "scope"))
        version = self.version or assets.c.served_version
        found = select(*columns, versions.c.id.label("scope")).join(
            assets, assets.c.id == versions.c.asset_id
        )
        return found.where(
            is_asset(AssetKey.parse(str(self.node))),
            versions.c.version == version,
            versions.c.status.in_(SERVED),
        )

    def _met(self, walk: CTE) -> ColumnElement[bool]:
        same = or_(walk.c.scope == _ANY_VERSION, walk.c.scope == lineage.c.version_id)
        return and_(self._near == walk.c.node, same)


def _text(value: str, name: str) -> Label[str]:
    return type_coerce(literal(value, Words), Words).label(name)


def _scope(node: ColumnElement[str]) -> ColumnElement[str]:
    """The parts of a metric mean something within its version only, the rest in all of them."""
    inner = or_(*(node.startswith(f"{kind}:", autoescape=True) for kind in _OF_A_METRIC))
    return case((inner, lineage.c.version_id), else_=_ANY_VERSION)


def _still_decides(walk: CTE) -> ColumnElement[int]:
    return case((lineage.c.role == LineageRole.GROUP, 0), else_=walk.c.decides)
