"""What a bundle in shadow would have decided, beside what was decided, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.domain.identity import AssetKey, AssetKind
from catalog.policy.decision import EnforcementPoint, Shadow, Verdict
from catalog.store.tables import assets, decisions, policy_shadows


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """One decision and its shadow."""

    key: AssetKey
    point: EnforcementPoint
    verdict: Verdict
    shadow: Shadow


@dataclass(frozen=True, slots=True)
class PolicyShadows:
    """Decisions that a bundle was evaluated beside, newest first."""

    revision: str
    limit: int = 100

    def statement(self) -> Select[Any]:
        """A page of decisions."""
        return (
            select(
                policy_shadows,
                decisions.c.point,
                decisions.c.verdict.label("decided"),
                assets.c.kind,
                assets.c.domain,
                assets.c.name,
            )
            .join(decisions, decisions.c.decision_id == policy_shadows.c.decision_id)
            .join(assets, assets.c.id == decisions.c.asset_id)
            .where(policy_shadows.c.revision == self.revision)
            .order_by(policy_shadows.c.decision_id.desc())
            .limit(self.limit)
        )

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[ShadowRow, ...]:
        """The rows as values."""
        return tuple(
            ShadowRow(
                AssetKey(AssetKind(row.kind), row.domain, row.name),
                EnforcementPoint(row.point),
                Verdict(row.decided),
                Shadow(row.revision, Verdict(row.verdict), tuple(row.appearing), tuple(row.vanishing)),
            )
            for row in rows
        )
