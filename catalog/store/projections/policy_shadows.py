"""What a bundle in shadow would have decided, beside what was decided, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select

from catalog.policy.shadowed import Shadowed
from catalog.store.repositories.decisions import shadowed, shadowed_of
from catalog.store.tables.policies import policy_shadows


@dataclass(frozen=True, slots=True)
class PolicyShadows:
    """Decisions that a bundle was evaluated beside, newest first, from behind the decision `after` on."""

    revision: str
    limit: int = 100
    after: str = ""

    def statement(self) -> Select[Any]:
        """A page of decisions."""
        newest_first = policy_shadows.c.decision_id.desc()
        query = shadowed(self.revision).order_by(newest_first).limit(self.limit)
        return query.where(policy_shadows.c.decision_id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[Shadowed, ...]:
        """The rows as values."""
        return tuple(map(shadowed_of, rows))
