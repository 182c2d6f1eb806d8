"""One name asked of every team: their numbers on the same data, why they differ, and what the sponsor settled."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.access.actor import Actor
from catalog.domain.errors import CatalogError, NotFound
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.settlement import Settlement
from catalog.metrics.reconcile import Comparison, Statement, compare, duplicates
from catalog.publishing.ports import Gate
from catalog.publishing.reconciliation.by_dimension import ByDimension, by_dimensions, number_of
from catalog.publishing.reconciliation.causes import RowCause, row_causes
from catalog.publishing.reconciliation.data import Data
from catalog.publishing.reconciliation.rivals import Rival, all_stated, rivals_of
from catalog.registry.settled import standing

DEADLINE_SECONDS: Final = 60.0
MOST_RIVALS: Final = 8
MOST_STATED: Final = 5_000
Tell = Callable[[str], None]


def untold(step: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class TeamNumber:
    """One definition with its number; `reason` says why there is none, `owner` who answers for it."""

    who: str
    key: AssetKey
    version: str
    status: Status
    definition_digest: str
    owner: str
    says: str
    value: float | None
    reason: str = ""
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class Comparisons:
    """A definition held against the one that all are held against, and the rows that make them differ."""

    comparison: Comparison
    causes: tuple[RowCause, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the name means to whom. `agrees` when all definitions mean the same.

    `spread` is the greatest number less the least, `relative` that in parts of the greatest by size. `left_out`
    counts definitions beyond the first few, `grouped` names those whose numbers stand in `dimensions`, in their
    order. `data` are the fingerprints of what was read, by object.
    """

    name: str
    teams: tuple[TeamNumber, ...]
    comparisons: tuple[Comparisons, ...]
    dimensions: tuple[ByDimension, ...]
    settlement: Settlement | None
    data: Mapping[str, str]
    measured_at: datetime
    left_out: int = 0
    grouped: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether there is one meaning."""
        return all(one.comparison.same for one in self.comparisons)

    @property
    def spread(self) -> float | None:
        """None where fewer than two definitions have a number."""
        numbers = [one.value for one in self.teams if one.value is not None]
        return max(numbers) - min(numbers) if len(numbers) > 1 else None

    @property
    def relative(self) -> float | None:
        """The spread in parts of the number that is greatest by size; None where that is 0."""
        largest = max((abs(one.value) for one in self.teams if one.value is not None), default=0.0)
        return self.spread / largest if self.spread is not None and largest else None


def reconcile(
    name: str,
    actor: Actor,
    gate: Gate,
    *,
    by: str = "",
    deadline_seconds: float = DEADLINE_SECONDS,
    progress: Tell = untold,
) -> Reconciliation:
    """Every definition of the name that the actor may see, measured within the deadline.

    What cannot be measured says why in its place; of `domain.name` the name is asked for. Raises `NotFound`
    where nobody states the name.
    """
    name = name.rpartition(".")[2]
    with gate.open_unit(actor, read_only=True) as unit:
        found = rivals_of(name, actor, unit)
        settled = standing(name, unit)
        served = gate.served.of(unit)
    if not found:
        raise NotFound(f"There is no metric {name} that you may see.")
    rivals = sorted(found, key=lambda one: _rank(one, settled))[:MOST_RIVALS]
    data = Data.within(deadline_seconds, gate, actor, served)
    teams = tuple(_teams(rivals, data, progress))
    measured = [one for one in rivals if not data.reason_against(one)]
    comparisons = tuple(_compared(rivals, measured, data, progress))
    dimensions = []
    for one in by_dimensions(measured, by, data) if len(measured) > 1 else ():
        progress(f"by {one.dimension}")
        dimensions.append(one)
    return Reconciliation(
        name=name,
        teams=teams,
        comparisons=comparisons,
        dimensions=tuple(dimensions),
        settlement=settled,
        data=data.fingerprints,
        measured_at=gate.clock.now(),
        left_out=len(found) - len(rivals),
        grouped=tuple(one.statement.who for one in measured),
    )


def find_duplicates(actor: Actor, gate: Gate) -> tuple[tuple[Rival, ...], ...]:
    """Metrics that mean the same under different names, in groups; of the first few thousand that may be seen."""
    by_statement: dict[int, Rival] = {}
    statements: list[Statement] = []
    with gate.open_unit(actor, read_only=True) as unit:
        for number, rival in enumerate(all_stated(actor, unit)):
            if number >= MOST_STATED:
                break
            statements.append(rival.statement)
            by_statement[id(rival.statement)] = rival
    return tuple(tuple(by_statement[id(one)] for one in group) for group in duplicates(statements))


def _rank(rival: Rival, settled: Settlement | None) -> tuple[bool, bool, AssetKey]:
    """The settled definition first, then what is served."""
    chosen = settled is not None and rival.key == settled.canonical
    return not chosen, rival.status is Status.DRAFT, rival.key


def _teams(rivals: Sequence[Rival], data: Data, progress: Tell) -> Iterator[TeamNumber]:
    for one in rivals:
        progress(one.statement.who)
        value, reason = None, data.reason_against(one)
        if not reason:
            try:
                rows = data.answer(one)
                value = number_of(rows[0][-1]) if rows else None
            except CatalogError as error:
                reason = error.message
        yield TeamNumber(
            one.statement.who,
            one.key,
            one.draft.version,
            one.status,
            one.draft.definition_digest,
            one.statement.metric.governance.owner,
            one.statement.words,
            value,
            reason,
            one.decision_id,
        )


def _compared(
    rivals: Sequence[Rival], measured: Sequence[Rival], data: Data, progress: Tell
) -> Iterator[Comparisons]:
    """Each definition against the first one."""
    first = rivals[0]
    for one in rivals[1:]:
        comparison = compare(first.statement, one.statement)
        causes: tuple[RowCause, ...] = ()
        reason = ""
        if not comparison.same and first in measured and one in measured:
            progress(f"rows of {one.statement.who}")
            rows = row_causes(first, one, data)
            causes, reason = tuple(rows.found), rows.reason
        yield Comparisons(comparison, causes, reason)
