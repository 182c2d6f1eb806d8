"""What a bundle in shadow would have decided, beside what was decided, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.domain.identity import AssetKey, AssetKind
from catalog.policy.decision import EnforcementPoint, Shadow, Verdict
from catalog.store.tables.assets import assets
from catalog.store.tables.evidence import decisions
from catalog.store.tables.policies import policy_shadows


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """One decision and its shadow; the decision's id is the cursor."""

    decision_id: str
    key: AssetKey
    point: EnforcementPoint
    verdict: Verdict
    shadow: Shadow

    @property
    def differs(self) -> bool:
        """Whether verdict or findings would have been others."""
        shadow = self.shadow
        return self.verdict is not shadow.verdict or bool(shadow.appearing or shadow.vanishing)


@dataclass(frozen=True, slots=True)
class PolicyShadows:
    """Decisions that a bundle was evaluated beside, newest first, from behind the decision `after` on."""

    revision: str
    limit: int = 100
    after: str = ""

    def statement(self) -> Select[Any]:
        """A page of decisions."""
        query = (
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
        return query.where(policy_shadows.c.decision_id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[ShadowRow, ...]:
        """The rows as values."""
        return tuple(
            ShadowRow(
                row.decision_id,
                AssetKey(AssetKind(row.kind), row.domain, row.name),
                EnforcementPoint(row.point),
                Verdict(row.decided),
                Shadow(row.revision, Verdict(row.verdict), tuple(row.appearing), tuple(row.vanishing)),
            )
            for row in rows
        )
