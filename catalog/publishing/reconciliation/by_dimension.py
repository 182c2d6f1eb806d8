"""Where the numbers part: the groups of a dimension that all definitions share, those that differ most first."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlglot import exp

from catalog.domain.errors import CatalogError
from catalog.domain.semantic_model import DimensionType, SemanticModel
from catalog.metrics.expression import element_expression
from catalog.metrics.lookup import lookup_of, primary_entity
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.normal import value
from catalog.metrics.paths import Reach, reach
from catalog.metrics.query import read_reference
from catalog.publishing.reconciliation.data import Data
from catalog.publishing.reconciliation.rivals import Rival

MOST_DIMENSIONS: Final = 4
SHOWN_GROUPS: Final = 5


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """One group with the number of each definition, in their order; None where it has none."""

    group: str
    values: tuple[float | None, ...]

    @property
    def spread(self) -> float:
        """Greatest less least; a definition without a number counts as 0."""
        numbers = [one or 0.0 for one in self.values]
        return max(numbers) - min(numbers)


@dataclass(frozen=True, slots=True)
class ByDimension:
    """The groups that differ most, and how many there are; `reason` where it could not be measured."""

    dimension: str
    groups: tuple[GroupNumbers, ...]
    total: int
    reason: str = ""


def by_dimensions(rivals: Sequence[Rival], by: str, data: Data) -> Iterator[ByDimension]:
    """The numbers by the dimension that is asked for, or by the first few that all definitions share."""
    if not by:
        for name, names in list(_shared(rivals, data).items())[:MOST_DIMENSIONS]:
            yield _measured(name, names, rivals, data)
        return
    masked = [one.statement.who for one in rivals if _is_masked(one, by, data)]
    if masked:
        yield ByDimension(by, (), 0, f"the values of {by} are not shown ({', '.join(masked)})")
        return
    asked = _shared(rivals, data).get(by) or tuple(by for _ in rivals)
    yield _measured(by, asked, rivals, data)


def number_of(answer: Any) -> float | None:
    """A number of the engine as a finite float; None for anything else."""
    if answer is None or isinstance(answer, bool):
        return None
    found = float(answer)
    return found if math.isfinite(found) else None


def _measured(name: str, names: Sequence[str], rivals: Sequence[Rival], data: Data) -> ByDimension:
    found: dict[str, list[float | None]] = {}
    try:
        for number, (rival, asked) in enumerate(zip(rivals, names, strict=True)):
            for group, answer in data.answer(rival, (asked,)):
                numbers = found.setdefault(_shown(group), [None] * len(rivals))
                numbers[number] = number_of(answer)
    except CatalogError as error:
        return ByDimension(name, (), 0, error.message)
    groups = [GroupNumbers(group, tuple(numbers)) for group, numbers in found.items()]
    groups.sort(key=lambda one: (-one.spread, one.group))
    return ByDimension(name, tuple(groups[:SHOWN_GROUPS]), len(groups))


def _shared(rivals: Sequence[Rival], data: Data) -> dict[str, tuple[str, ...]]:
    """Dimensions of the relations themselves that mean the same to all, by the first one's plain name."""
    own = [_own(one, data) for one in rivals]
    common = [meaning for meaning in own[0] if all(meaning in each for each in own)] if own else []
    return {own[0][one][0]: tuple(each[one][1] for each in own) for one in common}


def _own(rival: Rival, data: Data) -> dict[str, tuple[str, str]]:
    """By what a dimension means: its plain name, and the name that a query asks for."""
    leaves = rival.statement.definition.leaves
    relations = {leaf.relation for leaf in leaves}
    moved = any("steps" in leaf.plain for leaf in leaves)  # has a number only by time
    found: dict[str, tuple[str, str]] = {}
    for model in rival.statement.manifest.semantic_models:
        entity = primary_entity(model)
        if len(relations) != 1 or model.relation not in relations or not entity:
            continue
        masked = _masked(model, data)
        for one in model.dimensions:
            tree = element_expression(one.name, one.expr)
            if one.type is DimensionType.CATEGORICAL and not moved and not masked & _columns(tree):
                meaning = f"{model.relation}.{spelled(value(tree)).lower()}"
                found.setdefault(meaning.replace('"', ""), (one.name, f"{entity}__{one.name}"))
    if all(leaf.plain.get("time") for leaf in leaves):
        times = "|".join(sorted({str(leaf.plain["time"]) for leaf in leaves}))
        found[f"time {times}"] = ("metric_time__year", "metric_time__year")
    return found


def _is_masked(rival: Rival, by: str, data: Data) -> bool:
    """Whether a name leads to a protected column for any relation of the metric; what leads nowhere does not."""
    manifest = rival.statement.manifest
    lookup, reference = lookup_of(manifest), read_reference(by)
    for model in manifest.semantic_models if reference else ():
        own = next((one for one in model.elements if reference and one.name == reference.element), None)
        found = reach(lookup, model, reference) if reference else None
        reached = [(model, own)] if own else []
        if isinstance(found, Reach):
            reached.append((found.joins[-1].model if found.joins else model, found.element))
        for holder, element in reached:
            if _masked(holder, data) & _columns(element_expression(element.name, element.expr)):
                return True
    return False


def _masked(model: SemanticModel, data: Data) -> frozenset[str]:
    behind = data.behind(model)
    return behind.masked if behind else frozenset()


def _columns(tree: exp.Expr) -> frozenset[str]:
    return frozenset(found.name.lower() for found in tree.find_all(exp.Column))


def _shown(group: Any) -> str:
    if isinstance(group, datetime) and group == datetime.combine(group.date(), datetime.min.time()):
        return group.date().isoformat()
    if isinstance(group, date):
        return group.isoformat()
    return "(none)" if group is None else str(group)
