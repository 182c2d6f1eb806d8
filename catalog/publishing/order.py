"""The order in which assets are published: what something is made from comes before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from catalog.domain.draft import Draft
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey, AssetKind
from catalog.publishing.facts import dependencies_of, offered_by


@dataclass(frozen=True, slots=True)
class Order:
    """Drafts in order, each with those of the set that it is made from; `findings` name every circle.

    Drafts in a circle come last, in the order of their keys.
    """

    drafts: tuple[Draft, ...]
    sources: Mapping[AssetKey, frozenset[AssetKey]]
    findings: tuple[Finding, ...]


def in_order(drafts: Sequence[Draft]) -> Order:
    """Products before the metrics over them, inputs before what is derived from them, else by kind and key."""
    by_key = {one.key: one for one in drafts}
    homes = {name: one.key for one in drafts for name in offered_by(one)}
    sources = {
        one.key: frozenset(
            homes[name.name] for name in dependencies_of(one, ()) if homes.get(name.name, one.key) != one.key
        )
        for one in drafts
    }
    ordered: list[AssetKey] = []
    findings: list[Finding] = []
    rest = dict(sources)
    while rest:
        sorter = TopologicalSorter(rest)
        try:
            sorter.prepare()
        except CycleError as error:
            circle = tuple(dict.fromkeys(error.args[1]))
            findings.append(_circle(circle))
            rest = {key: found - set(circle) for key, found in rest.items() if key not in circle}
            continue
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=_products_first)
            ordered += [key for key in ready if key in rest]
            sorter.done(*ready)
        break
    circled = sorted(by_key.keys() - set(ordered), key=_products_first)
    return Order(tuple(by_key[key] for key in (*ordered, *circled)), sources, tuple(findings))


def _products_first(key: AssetKey) -> tuple[bool, AssetKey]:
    return key.kind is not AssetKind.DATA_PRODUCT, key


def _circle(keys: Sequence[AssetKey]) -> Finding:
    return FindingCode.DEPENDENCY_CYCLE.found(
        f"{' is made from '.join(map(str, (*keys, keys[0])))}.",
        remedy="let one of them be made without the others",
    )
