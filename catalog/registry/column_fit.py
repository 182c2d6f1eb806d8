"""Whether an object still gives the columns that something was made with."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalog.domain.data_contract import Property, SchemaObject
from catalog.domain.lineage import EVERY_ROW, LineageRole
from catalog.domain.standing import LostColumn
from catalog.registry.column_changes import column_changes
from catalog.registry.compatibility import Change, ChangeKind
from catalog.registry.product_changes import row_changes


def lost_columns(
    used: Mapping[str, LineageRole], then: SchemaObject | None, now: SchemaObject
) -> tuple[LostColumn, ...]:
    """The columns in `used`, by the name that the data carries, that `now` does not give as `then` did.

    Without `then` it is enough that a column is there. A column is lost when it is gone or when it changes in
    a way that breaks those who read it; who may see it is not asked here.
    """
    before, after = _unclassified(then or now), _unclassified(now)
    return tuple(
        LostColumn(name, role, reason)
        for name, role in used.items()
        if (reason := _reason(name, before, after))
    )


def changes_of_column(name: str, then: SchemaObject, now: SchemaObject) -> Iterator[Change]:
    """What changes in one column and in the rows that it stands in."""
    yield from row_changes(then, now, "")
    before, after = column_named(then, name), column_named(now, name)
    if after is None and name != EVERY_ROW:
        told = f"column {name} is gone" if before else f"there is no column {name}"
        yield Change(ChangeKind.BREAKING, f"/{name}", told)
    elif before is not None and after is not None:
        yield from column_changes((before,), (replace(after, name=before.name),), "")


def column_named(item: SchemaObject, name: str) -> Property | None:
    """The property whose data bears that name, in any case, as SQL takes it."""
    wanted = name.casefold()
    return next((one for one in item.properties if one.column.casefold() == wanted), None)


def _reason(name: str, then: SchemaObject, now: SchemaObject) -> str:
    breaking = (one for one in changes_of_column(name, then, now) if one.kind is ChangeKind.BREAKING)
    return next((one.message for one in breaking), "")


def _unclassified(item: SchemaObject) -> SchemaObject:
    return replace(item, properties=tuple(replace(one, classification="") for one in item.properties))
