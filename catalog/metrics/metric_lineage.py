"""What a metric is made of: its inputs, measures, dimensions and filters, down to columns of its models."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from catalog.domain.lineage import EVERY_ROW, LineageRole, Link, Node, NodeKind
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Expansion, Leaf
from catalog.metrics.expression import element_expression
from catalog.metrics.filter import parse_filter
from catalog.metrics.lookup import Lookup, agg_time_dimension, element_of, lookup_of
from catalog.metrics.name import Reference
from catalog.metrics.paths import Reach, reach, reachable
from catalog.metrics.support import inputs_of

FILTER, GROUP, KEY = LineageRole.FILTER, LineageRole.GROUP, LineageRole.KEY
TIME, VALUE = LineageRole.TIME, LineageRole.VALUE


def links_of(metric: Metric, manifest: SemanticManifest) -> tuple[Link, ...]:
    """Every link from the metric down to columns, inputs included, each once.

    Columns are named by the product and relation that their model declares. What cannot be read or reached
    gives no link; `validate` says why.
    """
    walk = _Walk(lookup_of(manifest), metric.key.domain)
    walk.metric(metric)
    walk.groups(metric)
    walk.spines(metric)
    return tuple(walk.links)


@dataclass(slots=True)
class _Walk:
    """Collects the links of one metric; parts of models are named within `domain`."""

    lookup: Lookup
    domain: str
    links: dict[Link, None] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def metric(self, metric: Metric) -> Node:
        """The metric and all that it is made of."""
        node = Node(NodeKind.METRIC, f"{metric.key.domain or self.domain}.{metric.name}")
        if metric.name in self.met:
            return node
        self.met.add(metric.name)
        leaves = self._leaves(metric)
        for one in inputs_of(metric):
            if one.name in self.lookup.metrics:
                self._link(node, self.metric(self.lookup.metrics[one.name]), VALUE)
            for leaf in leaves:
                self._filters(node, (*metric.filters, *one.filters), leaf.model, leaf.measure)
        for leaf in () if inputs_of(metric) else leaves:
            self._leaf(node, leaf)
        return node

    def groups(self, metric: Metric) -> None:
        """What every measure of the metric can be grouped by."""
        ways = [
            {str(one.reference): one for one in reachable(self.lookup, leaf.model)}
            for leaf in self._leaves(metric)
        ]
        for name in sorted(set[str].intersection(*map(set, ways))) if ways else ():
            for way in ways:
                self._reached(Node.of(metric.key), way[name], GROUP)

    def spines(self, metric: Metric) -> None:
        """Moments decide what is counted over them; for the rest a spine only has the names of periods."""
        role = KEY if any(self.lookup.metrics[name].needs_time_spine for name in self.met) else GROUP
        for spine in self.lookup.manifest.time_spines:
            for name in (spine.column, *(one.column for one in spine.custom_granularities)):
                column = Node.column(spine.product, spine.relation, name)
                self._link(Node.of(metric.key), column, role if name == spine.column else GROUP)

    def _leaves(self, metric: Metric) -> list[Leaf]:
        expansion = Expansion(self.lookup)
        expansion.formula(metric.name)
        return list(expansion.leaves.values())

    def _leaf(self, node: Node, leaf: Leaf) -> None:
        texts = [one.filter.text for one in leaf.filters]
        self._measure(node, leaf.model, leaf.measure)
        self._filters(node, texts, leaf.model, leaf.measure)
        if (converted := leaf.conversion) is not None:
            self._measure(node, converted.model, converted.measure)
            constant = [name for pair in converted.constant for name in pair]
            for model in (leaf.model, converted.model):
                self._elements(node, model, (converted.entity, *constant), KEY)
            scoped = [one.filter.text for one in converted.filters]
            self._filters(node, scoped, converted.model, converted.measure)

    def _measure(self, node: Node, model: SemanticModel, measure: Measure) -> None:
        this = Node(NodeKind.MEASURE, f"{self.domain}.{model.name}.{measure.name}")
        self._link(node, this, VALUE)
        self._columns(this, model, measure)
        if time := agg_time_dimension(model, measure):
            self._elements(this, model, (time.name,), TIME)
        if (over := measure.non_additive_dimension) is not None:
            self._elements(this, model, (over.name,), TIME)
            self._elements(this, model, over.window_groupings, KEY)

    def _filters(self, node: Node, texts: Iterable[str], model: SemanticModel, measure: Measure) -> None:
        for text in texts:
            try:
                references = parse_filter(text).references
            except ExpressionRefused:
                continue
            for one in references:
                self._reference(node, one, model, measure)

    def _reference(self, node: Node, one: Reference, model: SemanticModel, measure: Measure) -> None:
        time = agg_time_dimension(model, measure)
        if one.metric and one.metric in self.lookup.metrics:
            self._link(node, self.metric(self.lookup.metrics[one.metric]), FILTER)
        if one.is_metric_time:
            self._elements(node, model, (time.name,) if time else (), FILTER)
            return
        found = reach(self.lookup, model, one)
        if isinstance(found, Reach):
            self._reached(node, found, FILTER)

    def _reached(self, node: Node, found: Reach, role: LineageRole) -> None:
        """The element, and the keys of the joins that lead to it."""
        end = found.joins[-1].model if found.joins else found.start
        self._elements(node, end, (found.element.name,), role)
        left = found.start
        for join in found.joins:
            self._elements(node, left, (join.left.name,), GROUP if role is GROUP else KEY)
            self._elements(node, join.model, (join.right.name,), GROUP if role is GROUP else KEY)
            left = join.model

    def _elements(self, node: Node, model: SemanticModel, names: Iterable[str], role: LineageRole) -> None:
        for name in names:
            element = element_of(model, name)
            if element is not None:
                kind = NodeKind.ENTITY if isinstance(element, Entity) else NodeKind.DIMENSION
                this = Node(kind, f"{self.domain}.{model.name}.{name}")
                self._link(node, this, role)
                self._columns(this, model, element)

    def _columns(self, node: Node, model: SemanticModel, one: Dimension | Entity | Measure) -> None:
        """The columns of an expression; one without any, as `1`, stands for the rows."""
        try:
            tree = element_expression(one.name, one.expr)
        except ExpressionRefused:
            return
        for name in sorted({found.name for found in tree.find_all(exp.Column)}) or [EVERY_ROW]:
            self._link(node, Node.column(model.product, model.relation, name), VALUE)

    def _link(self, downstream: Node, upstream: Node, role: LineageRole) -> None:
        self.links[Link(downstream, upstream, role)] = None
