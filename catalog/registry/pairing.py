"""Pairs the parts of two versions: by name first, then by likeness, which is how renames are seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, TypeVar

Part = TypeVar("Part")
_LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Pairs(Generic[Part]):
    """`kept` and `renamed` hold (old, new)."""

    kept: tuple[tuple[Part, Part], ...]
    renamed: tuple[tuple[Part, Part], ...]
    removed: tuple[Part, ...]
    added: tuple[Part, ...]


def pair(
    old: Sequence[Part],
    new: Sequence[Part],
    name: Callable[[Part], str],
    likeness: Callable[[Part, Part], float],
) -> Pairs[Part]:
    """Pair by equal names, then the likest leftovers; `likeness` gives 0 to 1, below 0.6 is no rename."""
    after = {name(one): one for one in new}
    kept = tuple((one, after[name(one)]) for one in old if name(one) in after)
    names = {name(one) for one in old}
    removed = [one for one in old if name(one) not in after]
    added = [one for one in new if name(one) not in names]
    renamed = _likest(removed, added, likeness)
    gone, come = {id(one) for one, _ in renamed}, {id(one) for _, one in renamed}
    return Pairs(
        kept,
        tuple(renamed),
        tuple(one for one in removed if id(one) not in gone),
        tuple(one for one in added if id(one) not in come),
    )


def name_likeness(old: str, new: str) -> float:
    """0 to 1 by common letters."""
    return SequenceMatcher(None, old.lower(), new.lower(), autojunk=False).ratio()


def _likest(
    removed: Sequence[Part], added: Sequence[Part], likeness: Callable[[Part, Part], float]
) -> list[tuple[Part, Part]]:
    scored = sorted(
        (
            (score, -i, -j)
            for i, one in enumerate(removed)
            for j, other in enumerate(added)
            if (score := likeness(one, other)) >= _LIKE
        ),
        reverse=True,
    )
    found: list[tuple[Part, Part]] = []
    taken: set[tuple[str, int]] = set()
    for _, i, j in scored:
        if ("old", i) not in taken and ("new", j) not in taken:
            taken |= {("old", i), ("new", j)}
            found.append((removed[-i], added[-j]))
    return found
