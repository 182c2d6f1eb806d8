"""What changes in a column, seen by those who read it."""

from collections.abc import Iterator, Sequence
from typing import Final

from catalog.access.classification import rank_of
from catalog.domain.data_contract import Property
from catalog.registry.compatibility import Change, ChangeKind
from catalog.registry.pairing import name_likeness, pair
from catalog.registry.type_lattice import TypeStep, type_step

BREAKING, ADDITION, EDITORIAL = ChangeKind.BREAKING, ChangeKind.ADDITION, ChangeKind.EDITORIAL
# Bounds of `logicalTypeOptions`: moving them is minor either way, as widening a type is.
_BOUNDS: Final = frozenset({
    "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
    "minLength", "minProperties", "minimum",
})  # fmt: skip
_EDITORIAL_FIELDS: Final = (
    "description", "tags", "partitioned", "critical", "encrypted_name", "transform_logic", "custom",
)  # fmt: skip


def column_changes(old: Sequence[Property], new: Sequence[Property], path: str) -> Iterator[Change]:
    """Every change between two lists of columns; `path` is the pointer of their parent."""
    pairs = pair(old, new, lambda one: one.name, lambda a, b: _likeness(a, b, old, new))
    for before, after in pairs.kept:
        yield from _changes(before, after, f"{path}/{before.name}")
    for before, after in pairs.renamed:
        yield Change(BREAKING, f"{path}/{before.name}", f"column {before.name} is now called {after.name}")
        yield from _changes(before, after, f"{path}/{after.name}")
    for column in pairs.removed:
        yield Change(BREAKING, f"{path}/{column.name}", f"column {column.name} is gone")
    for column in pairs.added:
        yield Change(ADDITION, f"{path}/{column.name}", f"column {column.name} is new")


def type_text(column: Property) -> str:
    """The type as the contract writes it."""
    return column.physical_type or column.logical_type or "untyped"


def _likeness(one: Property, other: Property, old: Sequence[Property], new: Sequence[Property]) -> float:
    """Same data under another name: equal type first, then name, description and position."""
    if one.physical_name and one.physical_name == other.physical_name:
        return 1.0
    step = type_step(one, other)
    if step is TypeStep.INCOMPATIBLE:
        return 0.0
    same_words = bool(one.description) and one.description == other.description
    same_place = [id(x) for x in old].index(id(one)) == [id(x) for x in new].index(id(other))
    score = 0.3 if step is TypeStep.SAME else 0.2
    return score + 0.4 * name_likeness(one.name, other.name) + 0.3 * same_words + 0.2 * same_place


def _changes(old: Property, new: Property, path: str) -> Iterator[Change]:
    yield from _type_change(old, new, path)
    yield from _promise_changes(old, new, path)
    yield from _classification_change(old, new, path)
    yield from _enum_changes(old, new, path)
    yield from _option_changes(old, new, path)
    yield from _nested_changes(old, new, path)
    if any(getattr(old, name) != getattr(new, name) for name in _EDITORIAL_FIELDS):
        yield Change(EDITORIAL, path, f"the description of {new.name} changes")


def _type_change(old: Property, new: Property, path: str) -> Iterator[Change]:
    step = type_step(old, new)
    if step is TypeStep.INCOMPATIBLE:
        yield Change(BREAKING, path, f"{old.name} turns from {type_text(old)} into {type_text(new)}")
    if step is TypeStep.WIDER:
        yield Change(ADDITION, path, f"{old.name} widens from {type_text(old)} to {type_text(new)}")
    if old.column != new.column and (old.physical_name or new.physical_name):
        yield Change(BREAKING, path, f"the data carries {old.name} as {new.column}, no longer {old.column}")


def _promise_changes(old: Property, new: Property, path: str) -> Iterator[Change]:
    if old.required and not new.required:
        yield Change(BREAKING, path, f"{old.name} may now be missing")
    if new.required and not old.required:
        yield Change(ADDITION, path, f"{old.name} is now always there")
    if old.unique and not new.unique:
        yield Change(BREAKING, path, f"{old.name} is no longer unique")
    if new.unique and not old.unique:
        yield Change(ADDITION, path, f"{old.name} is now unique")


def _classification_change(old: Property, new: Property, path: str) -> Iterator[Change]:
    if old.classification == new.classification:
        return
    before, after = rank_of(old.classification), rank_of(new.classification)
    words = f"{old.classification or 'unclassified'} to {new.classification or 'unclassified'}"
    if before is None or after is None:
        yield Change(BREAKING, path, f"the classification of {old.name} goes from {words}, in unknown order")
    elif after < before:
        yield Change(BREAKING, path, f"the classification of {old.name} falls from {words}")
    elif after > before:
        yield Change(ADDITION, path, f"the classification of {old.name} rises from {words}")


def _enum_changes(old: Property, new: Property, path: str) -> Iterator[Change]:
    """A value that is gone silently empties the filters that name it; so it breaks, a new value does not."""
    if old.enum and not new.enum:
        yield Change(BREAKING, path, f"{old.name} is no longer limited to its values")
        return
    if new.enum and not old.enum:
        yield Change(ADDITION, path, f"{old.name} is now limited to {', '.join(new.enum)}")
        return
    for value in (one for one in old.enum if one not in new.enum):
        yield Change(BREAKING, path, f"{old.name} no longer takes the value {value}")
    for value in (one for one in new.enum if one not in old.enum):
        yield Change(ADDITION, path, f"{old.name} may take the value {value}")


def _option_changes(old: Property, new: Property, path: str) -> Iterator[Change]:
    for name in sorted({*old.options, *new.options}):
        before, after = old.options.get(name), new.options.get(name)
        if before != after:
            kind = ADDITION if before is None or name in _BOUNDS else BREAKING
            yield Change(kind, path, f"{name} of {old.name} goes from {before} to {after}")


def _nested_changes(old: Property, new: Property, path: str) -> Iterator[Change]:
    yield from column_changes(old.properties, new.properties, f"{path}/properties")
    if old.items is not None and new.items is not None:
        yield from _changes(old.items, new.items, f"{path}/items")
    elif old.items is not None:
        yield Change(BREAKING, path, f"{old.name} no longer says what its items are")
    elif new.items is not None:
        yield Change(ADDITION, path, f"{old.name} now says what its items are")
