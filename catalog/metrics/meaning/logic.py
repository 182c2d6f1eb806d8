"""Conditions over atoms in one form: clauses that must all hold, each a choice of atoms.

`AND` and `OR` of three values are a distributive lattice, so distributing, absorbing, sorting and dropping
repetitions change no truth value, unknown included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from sqlglot import exp

from catalog.metrics.expression import every, some
from catalog.metrics.meaning.arithmetic import spelled

_MOST_CLAUSES: Final = 64


@dataclass(frozen=True, slots=True)
class Junction:
    """Parts that must all hold, or of which one must."""

    parts: tuple["Junction | exp.Expr", ...]
    conjunctive: bool


Logic = Junction | exp.Expr
Clause = frozenset[str]


@dataclass(slots=True)
class Clauses:
    """Collects the atoms of one condition by their text."""

    atoms: dict[str, exp.Expr]

    def of(self, logic: Logic) -> set[Clause]:
        """The least set of clauses; empty for what always holds, the empty clause for what never does."""
        if isinstance(logic, Junction):
            parts = [self.of(one) for one in logic.parts]
            return _least(self._all(parts) if logic.conjunctive else self._one(parts))
        if isinstance(logic, exp.Boolean):
            return set() if logic.this else {frozenset()}
        text = spelled(logic)
        self.atoms[text] = logic
        return {frozenset({text})}

    def _all(self, parts: Iterable[set[Clause]]) -> set[Clause]:
        return {clause for part in parts for clause in part}

    def _one(self, parts: Sequence[set[Clause]]) -> set[Clause]:
        if not all(parts):
            return set()
        if prod(len(part) for part in parts) <= _MOST_CLAUSES:
            return {frozenset().union(*chosen) for chosen in product(*parts)}
        return self.of(some(sorted((self.tree(part) for part in parts), key=spelled)))

    def tree(self, clauses: set[Clause]) -> exp.Expr:
        """The clauses as one condition."""
        found = self.trees(clauses)
        return every(found) if found else exp.true()

    def trees(self, clauses: set[Clause]) -> list[exp.Expr]:
        """The clauses as conditions, in order."""
        ordered = sorted(sorted(clause) for clause in clauses)
        return [some([self.atoms[text] for text in one]) if one else exp.false() for one in ordered]


def _least(clauses: set[Clause]) -> set[Clause]:
    """Without the clauses that a shorter one already says."""
    return {one for one in clauses if not any(other < one for other in clauses)}
