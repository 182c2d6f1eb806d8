"""The rows that conditions of two definitions are held against: a relation, and what its rows meet over joins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from sqlglot import exp

from catalog.domain.errors import CatalogError
from catalog.domain.semantic_model import SemanticModel
from catalog.metrics.expression import with_columns
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.leaf import LeafMeaning
from catalog.metrics.meaning.reference import MOMENT
from catalog.metrics.plan.field import located
from catalog.metrics.plan.join_model import JoinModel
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel

Meaning: TypeAlias = Callable[[exp.Column], exp.Expr]


class NotByRows(CatalogError):
    """Why two definitions cannot be told apart row by row."""


@dataclass(frozen=True, slots=True)
class MetRelation:
    """A relation of which each row meets at most one row, as its key is declared; `on` and `valid` say which."""

    model: SemanticModel
    entity: str
    on: tuple[tuple[exp.Expr, exp.Expr], ...]
    valid: exp.Expr | None

    def over(self, meaning: Meaning) -> "MetRelation":
        """The same with other columns."""
        on = tuple((with_columns(left, meaning), with_columns(right, meaning)) for left, right in self.on)
        return replace(self, on=on, valid=with_columns(self.valid, meaning) if self.valid else None)

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for relations that rows meet in the same way."""
        on = tuple((spelled(left), spelled(right)) for left, right in self.on)
        return (self.model.product, self.model.relation, on, spelled(self.valid) if self.valid else "")


@dataclass(slots=True)
class RowSource:
    """The relation of `own` under its model's name, and what its rows `met` by alias, in the order of the joins.

    What two definitions join in the same way is joined once.
    """

    own: SemanticModel
    met: dict[str, MetRelation] = field(default_factory=dict)
    _aliases: dict[tuple[object, ...], str] = field(default_factory=dict)

    @property
    def models(self) -> Mapping[str, SemanticModel]:
        """What is read, by alias."""
        return {self.own.name: self.own} | {alias: one.model for alias, one in self.met.items()}

    def over(self, tree: exp.Expr, leaf: LeafMeaning) -> exp.Expr:
        """A tree of the leaf over columns of the source; raises `NotByRows` where joins do not lead to one."""
        return with_columns(tree, lambda one: located(one, self._alias(one.table, leaf)))

    def node(self, relations: Mapping[str, str]) -> Node:
        """The rows, with the name of the relation that stands behind each alias."""
        node: Node = self._read(self.own.name, relations)
        for alias, one in self.met.items():
            node = JoinModel(node, self._read(alias, relations), one.entity, one.on, one.valid)
        return node

    def _read(self, alias: str, relations: Mapping[str, str]) -> ReadModel:
        return ReadModel(self.models[alias].name, relations[alias], alias, ())

    def _alias(self, place: str, leaf: LeafMeaning) -> str:
        if not place:
            return self.own.name
        if place not in leaf.joins:
            raise NotByRows(_elsewhere(place))
        join, on, valid = leaf.joins[place]
        met = MetRelation(join.model, join.left.name, on, valid)
        met = met.over(partial(self._located, leaf=leaf, itself=join.alias))
        known = met.identity
        if known not in self._aliases:
            alias = self._aliases[known] = self._free(join.alias)
            self.met[alias] = met.over(lambda one: one.copy() if one.table else located(one, alias))
        return self._aliases[known]

    def _located(self, one: exp.Column, leaf: LeafMeaning, itself: str) -> exp.Expr:
        """The column of a join's condition; one of the joined relation itself has no alias yet."""
        if one.table in {itself, leaf.model.name}:
            return located(one, "" if one.table == itself else self.own.name)
        places = {join.alias: place for place, (join, _, _) in leaf.joins.items()}
        return located(one, self._alias(places[one.table], leaf))

    def _free(self, alias: str) -> str:
        taken = {self.own.name, *self.met}
        names = (alias, *(f"{alias}__{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def _elsewhere(place: str) -> str:
    """What a filter looks at that no join leads to."""
    if place.startswith("metric "):
        return "a filter looks at the value of a metric"
    if place.startswith(MOMENT):
        return "a filter looks at moments of a time spine"
    return "a filter looks at the periods of a time spine"
