"""Ways to joined models that part after a common start: each is joined by itself.

Keys are trusted to be unique, and then it makes no difference. Where the data breaks that promise each way
still gives the rows that it would give alone, as in MetricFlow; a check of the data tells of the broken key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from catalog.metrics.name import SEPARATOR
from catalog.metrics.paths import Join, Partition, Reach


def parted(reaches: Iterable[Reach]) -> Mapping[str, tuple[Join, ...]]:
    """New joins for every way, by the alias of its end, that shares a join with another one and then parts.

    The way that most is read from keeps its joins; what stands at a common start is read from that one.
    """
    uses: dict[str, int] = {}
    ways: dict[str, tuple[Join, ...]] = {}
    for one in reaches:
        if one.joins:
            ways[one.alias] = one.joins
            uses[one.alias] = uses.get(one.alias, 0) + 1
    if not any(len(joins) > 1 for joins in ways.values()):
        return {}
    passed = {join.alias for joins in ways.values() for join in joins[:-1]}
    ends = [alias for alias in ways if alias not in passed]
    ends.sort(key=lambda end: -sum(uses.get(join.alias, 0) for join in ways[end]))
    taken: dict[str, int] = {}
    found: dict[str, tuple[Join, ...]] = {}
    for end in ends:
        if ways[end][0].alias in taken:
            found[end] = _renamed(ways[end], taken)
        for join in ways[end]:
            taken[join.alias] = taken.get(join.alias, 0) + 1
    return found


def _renamed(joins: tuple[Join, ...], taken: Mapping[str, int]) -> tuple[Join, ...]:
    names = {
        join.alias: SEPARATOR.join((join.alias, str(taken[join.alias])))
        for join in joins
        if join.alias in taken
    }
    return tuple(_joined(join, names) for join in joins)


def _joined(join: Join, names: Mapping[str, str]) -> Join:
    partitions = tuple(
        Partition(names.get(one.left_alias, one.left_alias), one.left, one.right) for one in join.partitions
    )
    return replace(
        join,
        left_alias=names.get(join.left_alias, join.left_alias),
        alias=names.get(join.alias, join.alias),
        partitions=partitions,
    )
