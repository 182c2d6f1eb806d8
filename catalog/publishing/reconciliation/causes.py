"""The rows that make two definitions differ: how many, what they amount to, and a few of them, masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from catalog.domain.errors import CatalogError
from catalog.metrics.meaning.leaf import LeafMeaning
from catalog.metrics.rows import RowSplit, split_rows
from catalog.publishing.reconciliation.by_dimension import number_of
from catalog.publishing.reconciliation.data import Behind, Data
from catalog.publishing.reconciliation.rivals import Rival
from catalog.quality.table import Table

SAMPLE_ROWS: Final = 5
_KINDS: Final = ("only {one} counts", "only {other} counts", "both count, with other amounts")


@dataclass(frozen=True, slots=True)
class RowCause:
    """Rows of one relation that one definition takes otherwise than the other.

    `one` and `other` are what the rows add to each number, None where the measures do not add up. `samples`
    are a few of them by column, protected values masked; empty where the actor may not read the rows.
    """

    relation: str
    kind: str
    rows: int
    one: float | None
    other: float | None
    samples: tuple[dict[str, Any], ...] = ()


def row_causes(one: Rival, other: Rival, data: Data) -> Iterator[RowCause]:
    """Each kind of rows that is there; raises `CatalogError` where the engine cannot say."""
    mine, theirs = one.statement.definition.leaves, other.statement.definition.leaves
    if len(mine) != len(theirs):
        return
    for left, right in zip(mine, theirs, strict=True):
        split = split_rows(left, right) if left.plain != right.plain else None
        behind = _behind(left, one, data)
        if split is not None and behind is not None:
            yield from _counted(split, behind, (one.statement.who, other.statement.who), data)


def _behind(leaf: LeafMeaning, rival: Rival, data: Data) -> Behind | None:
    models = (each for each in rival.statement.manifest.semantic_models if each.relation == leaf.relation)
    return next((found for each in models if (found := data.behind(each))), None)


def _counted(split: RowSplit, behind: Behind, who: tuple[str, str], data: Data) -> Iterator[RowCause]:
    source = exp.table_(exp.to_identifier(behind.dataset.name, quoted=True))
    (row,) = data.rows(split.counted(source).sql("duckdb"), (behind.dataset,))
    conditions = (split.only_one, split.only_other, split.unequal)
    for number, (kind, condition) in enumerate(zip(_KINDS, conditions, strict=True)):
        rows, mine, theirs = row[3 * number : 3 * number + 3]
        if condition is None or not rows:
            continue
        words = kind.format(one=who[0], other=who[1])
        amounts = (number_of(mine), number_of(theirs)) if split.adds_up else (None, None)
        if split.adds_up and number < 2:  # the other definition takes nothing of them
            amounts = (amounts[0], 0.0) if number == 0 else (0.0, amounts[1])
        samples = _samples(condition, split, behind, data)
        yield RowCause(behind.item.name, words, int(rows), *amounts, samples)


def _samples(condition: exp.Expr, split: RowSplit, behind: Behind, data: Data) -> tuple[dict[str, Any], ...]:
    """A few of the rows: their key and what decides about them; an engine error leaves them out."""
    if not behind.readable:
        return ()
    try:
        columns = data.gate.sql_engine.describe(behind.dataset)
        table = Table(behind.item, behind.dataset, columns)
        chosen = table.rows_where(condition.copy(), *(name for name in split.columns if table.has(name)))
        found = data.rows(chosen.limit(SAMPLE_ROWS).sql("duckdb"), (behind.dataset,))
    except CatalogError:
        return ()
    return tuple(dict(zip(chosen.named_selects, map(_plain, row), strict=True)) for row in found)


def _plain(found: Any) -> Any:
    return found if found is None or isinstance(found, bool | int) else str(found)
