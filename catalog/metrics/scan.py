"""One scan: a model with its joins and filters, and every measure that is aggregated over its rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from sqlglot import exp

from catalog.domain.semantic_model import (
    Dimension,
    DimensionType,
    Entity,
    SemanticModel,
    TimeSpine,
)
from catalog.metrics.estimate import DistinctEstimate, over_registers
from catalog.metrics.expand import ROWS, Conversion, Leaf
from catalog.metrics.expression import column, element_expression, every, some
from catalog.metrics.join_rule import JoinRule
from catalog.metrics.linking import SpineJoin
from catalog.metrics.paths import Join, validity_of
from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.count_conversions import CountConversions
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.fill_time import FillTime
from catalog.metrics.plan.filter_rows import FilterRows
from catalog.metrics.plan.join_metric import JoinMetric
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.join_spine import JoinSpine
from catalog.metrics.plan.keep_boundary import KeepBoundary
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.plan.shift_calendar import ShiftCalendar
from catalog.metrics.plan.source import Source
from catalog.metrics.plan.spine_periods import SpinePeriods
from catalog.metrics.plan.take_period import TakePeriod

# A join, what must be equal, and the validity that must hold.
MetModel: TypeAlias = tuple[Join, tuple[tuple[exp.Expr, exp.Expr], ...], exp.Expr | None]
Rows = TypeVar("Rows", bound=Node)
RelationOf: TypeAlias = Callable[[SemanticModel | TimeSpine], str]


@dataclass(frozen=True, slots=True)
class Boundary:
    """Which moment of a window a measure is taken at, for one over time not additive."""

    time: Field
    last: bool
    groups: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class MetricJoin:
    """The values of a metric by an entity, for filters."""

    alias: str
    name: str
    plan: Node = field(compare=False)
    on: tuple[tuple[exp.Expr, exp.Expr], ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """The periods that all stand in the result, with the spine and the conditions that choose them.

    `of_groups` are conditions of the groups that result.
    """

    periods: tuple[Field, ...]
    spine: TimeSpine
    alias: str
    calendars: tuple[SpineJoin, ...]
    conditions: tuple[BoundCondition, ...]
    of_groups: tuple[BoundCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class BoundConversion:
    """The rows that a leaf's rows became; `time`, `entity` and `constant` pair opportunity and conversion."""

    conversion: Conversion
    time: tuple[exp.Expr, exp.Expr]
    equal: tuple[tuple[exp.Expr, exp.Expr], ...]
    joins: tuple[Join, ...]
    conditions: tuple[BoundCondition, ...]


@dataclass(frozen=True, slots=True)
class BoundLeaf:
    """A measure with everything it needs from its model's rows; equal conditions are the same object."""

    leaf: Leaf
    keys: tuple[Field, ...]
    joins: tuple[Join, ...]
    conditions: tuple[BoundCondition, ...]
    aggregate: exp.Expr
    boundary: Boundary | None = None
    spines: tuple[SpineJoin, ...] = ()
    metrics: tuple[MetricJoin, ...] = ()
    filled: Filled | None = None
    period: Field | None = None
    conversion: BoundConversion | None = None
    before_time: frozenset[str] = frozenset()

    @property
    def scan(self) -> tuple[object, ...]:
        """Leaves with the same value are aggregated in the same scan; one that keeps a boundary is alone.

        Estimates of one value share their registers.
        """
        leaf = self.leaf
        alone = self.boundary or self.filled or self.conversion or self.period
        estimate = self.aggregate if isinstance(self.aggregate, DistinctEstimate) else None
        return (leaf.model.name, self.keys, leaf.steps, leaf.name if alone else "", estimate)


def source_of(leaves: list[BoundLeaf], relation_of: RelationOf) -> Source:
    """The plan of one scan, with what is done to its groups; raises `ExpressionRefused` for a join key."""
    first = leaves[0]
    aggregate = scan_of(leaves, relation_of)
    source: Source = aggregate
    if first.conversion:
        source = _converted(first, first.conversion, aggregate, relation_of)
    elif isinstance(first.aggregate, DistinctEstimate):
        source = over_registers(aggregate)
    if filled := first.filled:
        read = _Reading(
            relation_of, _columns([*_filled_trees(filled), *(one.tree for one in filled.periods)])
        )
        moments: Node = read.spine(filled.spine, filled.alias)
        moments = _calendars(moments, filled.calendars, read)
        moments = _filtered(moments, [*filled.conditions])
        source = FillTime(source, moments, filled.periods, filled.of_groups)
    if first.period:
        source = TakePeriod(source, first.period, first.leaf.period, first.leaf.missing)
    return source


def scan_of(leaves: list[BoundLeaf], relation_of: RelationOf) -> Aggregate:
    """One scan; conditions that all measures share filter its rows, others their own aggregates.

    Raises `ExpressionRefused` for a join key that is not allowed.
    """
    leaf = leaves[0].leaf
    model = leaf.model
    met = {join.alias: join for one in leaves for join in one.joins}
    joins = {alias: met_model(join, leaf) for alias, join in met.items()}
    spines = {join.alias: join for one in leaves for join in one.spines}
    looked = {join.alias: join for one in leaves for join in one.metrics}
    shared = [one for one in leaves[0].conditions if all(one in other.conditions for other in leaves)]
    own = [tuple(one for one in other.conditions if one not in shared) for other in leaves]
    filters = shared + ([_any(own)] if all(own) else [])
    trees = [side for _, on, _ in joins.values() for pair in on for side in pair]
    trees += [valid for _, _, valid in joins.values() if valid] + [one.on for one in spines.values()]
    trees += [side for one in looked.values() for pair in one.on for side in pair]
    read = _Reading(relation_of, _columns([*_trees(leaves, filters), *trees]))
    every_moment = [one for one in spines.values() if one.inner and not isinstance(one.on, exp.Binary)]
    node = _filtered(read.model(model, model.name), [one for one in filters if one.relations <= {model.name}])
    early = [one for alias, one in joins.items() if alias in leaves[0].before_time]
    node = read.joined(node, early, full=leaf.measure is ROWS)
    node = _calendars(node, every_moment, read)
    late = [one for alias, one in joins.items() if alias not in leaves[0].before_time]
    node = read.joined(node, late, full=leaf.measure is ROWS)
    node = _calendars(node, [one for one in spines.values() if one not in every_moment], read)
    for one in looked.values():
        node = JoinMetric(node, one.plan, one.name, one.alias, one.on)
    node = _filtered(node, [one for one in filters if not one.relations <= {model.name}])
    if boundary := leaves[0].boundary:
        node = KeepBoundary(node, boundary.time, boundary.last, boundary.groups)
    measures = tuple(
        _measure(one, rest) for one, rest in zip(leaves, own, strict=True) if one.leaf.measure is not ROWS
    )
    keys = (*leaves[0].keys, *([leaves[0].period] if leaves[0].period else []))
    return Aggregate(node, model.name, keys, measures)


def _converted(
    one: BoundLeaf, bound: BoundConversion, aggregate: Aggregate, relation_of: RelationOf
) -> CountConversions:
    """The conversions of an aggregate's rows, in its groups."""
    model = bound.conversion.model
    joins = [(join, equalities(join), None) for join in bound.joins]
    pairs = [bound.time, *bound.equal]
    trees = [*(late for _, late in pairs), *(each.tree for each in bound.conditions), one.aggregate]
    trees += [side for _, on, _ in joins for pair in on for side in pair]
    read = _Reading(relation_of, _columns(trees))
    node = read.joined(read.model(model, model.name), joins, full=False)
    node = _filtered(node, [*bound.conditions])
    earlier = read_again(aggregate.parent, [early for early, _ in pairs])
    return CountConversions(
        earlier, node, aggregate.source, aggregate.keys, aggregate.measures[0],
        bound.time, bound.equal, bound.conversion.window,
    )  # fmt: skip


def read_again(node: Node, trees: Iterable[exp.Expr]) -> Node:
    """The same rows with the columns of these expressions too."""
    return _widened(node, _columns(trees))


def _widened(node: Node, needed: Mapping[str, tuple[str, ...]]) -> Node:
    if isinstance(node, ReadModel):
        return replace(node, columns=tuple(sorted({*node.columns, *needed.get(node.alias, ())})))
    if isinstance(node, FilterRows | JoinModel | JoinSpine | JoinMetric | KeepBoundary):
        return replace(node, parent=_widened(node.parent, needed))
    return node


@dataclass(frozen=True, slots=True)
class _Reading:
    relation_of: RelationOf
    columns: dict[str, tuple[str, ...]]

    def model(self, model: SemanticModel, alias: str) -> ReadModel:
        """The model's relation with the columns that are needed of it."""
        return ReadModel(model.name, self.relation_of(model), alias, self.columns.get(alias, ()))

    def spine(self, spine: TimeSpine, alias: str) -> ReadModel:
        """The spine's relation with the columns that are needed of it."""
        return ReadModel(spine.name, self.relation_of(spine), alias, self.columns.get(alias, ()))

    def joined(self, node: Node, joins: Iterable[MetModel], *, full: bool) -> Node:
        """The rows with the models that they meet.

        What only another of these models meets is joined to that one first: once for each of its rows, and not
        again for each of `node` that meets it. Most engines keep outer joins in the order that is written.
        """
        return self._met(node, "", _by_place([*joins], full=full), full=full)

    def _met(
        self, rows: Rows, place: str, joins: Mapping[str, list[MetModel]], *, full: bool
    ) -> Rows | JoinModel:
        found: Rows | JoinModel = rows
        for join, on, valid in joins.get(place, ()):
            right = self._met(self.model(join.model, join.alias), join.alias, joins, full=full)
            found = JoinModel(found, right, join.left.name, on, valid, full=full)
        return found


def _by_place(joins: list[MetModel], *, full: bool) -> Mapping[str, list[MetModel]]:
    """The joins by the alias of the model that meets them, or none: those that the rows themselves meet."""
    aliases = set() if full else {join.alias for join, _, _ in joins}
    found: dict[str, list[MetModel]] = {}
    for one in joins:
        place = one[0].left_alias if _by_one_model(one) else ""
        found.setdefault(place if place in aliases else "", []).append(one)
    return found


def _by_one_model(one: MetModel) -> bool:
    """Whether the join looks at one model's rows, and not at the time or partition of others too."""
    join, _, valid = one
    return valid is None and all(each.left_alias == join.left_alias for each in join.partitions)


def _calendars(node: Node, joins: Iterable[SpineJoin], read: _Reading) -> Node:
    for one in joins:
        node = JoinSpine(node, _moved(one, read), one.on, one.inner, one.why)
    return node


def _moved(one: SpineJoin, read: _Reading) -> ReadModel | ShiftCalendar | SpinePeriods:
    spine = read.spine(one.spine, one.alias)
    if one.grain:
        return SpinePeriods(spine, one.spine.column, one.grain)
    if one.shift is None:
        return spine
    name, count, whole = one.shift
    period = next(each.column for each in one.spine.custom_granularities if each.name == name)
    columns = tuple(sorted({one.spine.column, period}))
    return ShiftCalendar(replace(spine, columns=columns), one.spine.column, period, count, whole)


def _valid(join: Join, leaf: Leaf) -> exp.Expr | None:
    """That the right row was valid at the time of the left one; a window without end is still open."""
    window = validity_of(join.model) if join.rule is JoinRule.VALIDITY else None
    if window is None or leaf.time is None:
        return None
    start, end = (_plain(one, join.alias) for one in window)
    time = _plain(leaf.time, leaf.model.name)
    open_end = exp.Is(this=end.copy(), expression=exp.Null())
    before = exp.LT(this=time.copy(), expression=end)
    return every([exp.GTE(this=time, expression=start), exp.Paren(this=some([before, open_end]))])


def _plain(element: Dimension, alias: str) -> exp.Expr:
    return Field(element.name, alias, element.name, element_expression(element.name, element.expr)).tree


def _filled_trees(filled: Filled) -> Iterator[exp.Expr]:
    yield column(filled.spine.column, filled.alias)
    yield from (one.on for one in filled.calendars)
    yield from (one.tree for one in filled.conditions)


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


def met_model(join: Join, leaf: Leaf) -> MetModel:
    """The join with what must hold for a row of the leaf to meet one of the model."""
    return join, equalities(join), _valid(join, leaf)


def equalities(join: Join) -> tuple[tuple[exp.Expr, exp.Expr], ...]:
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
    if leaves[0].period:
        yield leaves[0].period.tree
    if boundary := leaves[0].boundary:
        yield from (one.tree for one in (boundary.time, *boundary.groups))
    yield from (one.tree for one in filters)


def _columns(trees: Iterable[exp.Expr]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for tree in trees:
        for one in tree.find_all(exp.Column):
            found.setdefault(one.table, set()).add(one.name)
    return {alias: tuple(sorted(names)) for alias, names in found.items()}
