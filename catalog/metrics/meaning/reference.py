"""What a filter looks at, as columns that say themselves how they are reached: names of models do not matter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.semantic_model import Dimension, Entity, TimeGranularity, TimeSpine
from catalog.metrics.binding import bind_condition
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Leaf, ScopedFilter
from catalog.metrics.expression import column, element_expression, with_columns
from catalog.metrics.linking import Link, link, time_relation
from catalog.metrics.lookup import Lookup
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.normal import value
from catalog.metrics.name import Reference
from catalog.metrics.paths import Join, validity_of
from catalog.metrics.plan.field import Field

MOMENT: Final = "moment"


class Unclear(Exception):
    """The definition cannot be read to its end; nobody's error, for then the text as written stands for it."""


@dataclass(slots=True)
class Surroundings:
    """One leaf and what its conditions look at: `places` are relations by their alias, `joins` by their place.

    A place is empty for the leaf's own relation, else words about relations and expressions only.
    `defined` gives the definition of a metric that a filter looks at. Raises `Unclear` for what cannot be read.
    """

    lookup: Lookup
    leaf: Leaf
    defined: Callable[[str], str]
    places: dict[str, str] = field(default_factory=dict)
    joins: dict[str, Join] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Rows that are moved in time are looked at by moments of some spine, whichever a query chooses."""
        self.places[self.leaf.model.name] = ""
        if self.leaf.steps and self.leaf.time is not None:
            spine = TimeSpine(MOMENT, MOMENT, MOMENT, self.leaf.time.granularity)
            self.leaf = replace(self.leaf, spine=spine)
            self.places |= {name: name for name in map(time_relation, range(len(self.leaf.steps)))}

    def expression(self, name: str, expr: str) -> exp.Expr:
        """An expression over columns of the leaf's own relation."""
        try:
            return with_columns(element_expression(name, expr), _own)
        except ExpressionRefused as refused:
            raise Unclear from refused

    def element(self, one: Dimension | Entity) -> str:
        """An element's expression as text."""
        return spelled(value(self.expression(one.name, one.expr)))

    def conditions(self, filters: Iterable[ScopedFilter]) -> list[exp.Expr]:
        """The conditions of the filters, over columns by their places."""
        found = []
        for scoped in filters:
            fields = {one: self._field(one, scoped) for one in scoped.filter.references}
            for condition in scoped.filter.conditions:
                try:
                    bound = bind_condition(condition, fields, None)
                except ExpressionRefused as refused:
                    raise Unclear from refused
                found.append(with_columns(bound.tree, self._placed))
        return found

    def named(self, name: str) -> str:
        """What a name in the definition itself looks at, as text."""
        reference = Reference.parse(name) or Reference(name)
        return self._text(self._link(reference, self.leaf.grain, 0).field.tree)

    def _field(self, reference: Reference, scoped: ScopedFilter) -> Field:
        if not reference.metric:
            return self._link(reference, scoped.grain, scoped.outer).field
        entity = self._link(Reference(reference.element), scoped.grain, scoped.outer)
        place = f"metric {self.defined(reference.metric)} by {self._text(entity.field.tree)}"
        self.places[place] = place
        return Field(place, place, reference.metric, column("value"))

    def _link(self, reference: Reference, grain: TimeGranularity, outer: int) -> Link:
        linked = link(self.lookup, self.leaf, reference, grain, outer)
        if isinstance(linked, Finding):
            raise Unclear
        for join in linked.joins:
            place = self.places[join.alias] = self._way(join)
            self.joins[place] = join
        for one in linked.spines:
            self.places[one.alias] = "spine"
            self.places[one.alias] = f"{one.spine.source} where {self._text(one.on)}"
        if linked.is_time and self.leaf.fill and not self.leaf.steps:
            self.places[MOMENT] = MOMENT
            return replace(linked, field=replace(linked.field, relation=MOMENT))
        return linked

    def _way(self, join: Join) -> str:
        """The join, in words that name relations and expressions only."""
        before = self.places[join.left_alias]
        words = [f"{before} {self.element(join.left)} = {join.model.source} {self.element(join.right)}"]
        window = validity_of(join.model)
        if window is not None and self.leaf.time is not None:
            valid = " to ".join(map(self.element, window))
            words.append(f"valid {valid} at {self.element(self.leaf.time)}")
        for one in join.partitions:
            place = self.places.get(one.left_alias, one.left_alias)
            words.append(f"{place} {self.element(one.left)} = {self.element(one.right)}")
        return f"({', '.join(words).strip()})"

    def _text(self, tree: exp.Expr) -> str:
        return spelled(value(with_columns(tree, self._placed)))

    def _placed(self, one: exp.Column) -> exp.Expr:
        return column(one.name, self.places.get(one.table, one.table))


def _own(one: exp.Column) -> exp.Expr:
    """A column of the leaf's own relation; an unquoted name is the same in any case."""
    return column(one.name if one.this.args.get("quoted") else one.name.lower())
