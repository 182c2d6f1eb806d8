"""The rows that make two definitions differ: how many, what they amount to, and a few of them, masked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from catalog.domain.dataset import Dataset
from catalog.domain.errors import CatalogError
from catalog.metrics.meaning.leaf import LeafMeaning
from catalog.metrics.row_source import NotByRows
from catalog.metrics.rows import RowSplit, split_rows
from catalog.publishing.reconciliation.by_dimension import number_of
from catalog.publishing.reconciliation.data import Behind, Data
from catalog.publishing.reconciliation.rivals import Rival
from catalog.publishing.reconciliation.samples import samples

_KINDS: Final = ("only {one} counts", "only {other} counts", "both count, with other amounts")


@dataclass(frozen=True, slots=True)
class RowCause:
    """Rows of one relation that one definition takes otherwise than the other.

    `one` and `other` are what the rows add to each number, None where the measures do not add up. `samples`
    are a few of them by column, protected values masked; where there are none, `reason` says why.
    """

    relation: str
    kind: str
    rows: int
    one: float | None
    other: float | None
    samples: tuple[dict[str, Any], ...] = ()
    reason: str = ""


@dataclass(slots=True)
class RowCauses:
    """The kinds of rows that were found, and why others could not be counted."""

    found: list[RowCause] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """Every reason once; empty where all was counted."""
        return "; ".join(dict.fromkeys(self.reasons))


def row_causes(one: Rival, other: Rival, data: Data) -> RowCauses:
    """Each kind of rows that is there, as far as rows can be told apart and the engine says."""
    causes = RowCauses()
    mine, theirs = one.statement.definition.leaves, other.statement.definition.leaves
    if not mine or len(mine) != len(theirs):
        causes.reasons.append("the two are not made of the same number of measures")
        return causes
    who = (one.statement.who, other.statement.who)
    for left, right in zip(mine, theirs, strict=True):
        if left.plain == right.plain:
            continue
        try:
            causes.found += _counted(left, right, who, data)
        except CatalogError as error:
            causes.reasons.append(error.message)
    return causes


def _counted(one: LeafMeaning, other: LeafMeaning, who: tuple[str, str], data: Data) -> Iterator[RowCause]:
    split = split_rows(one, other)
    behind = _behind(split, data)
    names = {alias: alias for alias in behind}
    datasets = _datasets(behind)
    (row,) = data.rows(split.counted(names), datasets)
    relation = behind[split.source.own.name].item.name
    conditions = (split.only_one, split.only_other, split.unequal)
    for number, (kind, condition) in enumerate(zip(_KINDS, conditions, strict=True)):
        rows, mine, theirs = row[3 * number : 3 * number + 3]
        if condition is None or not rows:
            continue
        words = kind.format(one=who[0], other=who[1])
        amounts = (number_of(mine), number_of(theirs)) if split.adds_up else (None, None)
        if split.adds_up and number < 2:  # the other definition takes nothing of them
            amounts = (amounts[0], 0.0) if number == 0 else (0.0, amounts[1])
        shown = samples(condition, split, behind, datasets, data)
        yield RowCause(relation, words, int(rows), *amounts, shown.rows, shown.reason)


def _behind(split: RowSplit, data: Data) -> Mapping[str, Behind]:
    """What is served behind each relation, by alias."""
    found = {alias: data.behind(model) for alias, model in split.source.models.items()}
    missing = sorted({split.source.models[alias].relation for alias, one in found.items() if one is None})
    if missing:
        raise NotByRows(f"no served product has the data of {', '.join(missing)}")
    return {alias: one for alias, one in found.items() if one}


def _datasets(behind: Mapping[str, Behind]) -> tuple[Dataset, ...]:
    """The data under the aliases, which may be of one object twice."""
    return tuple(replace(one.dataset, name=alias) for alias, one in behind.items())
