"""One scan: a model with its joins and filters, and every measure that is aggregated over its rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from catalog.domain.semantic_model import Dimension, DimensionType, Entity, SemanticModel
from catalog.metrics.expand import Leaf
from catalog.metrics.expression import element_expression, every, some
from catalog.metrics.paths import Join
from catalog.metrics.plan.aggregate import Aggregate, AggregatedMeasure
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.keep_boundary import KeepBoundary
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class Boundary:
    """Which moment of a window a measure is taken at, for one over time not additive."""

    time: Field
    last: bool
    groups: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class BoundLeaf:
    """A measure with everything it needs from its model's rows; equal conditions are the same object."""

    leaf: Leaf
    keys: tuple[Field, ...]
    joins: tuple[Join, ...]
    conditions: tuple[BoundCondition, ...]
    aggregate: exp.Expr
    boundary: Boundary | None = None

    @property
    def scan(self) -> tuple[object, ...]:
        """Leaves with the same value are aggregated in the same scan; one that keeps a boundary is alone."""
        return (self.leaf.model.name, self.keys, self.leaf.name if self.boundary else "")


def scan_of(leaves: list[BoundLeaf], relation_of: Callable[[SemanticModel], str]) -> Aggregate:
    """The plan of one scan; conditions that all measures share filter its rows, others their own aggregates.

    Raises `ExpressionRefused` for a join key that is not allowed.
    """
    model = leaves[0].leaf.model
    joins = {join.alias: (join, _equalities(join)) for one in leaves for join in one.joins}
    shared = [one for one in leaves[0].conditions if all(one in leaf.conditions for leaf in leaves)]
    own = [tuple(one for one in leaf.conditions if one not in shared) for leaf in leaves]
    filters = shared + ([_any(own)] if all(own) else [])
    keys = [side for _, on in joins.values() for pair in on for side in pair]
    read = _Reading(relation_of, _columns([*_trees(leaves, filters), *keys]))
    node = _filtered(read.model(model, model.name), [one for one in filters if one.relations <= {model.name}])
    for join, on in joins.values():
        node = JoinModel(node, read.model(join.model, join.alias), join.left.name, on)
    node = _filtered(node, [one for one in filters if not one.relations <= {model.name}])
    if boundary := leaves[0].boundary:
        node = KeepBoundary(node, boundary.time, boundary.last, boundary.groups)
    measures = tuple(_measure(leaf, rest) for leaf, rest in zip(leaves, own, strict=True))
    return Aggregate(node, model.name, leaves[0].keys, measures)


@dataclass(frozen=True, slots=True)
class _Reading:
    relation_of: Callable[[SemanticModel], str]
    columns: dict[str, tuple[str, ...]]

    def model(self, model: SemanticModel, alias: str) -> ReadModel:
        """The model's relation with the columns that are needed of it."""
        return ReadModel(model.name, self.relation_of(model), alias, self.columns.get(alias, ()))


def _measure(one: BoundLeaf, conditions: tuple[BoundCondition, ...]) -> AggregatedMeasure:
    measure = one.leaf.measure
    return AggregatedMeasure(one.leaf.name, measure.name, measure.agg, one.aggregate, conditions)


def _filtered(node: Node, conditions: list[BoundCondition]) -> Node:
    return FilterRows(node, tuple(conditions)) if conditions else node


def _any(own: list[tuple[BoundCondition, ...]]) -> BoundCondition:
    """Rows that at least one measure counts: groups without any are not groups of the result."""
    trees = [every([one.tree.copy() for one in conditions]) for conditions in own]
    texts = [" and ".join(one.text for one in conditions) for conditions in own]
    relations = frozenset(name for conditions in own for one in conditions for name in one.relations)
    return BoundCondition(f"({' or '.join(dict.fromkeys(texts))})", some(trees), relations)


def _equalities(join: Join) -> tuple[tuple[exp.Expr, exp.Expr], ...]:
    """What must be equal: the entity, and every partition that both sides have."""
    pairs = [(_side(join.left, join.left_alias), _side(join.right, join.alias))]
    pairs += [(_side(one.left, one.left_alias), _side(one.right, join.alias)) for one in join.partitions]
    return tuple(pairs)


def _side(element: Entity | Dimension, alias: str) -> exp.Expr:
    is_time = isinstance(element, Dimension) and element.type is DimensionType.TIME
    grain = element.granularity if is_time and isinstance(element, Dimension) else None
    expression = element_expression(element.name, element.expr)
    return Field(element.name, alias, element.name, expression, grain).tree


def _trees(leaves: list[BoundLeaf], filters: Iterable[BoundCondition]) -> Iterator[exp.Expr]:
    for one in leaves:
        yield one.aggregate
        yield from (condition.tree for condition in one.conditions)
    yield from (key.tree for key in leaves[0].keys)
    if boundary := leaves[0].boundary:
        yield from (one.tree for one in (boundary.time, *boundary.groups))
    yield from (one.tree for one in filters)


def _columns(trees: Iterable[exp.Expr]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for tree in trees:
        for one in tree.find_all(exp.Column):
            found.setdefault(one.table, set()).add(one.name)
    return {alias: tuple(sorted(names)) for alias, names in found.items()}
