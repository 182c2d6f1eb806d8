"""How a model reaches what a query names: its own elements, or others over joins that repeat no row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, Entity, SemanticModel
from catalog.metrics.join_rule import JoinRule, judge_join
from catalog.metrics.lookup import Lookup, element_of, own_links, primary_entity, similar
from catalog.metrics.name import SEPARATOR, Reference

SEARCHED_HOPS: Final = 2
SERVED: Final = frozenset({JoinRule.SAFE, JoinRule.VALIDITY})


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition dimension that both sides of a join have."""

    left_alias: str
    left: Dimension
    right: Dimension


@dataclass(frozen=True, slots=True)
class Join:
    """One step to another model; `alias` names its relation in the query and is unique for the way to it."""

    left_alias: str
    left: Entity
    alias: str
    model: SemanticModel
    right: Entity
    rule: JoinRule
    partitions: tuple[Partition, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """An element and the joins that lead to it; `reference` has the full path and no grain."""

    reference: Reference
    start: SemanticModel
    joins: tuple[Join, ...]
    element: Dimension | Entity

    @property
    def alias(self) -> str:
        """The relation that holds the element."""
        return self.joins[-1].alias if self.joins else self.start.name


def reach(lookup: Lookup, model: SemanticModel, reference: Reference) -> Reach | Finding:
    """The one safe way from `model` to what is named, or why there is none. Remembered.

    A path may leave out its first entities where the shortest way that ends with it is the only one.
    """
    asked = reference.plain
    found: Reach | Finding | None = lookup.remembered.get((model.name, asked))
    if found is None:
        found = lookup.remembered[model.name, asked] = _resolved(lookup, model, asked)
    return found


def reachable(lookup: Lookup, model: SemanticModel, hops: int = SEARCHED_HOPS) -> Iterator[Reach]:
    """Everything that the model reaches within so many joins, its own elements first."""
    for one in model.dimensions:
        yield Reach(Reference(one.name, (primary_entity(model),)), model, (), one)
    for key in model.entities:
        yield Reach(Reference(key.name), model, (), key)
    for count in range(1, hops + 1):
        for way in _walk(lookup, model, (None,) * count, SERVED):
            for element in way[-1].model.elements:
                if element.name != way[-1].right.name:
                    yield Reach(Reference(element.name, _path(way)), model, way, element)


def _resolved(lookup: Lookup, model: SemanticModel, asked: Reference) -> Reach | Finding:
    if own := _own(model, asked):
        return own
    for missing in range(SEARCHED_HOPS + 1):
        found = list(_reaches(lookup, model, (*(None,) * missing, *asked.path), asked, SERVED))
        if len(found) == 1:
            return found[0]
        if found:
            return _ambiguous(asked, found)
    return _unsafe(lookup, model, asked) or _unreachable(lookup, model, asked)


def _own(model: SemanticModel, asked: Reference) -> Reach | None:
    """What the model holds itself: `entity__element` under an entity of its own, or `element` alone."""
    element = element_of(model, asked.element)
    if element is None or len(asked.path) > 1 or (asked.path and asked.path[0] not in own_links(model)):
        return None
    bare = not asked.path and isinstance(element, Dimension)
    return Reach(replace(asked, path=(primary_entity(model),)) if bare else asked, model, (), element)


def _reaches(
    lookup: Lookup,
    model: SemanticModel,
    steps: tuple[str | None, ...],
    asked: Reference,
    rules: Iterable[JoinRule],
) -> Iterator[Reach]:
    """The ways over these entities (None is any) at whose end the element stands.

    Without an entity before it only an entity is looked for: a dimension says whose it is.
    """
    for way in _walk(lookup, model, steps, rules) if steps else ():
        element = element_of(way[-1].model, asked.element)
        if element and element.name != way[-1].right.name and (asked.path or isinstance(element, Entity)):
            yield Reach(Reference(asked.element, _path(way)), model, way, element)


def _walk(
    lookup: Lookup, start: SemanticModel, steps: tuple[str | None, ...], rules: Iterable[JoinRule]
) -> list[tuple[Join, ...]]:
    ways: list[tuple[Join, ...]] = [()]
    for step in steps:
        ways = [
            (*way, join) for way in ways for join in _next(lookup, start, way, step) if join.rule in rules
        ]
    return ways


def _next(lookup: Lookup, start: SemanticModel, way: tuple[Join, ...], step: str | None) -> Iterator[Join]:
    """The joins that lead on from the end of the way, to models that it has not met."""
    here, alias = (way[-1].model, way[-1].alias) if way else (start, start.name)
    met = {start.name, *(join.model.name for join in way)}
    came_by = way[-1].right.name if way else ""
    for left in here.entities:
        if left.name == came_by or step not in {None, left.name}:
            continue
        for model, right in lookup.joinable[left.name]:
            if model.name not in met:
                name = SEPARATOR.join((*_path(way), left.name, model.name))
                rule = judge_join(left.type, right.type)
                if rule is JoinRule.VALIDITY and not _can_choose(start, way, model):
                    rule = JoinRule.FAN_OUT
                yield Join(alias, left, name, model, right, rule, _partitions(start, way, model))


def _can_choose(start: SemanticModel, way: tuple[Join, ...], right: SemanticModel) -> bool:
    """Whether the time of a row chooses one valid row: not from one validity window into another."""
    before = (start, *(join.model for join in way))
    return validity_of(right) is not None and all(validity_of(one) is None for one in before)


def validity_of(model: SemanticModel) -> tuple[Dimension, Dimension] | None:
    """The first and last moment at which a row of the model is valid, where it has a window."""
    start = [one for one in model.dimensions if one.validity_start]
    end = [one for one in model.dimensions if one.validity_end]
    return (start[0], end[0]) if start and end else None


def _partitions(start: SemanticModel, way: tuple[Join, ...], right: SemanticModel) -> tuple[Partition, ...]:
    """Each partition of the right model with the nearest of the same name before it."""
    before = [(join.alias, join.model) for join in reversed(way)] + [(start.name, start)]
    found = []
    for mine in (one for one in right.dimensions if one.is_partition):
        theirs = (
            Partition(alias, one, mine)
            for alias, model in before
            for one in model.dimensions
            if one.is_partition and one.name == mine.name
        )
        found += [*theirs][:1]
    return tuple(found)


def _path(way: tuple[Join, ...]) -> tuple[str, ...]:
    return tuple(join.left.name for join in way)


def _ambiguous(asked: Reference, found: list[Reach]) -> Finding:
    ways = sorted(f"{one.reference} in {one.joins[-1].model.name}" for one in found)
    return FindingCode.JOIN_AMBIGUOUS.found(
        f"{asked} may mean {' or '.join(ways)}.", remedy="Write the full path, or name the dimensions apart."
    )


def _unsafe(lookup: Lookup, model: SemanticModel, asked: Reference) -> Finding | None:
    """Why the ways that exist may not be taken."""
    steps = asked.path or (None,)
    found = list(_reaches(lookup, model, steps, asked, set(JoinRule)))
    found += [
        Reach(asked, model, way, element)
        for way in _walk(lookup, model, (None,), set(JoinRule))
        if asked.path[:1]
        and asked.path[0] in own_links(way[-1].model)
        and (element := element_of(way[-1].model, asked.element))
    ]
    for one in found:
        for join in one.joins:
            if join.rule not in SERVED:
                return _refused_join(asked, model, join)
    return None


def _refused_join(asked: Reference, model: SemanticModel, join: Join) -> Finding:
    message = (
        f"{asked} needs a join from {model.name} to {join.model.name} by {join.right.name}: {join.rule}."
    )
    return FindingCode.JOIN_FAN_OUT.found(
        message, remedy="Group by a dimension on the side where the entity is primary or unique."
    )


def _unreachable(lookup: Lookup, model: SemanticModel, asked: Reference) -> Finding:
    known = [str(one.reference) for one in reachable(lookup, model)]
    return FindingCode.DIMENSION_UNREACHABLE.found(
        f"{asked} cannot be reached from the semantic model {model.name}.",
        remedy=f"{similar(str(asked), known)}Ask for a dimension of the model or of one that it joins to.",
    )
