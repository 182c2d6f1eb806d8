"""A metric of another tool's Ossie document: one SQL expression, taken apart into measures and metrics.

`SUM(sales.amount) / COUNT(DISTINCT sales.buyer)` becomes two simple metrics and a derived one. What stands in
an aggregate is a measure's expression, and is judged as every measure's is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel
from catalog.manifests.element import Element
from catalog.manifests.ossie_dataset import READ_AS, expression_in, name_of
from catalog.manifests.sql_text import sql_tree

_AGGREGATIONS: Final[Mapping[type[exp.Expr], Aggregation]] = {
    exp.Avg: Aggregation.AVERAGE,
    exp.Count: Aggregation.COUNT,
    exp.Max: Aggregation.MAX,
    exp.Median: Aggregation.MEDIAN,
    exp.Min: Aggregation.MIN,
    exp.Sum: Aggregation.SUM,
}
# What may stand around aggregates; inside them the allow-list of measures decides.
_AROUND: Final = (
    exp.Add, exp.Cast, exp.Coalesce, exp.DataType, exp.Div, exp.Literal, exp.Mul, exp.Neg, exp.Nullif,
    exp.Paren, exp.Round, exp.Sub, *_AGGREGATIONS,
)  # fmt: skip


class NotRead(ValueError):
    """The expression cannot be taken apart; the text says why."""


@dataclass(slots=True)
class MetricReader:
    """Reads metrics one after another; measures and simple metrics that mean the same are made once.

    `expressions` says for each model what its fields stand for; `models` gains the measures. `apart` are the
    metrics over several datasets: with us each is aggregated apart, elsewhere they may be joined before.
    """

    models: dict[str, SemanticModel]
    expressions: Mapping[str, Mapping[str, str]]
    apart: list[str] = field(default_factory=list)
    _known: dict[tuple[str, Aggregation, str], str] = field(default_factory=dict)

    def read(self, item: Element) -> tuple[Metric, ...]:
        """The metric, after the simple metrics that it is made of; raises `NotRead`."""
        text, dialect = expression_in(item)
        tree = sql_tree(text, READ_AS[dialect]) if dialect else None
        if tree is None:
            raise NotRead("no expression of it is read")
        if fault := next(_faults(tree), ""):
            raise NotRead(fault)
        leaves = [self._leaf(one) for one in _aggregates(tree)]
        name = name_of(item.text("name"))
        if not leaves:
            raise NotRead("it aggregates nothing")
        if type(tree.unnest()) in _AGGREGATIONS:
            return (self._simple(name, item, leaves[0], own=True),)
        return self._derived(name, item, tree, leaves)

    def _derived(
        self, name: str, item: Element, tree: exp.Expr, leaves: list[tuple[str, Aggregation, str]]
    ) -> tuple[Metric, ...]:
        if len({model for model, _, _ in leaves}) > 1:
            self.apart.append(name)
        new: list[Metric] = []
        names: dict[tuple[str, Aggregation, str], str] = {}
        for number, leaf in enumerate(dict.fromkeys(leaves), 1):
            names[leaf] = self._known.get(leaf) or f"{name}_part_{number}"
            if leaf not in self._known:
                new.append(self._simple(names[leaf], item, leaf, own=False))
        formula = tree.copy()
        for aggregate, leaf in zip([*_aggregates(formula)], leaves, strict=True):
            aggregate.replace(exp.column(names[leaf]))
        inputs = tuple(MetricInput(one, place=item.place) for one in dict.fromkeys(names.values()))
        expr = formula.sql("duckdb", comments=False)
        metric = Metric(name, MetricType.DERIVED, inputs=inputs, expr=expr)
        return (*new, _told(metric, item))

    def _simple(self, name: str, item: Element, leaf: tuple[str, Aggregation, str], *, own: bool) -> Metric:
        """A simple metric; its measure bears the name of the first metric that needs it."""
        model, aggregation, expr = leaf
        if leaf not in self._known:
            self._known[leaf] = name
            measure = Measure(name, aggregation, "" if expr == name else expr, place=item.place)
            self.models[model] = replace(self.models[model], measures=(*self.models[model].measures, measure))
        metric = Metric(name, MetricType.SIMPLE, measure=MetricInput(self._known[leaf], place=item.place))
        return _told(metric, item) if own else replace(metric, place=item.place)

    def _leaf(self, aggregate: exp.Expr) -> tuple[str, Aggregation, str]:
        """The model, the aggregation and the expression over its columns."""
        inner, kind = aggregate.this, _AGGREGATIONS[type(aggregate)]
        if isinstance(inner, exp.Distinct):
            if kind is not Aggregation.COUNT or len(inner.expressions) != 1:
                raise NotRead("DISTINCT is read in a COUNT of one expression only")
            kind, inner = Aggregation.COUNT_DISTINCT, inner.expressions[0]
        if isinstance(inner, exp.Star):
            raise NotRead("COUNT(*) does not say of which dataset")
        columns = [inner] if isinstance(inner, exp.Column) else [*inner.find_all(exp.Column)]
        models = dict.fromkeys(self._model(one) for one in columns)
        if len(models) != 1:
            raise NotRead("an aggregate reads columns of one dataset, no more and no less")
        (model,) = models
        meant = inner.copy().transform(lambda node: self._meant(model, node))
        return model, kind, meant.sql("duckdb", comments=False)

    def _model(self, one: exp.Column) -> str:
        """The model of a column; one that names no dataset must be a field of one dataset only."""
        named = name_of(one.table) if one.table else ""
        holders = (
            [named] if named else [name for name, known in self.expressions.items() if one.name in known]
        )
        if len(holders) != 1 or holders[0] not in self.models:
            raise NotRead(f"{one.sql()} is no field of a dataset that is read")
        return holders[0]

    def _meant(self, model: str, node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        expr = self.expressions[model].get(node.name, "")
        tree = sql_tree(expr) if expr else None
        if tree is None:
            return exp.column(node.this.copy())
        return tree.copy() if isinstance(tree, exp.Column) else exp.paren(tree.copy())


def _told(metric: Metric, item: Element) -> Metric:
    said = {"aiContext": item.fields["ai_context"]} if "ai_context" in item.fields else {}
    facts = Governance.from_properties(said)
    return replace(metric, description=item.text("description"), governance=facts, place=item.place)


def _aggregates(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost aggregates, in a fixed order."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if type(node) in _AGGREGATIONS:
            yield node
        else:
            stack.extend(node.iter_expressions())


def _faults(tree: exp.Expr) -> Iterator[str]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if type(node) not in _AROUND:
            yield f"{node.sql()[:80]} stands outside an aggregate"
        elif type(node) not in _AGGREGATIONS:
            stack.extend(node.iter_expressions())
        elif any(inner.find(exp.AggFunc, exp.Query, exp.Window) for inner in node.iter_expressions()):
            yield "an aggregate holds another, a window or a query"
