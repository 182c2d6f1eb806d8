"""What one semantic model promises about its rows, as one statement over its relation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.semantic_model import Dimension, Entity, EntityType, Measure, SemanticModel
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import column, columns_of, element_expression, every, some, with_columns
from catalog.metrics.kinds.definition import mixed_types
from catalog.metrics.kinds.kind import kind_of_type
from catalog.metrics.plan.field import located

RELATION: Final = "data"
_KEYS: Final = frozenset({EntityType.PRIMARY, EntityType.UNIQUE})
_NEXT: Final = "next_start"

Element = Dimension | Entity | Measure


@dataclass(frozen=True, slots=True)
class Probe:
    """The elements whose expressions can be read, and the columns that the relation has, with their types."""

    model: SemanticModel
    columns: Mapping[str, str]

    def missing(self) -> Iterator[tuple[Element, str]]:
        """Each element that reads a column which the relation has not, with that column."""
        for one in self._readable():
            for name in sorted(columns_of(_tree(one))):
                if name.lower() not in self.columns:
                    yield one, name

    def mixed(self) -> Iterator[tuple[Element, Finding]]:
        """Each element whose expression mixes types, with the reason."""
        kinds = {name: kind for name, said in self.columns.items() if (kind := kind_of_type(said))}
        for one in self._readable():
            yield from ((one, finding) for finding in mixed_types(self.model.name, one, kinds))

    def elements(self) -> tuple[Element, ...]:
        """The elements that can be measured."""
        wrong = {id(one) for one, _ in (*self.missing(), *self.mixed())}
        return tuple(one for one in self._readable() if id(one) not in wrong)

    def keys(self) -> tuple[Entity, ...]:
        """The entities of which each row must have its own."""
        return tuple(one for one in self.elements() if isinstance(one, Entity) and one.type in _KEYS)

    def window(self) -> tuple[Entity, Dimension, Dimension] | None:
        """The natural key, start and end of the rows' validity."""
        found = self.elements()
        key = [one for one in found if isinstance(one, Entity) and one.type is EntityType.NATURAL]
        start = [one for one in found if isinstance(one, Dimension) and one.validity_start]
        end = [one for one in found if isinstance(one, Dimension) and one.validity_end]
        return (key[0], start[0], end[0]) if key and start and end else None

    def statement(self) -> exp.Select:
        """One row: a least value of each element, which has its type; how often each key repeats; overlaps."""
        types = [exp.Min(this=_value(one)).as_(f"type_{n}") for n, one in enumerate(self.elements())]
        repeats = [_repeats(one).as_(f"repeats_{n}") for n, one in enumerate(self.keys())]
        window = self.window()
        overlaps = [exp.Subquery(this=_overlaps(*window)).as_("overlaps")] if window else []
        chosen = [exp.Count(this=exp.Star()).as_("rows_read"), *types, *repeats, *overlaps]
        return exp.Select(expressions=chosen).from_(_source())

    def _readable(self) -> Iterator[Element]:
        found: tuple[Element, ...] = (*self.model.elements, *self.model.measures)
        for one in found:
            try:
                _tree(one)
            except ExpressionRefused:
                continue
            yield one


def _tree(one: Element) -> exp.Expr:
    return element_expression(one.name, one.expr)


def _value(one: Element) -> exp.Expr:
    return with_columns(_tree(one), lambda found: located(found, RELATION))


def _source() -> exp.Table:
    return exp.Table(this=exp.to_identifier(RELATION, quoted=True))


def _repeats(one: Entity) -> exp.Expr:
    """Rows whose key another row has already; rows without a key do not count."""
    distinct = exp.Count(this=exp.Distinct(expressions=[_value(one)]))
    return exp.Sub(this=exp.Count(this=_value(one)), expression=distinct)


def _overlaps(key: Entity, start: Dimension, end: Dimension) -> exp.Select:
    """How many rows are still valid when the next row of their key begins."""
    order = exp.Order(expressions=[exp.Ordered(this=_value(start))])
    following = exp.Window(
        this=exp.Lead(this=_value(start)), partition_by=[_value(key)], order=order, over="OVER"
    )
    chosen = [_value(end).as_("row_end"), following.as_(_NEXT)]
    rows = exp.Select(expressions=chosen).from_(_source())
    later, ends = column(_NEXT), column("row_end")
    open_ended = exp.Is(this=ends, expression=exp.Null())
    meets = some([open_ended, exp.GT(this=ends.copy(), expression=later.copy())])
    known = exp.Not(this=exp.Is(this=later, expression=exp.Null()))
    return (
        exp.Select(expressions=[exp.Count(this=exp.Star())])
        .from_(exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.to_identifier("each_row"))))
        .where(every([known, exp.Paren(this=meets)]))
    )
