"""The graph of lineage, walked up or down from one node over what is served."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Label,
    Row,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from catalog.domain.errors import UsageError
from catalog.domain.identity import AssetKey
from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.store.columns import Words
from catalog.store.repositories.assets import SERVED, is_asset
from catalog.store.tables.assets import assets, lineage, versions

_OF_A_METRIC: Final = (NodeKind.METRIC, NodeKind.MEASURE, NodeKind.DIMENSION, NodeKind.ENTITY)
_ANY_VERSION: Final = ""
MOST_WALKED: Final = 10_000
MAX_DEPTH: Final = 100


class Direction(StrEnum):
    """Up to what something is made from, or down to what is made from it."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class LineageRow:
    """One link; `decides` is False where it is reached only over what groups.

    `truncated` says of the whole walk, on each of its links, that there is more than it went to.
    """

    cursor: str
    link: Link
    decides: bool
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Every link above or below `node`, each once, in an order that stays.

    A metric is walked up within one version: `version`, or the one that is offered first. Only what is served
    is walked over, so that everybody may see it; an unknown node has no links. Links that lie further than
    `depth` links from the node are left out, 0 for none. The walk ends after `most` links, those at the
    nearest nodes first, and says so: then `decides` is not promised either, and which of the furthest links are left
    out stays only while the store does. 0 walks to the end, however long that takes, as a
    `limit` of 0 gives all of it.
    """

    node: Node
    direction: Direction
    version: str = ""
    after: str = ""
    limit: int = 50
    depth: int = 0
    most: int = MOST_WALKED

    def __post_init__(self) -> None:
        """Raise `UsageError` for a depth that is none."""
        if not 0 <= self.depth <= MAX_DEPTH:
            raise UsageError(
                f"A depth of {self.depth} cannot be walked.",
                remedy=f"write 1 to {MAX_DEPTH} links, or 0 for all",
            )

    def statement(self) -> Select[Any]:
        """A recursive walk and the links at its nodes: so many as are wanted, each taken when it is asked for."""
        near = self._links().subquery("near")
        parts = (near.c.downstream, near.c.upstream, near.c.role)
        each = (
            select(
                *parts,
                func.max(near.c.decides).label("decides"),
                func.min(near.c.id).label("cursor"),
                func.sum(func.count()).over().label("walked"),
            )
            .group_by(*parts)
            .subquery("each")
        )
        truncated = each.c.walked > self.most if self.most else false()
        query = _first(select(each, truncated.label("truncated")).order_by(each.c.cursor), self.limit)
        return query.where(each.c.cursor > self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[LineageRow, ...]:
        """One link per row."""
        return tuple(
            LineageRow(
                row.cursor,
                Link(Node.parse(row.downstream), Node.parse(row.upstream), LineageRole(row.role)),
                bool(row.decides),
                bool(row.truncated),
            )
            for row in rows
        )

    @property
    def _near(self) -> ColumnElement[str]:
        return lineage.c.downstream if self.direction is Direction.UPSTREAM else lineage.c.upstream

    @property
    def _far(self) -> ColumnElement[str]:
        return lineage.c.upstream if self.direction is Direction.UPSTREAM else lineage.c.downstream

    def _links(self) -> Select[Any]:
        """The links at the nodes of the walk, and one more than is walked where there are more.

        Each node but the first was found over one of these links, so a walk that is cut has too many links too.
        The nodes are cut by themselves because SQLite stops a walk early only where nothing is joined to it.
        """
        reached = _first(select(self._walk()), self.most and self.most + 2).subquery("reached")
        found = (
            select(
                lineage.c.id,
                lineage.c.downstream,
                lineage.c.upstream,
                lineage.c.role,
                _still_decides(reached).label("decides"),
            )
            .select_from(reached)
            .join(lineage, self._met(reached))
            .join(versions, versions.c.id == lineage.c.version_id)
            .where(versions.c.status.in_(SERVED))
        )
        return _first(found, self.most and self.most + 1)

    def _walk(self) -> CTE:
        start = self._start()
        if self.depth:
            start = start.add_columns(literal(1, Integer).label("depth"))
        walk = start.cte("walk", recursive=True)
        step = (
            select(self._far, _still_decides(walk), _scope(self._far))
            .join(versions, versions.c.id == lineage.c.version_id)
            .join(walk, self._met(walk))
            .where(versions.c.status.in_(SERVED))
        )
        if self.depth:
            step = step.add_columns(walk.c.depth + 1).where(walk.c.depth < self.depth)
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

    def _met(self, walk: FromClause) -> ColumnElement[bool]:
        same = or_(walk.c.scope == _ANY_VERSION, walk.c.scope == lineage.c.version_id)
        return and_(self._near == walk.c.node, same)


def _text(value: str, name: str) -> Label[str]:
    return type_coerce(literal(value, Words), Words).label(name)


def _scope(node: ColumnElement[str]) -> ColumnElement[str]:
    """The parts of a metric mean something within its version only, the rest in all of them."""
    inner = or_(*(node.startswith(f"{kind}:", autoescape=True) for kind in _OF_A_METRIC))
    return case((inner, lineage.c.version_id), else_=_ANY_VERSION)


def _first(query: Select[Any], number: int) -> Select[Any]:
    """The first rows of the query; all of them for 0."""
    return query.limit(number) if number else query


def _still_decides(walk: FromClause) -> ColumnElement[int]:
    return case((lineage.c.role == LineageRole.GROUP, 0), else_=walk.c.decides)
