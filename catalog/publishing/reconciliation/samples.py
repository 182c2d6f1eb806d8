"""A few of the rows behind a difference, as the actor may see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from catalog.domain.dataset import Dataset
from catalog.domain.errors import CatalogError
from catalog.metrics.expression import column
from catalog.metrics.rows import RowSplit
from catalog.publishing.reconciliation.data import Behind, Data
from catalog.quality.table import MASK, Table

SAMPLE_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows by column; `reason` says why there are none."""

    rows: tuple[dict[str, Any], ...] = ()
    reason: str = ""


def samples(
    kind: exp.Expr,
    split: RowSplit,
    behind: Mapping[str, Behind],
    datasets: tuple[Dataset, ...],
    data: Data,
) -> Samples:
    """A few rows of the kind: their key, what decides about them, and by what they meet other relations.

    Nothing is shown unless the actor may read the rows of every relation; protected values are masked in each.
    """
    closed = sorted({one.item.name for one in behind.values() if not one.readable})
    if closed:
        return Samples(reason=f"you may not read the rows of {', '.join(closed)}")
    try:
        chosen = list(_chosen(split, behind, data))
        shown = [_shown(alias, name, behind[alias]) for alias, name in chosen]
        sql = split.some_rows(kind, shown, SAMPLE_ROWS, {alias: alias for alias in behind})
        found = data.rows(sql, datasets)
    except CatalogError as error:
        return Samples(reason=error.message)
    headings = [_heading(alias, name, split, behind) for alias, name in chosen]
    return Samples(tuple(dict(zip(headings, map(_plain, row), strict=True)) for row in found))


def _chosen(split: RowSplit, behind: Mapping[str, Behind], data: Data) -> Iterator[tuple[str, str]]:
    """The own relation's key, then the columns that decide, as far as the data has them; each once."""
    own, engine = split.source.own.name, data.gate.sql_engine
    tables = {
        alias: Table(one.item, one.dataset, engine.describe(one.dataset)) for alias, one in behind.items()
    }
    wanted = [*((own, name) for name in tables[own].key()), *split.columns]
    first = {(alias, name.lower()): (alias, name) for alias, name in reversed(wanted)}
    for place in dict.fromkeys((alias, name.lower()) for alias, name in wanted):
        alias, name = first[place]
        if tables[alias].has(name):
            yield alias, name


def _shown(alias: str, name: str, behind: Behind) -> exp.Expr:
    """The column, or a mask in the place of its values."""
    value = column(name, alias)
    if name.lower() not in behind.masked:
        return value
    is_null = exp.Is(this=value, expression=exp.null())
    return exp.case().when(is_null, exp.null()).else_(exp.Literal.string(MASK))


def _heading(alias: str, name: str, split: RowSplit, behind: Mapping[str, Behind]) -> str:
    """The own columns by their names, others with their relation; its alias where it is met in several ways."""
    if alias == split.source.own.name:
        return name
    relation = behind[alias].item.name
    alone = sum(one.item.name == relation for one in behind.values()) == 1
    return f"{relation if alone else alias}.{name}"


def _plain(found: Any) -> Any:
    return found if found is None or isinstance(found, bool | int) else str(found)
