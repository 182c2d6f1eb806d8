"""Policy decisions with their findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.domain.identity import AssetKey, AssetKind
from catalog.policy.decision import Decision, EnforcementPoint, Verdict, Violation
from catalog.store.plain import findings_of, waiver_of
from catalog.store.repositories.assets import is_asset
from catalog.store.tables.assets import assets
from catalog.store.tables.evidence import decisions


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision about one content of one asset.

    `decided_for` names subject, team and application; `waived` name rule, path, waiver, reason and end.
    """

    cursor: str
    key: AssetKey
    digest: str
    decision: Decision
    decided_for: Mapping[str, str]
    waived: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions, newest first: of an asset, about a content, with a verdict, or one by its id.

    `limit=1` with a key is the asset's latest.
    """

    key: AssetKey | None = None
    digest: str = ""
    decision_id: str = ""
    verdict: Verdict | None = None
    domains: frozenset[str] | None = None
    after: str = ""
    limit: int = 50

    def statement(self) -> Select[Any]:
        """Decisions with their asset, walked backwards."""
        query = select(decisions, assets.c.kind, assets.c.domain, assets.c.name).join(assets)
        query = query.order_by(decisions.c.id.desc()).limit(self.limit)
        for name in ("digest", "decision_id", "verdict"):
            if wanted := getattr(self, name):
                query = query.where(decisions.c[name] == wanted)
        if self.key is not None:
            query = query.where(is_asset(self.key))
        if self.domains is not None:
            query = query.where(assets.c.domain.in_(self.domains))
        return query.where(decisions.c.id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[DecisionRow, ...]:
        """One decision per row."""
        return tuple(
            DecisionRow(
                row.id,
                AssetKey(AssetKind(row.kind), row.domain, row.name),
                row.digest,
                _decision(row),
                row.decided_for or {},
                tuple(row.waived or ()),
            )
            for row in rows
        )


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        decision_id=row.decision_id,
        point=EnforcementPoint(row.point),
        verdict=Verdict(row.verdict),
        findings=findings_of(row.findings),
        bundle_revision=row.bundle_revision,
        engine=row.engine,
        input_digest=row.input_digest,
        decided_at=row.decided_at,
        rules_evaluated=row.rules_evaluated,
        violations=tuple(Violation(one["id"], one["path"], one["args"]) for one in row.violations or ()),
        result_digest=row.result_digest or "",
        waivers=tuple(map(waiver_of, row.waivers or ())),
        published_at=row.published_at,
        latency_ms=row.latency_ms or 0.0,
    )
