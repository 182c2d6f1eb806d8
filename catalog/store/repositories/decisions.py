"""Policy decisions, kept with what is needed to repeat them."""

from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, select
from uuid_utils import uuid7

from catalog.access.actor import Actor
from catalog.domain.document import Document
from catalog.domain.errors import Conflict
from catalog.domain.identity import AssetKey, AssetKind
from catalog.policy.decision import Decision, EnforcementPoint, Shadow, Verdict, WaivedFinding
from catalog.policy.shadowed import Shadowed
from catalog.store.plain import plain_findings, plain_waiver
from catalog.store.repositories.assets import Assets
from catalog.store.tables.assets import assets, documents, drafts
from catalog.store.tables.evidence import decisions
from catalog.store.tables.policies import policy_shadows
from catalog.store.transaction import Transaction


def keep(transaction: Transaction, document: Document) -> None:
    """Store bytes by their digest, once."""
    if document.data and kept(transaction, document.digest) is None:
        transaction.add(documents, {"digest": document.digest, "data": document.data})


def kept(transaction: Transaction, digest: str) -> bytes | None:
    """The bytes of that digest."""
    row = transaction.first(select(documents.c.data).where(documents.c.digest == digest))
    return None if row is None else bytes(row.data)


def add_decision(
    transaction: Transaction, known: Assets, actor: Actor, key: AssetKey, *, digest: str, decision: Decision
) -> None:
    """Store a decision about the content `digest` with the view it judged; raises `Conflict` when its id is taken."""
    keep(transaction, Document("view.json", decision.view))
    row = {
        "id": str(uuid7()),
        "decision_id": decision.decision_id,
        "asset_id": known.claim(key),
        "digest": digest,
        "point": decision.point,
        "verdict": decision.verdict,
        "findings": plain_findings(decision.findings),
        "bundle_revision": decision.bundle_revision,
        "engine": decision.engine,
        "input_digest": decision.input_digest,
        "decided_at": decision.decided_at,
        "rules_evaluated": decision.rules_evaluated,
        "violations": [{"id": one.id, "path": one.path, "args": one.args} for one in decision.violations],
        "waived": [_waived(one) for one in decision.waived],
        "waivers": [plain_waiver(one) for one in decision.waivers],
        "result_digest": decision.result_digest,
        "published_at": decision.published_at,
        "decided_for": {
            "subject": actor.subject,
            "team": actor.team,
            "application": actor.application,
        },
        "latency_ms": decision.latency_ms,
    }
    if not transaction.add(decisions, row):
        raise Conflict(f"The decision {decision.decision_id} is already stored.")
    shadow = decision.shadow
    if shadow is not None:
        values = {
            "decision_id": decision.decision_id,
            "revision": shadow.bundle_revision,
            "verdict": shadow.verdict,
            "appearing": list(shadow.appearing),
            "vanishing": list(shadow.vanishing),
        }
        transaction.write(insert(policy_shadows).values(**values))


def shadowed(revision: str) -> Select[Any]:
    """The decisions that this bundle was held against, as `shadowed_of` reads them."""
    of_asset = decisions.c.asset_id == drafts.c.asset_id
    return (
        select(
            policy_shadows,
            decisions.c.digest,
            decisions.c.point,
            decisions.c.decided_at,
            decisions.c.verdict.label("decided"),
            func.coalesce(drafts.c.version, "").label("version"),
            assets.c.kind,
            assets.c.domain,
            assets.c.name,
        )
        .join(decisions, decisions.c.decision_id == policy_shadows.c.decision_id)
        .join(assets, assets.c.id == decisions.c.asset_id)
        .outerjoin(drafts, and_(of_asset, decisions.c.digest == drafts.c.digest))
        .where(policy_shadows.c.revision == revision)
    )


def newest_shadowed(revision: str, point: EnforcementPoint) -> Select[Any]:
    """Of each content the newest of them at the point."""
    newest = (
        select(func.max(policy_shadows.c.decision_id))
        .join(decisions, decisions.c.decision_id == policy_shadows.c.decision_id)
        .where(policy_shadows.c.revision == revision, decisions.c.point == point)
        .group_by(decisions.c.asset_id, decisions.c.digest)
    )
    return shadowed(revision).where(policy_shadows.c.decision_id.in_(newest))


def shadowed_of(row: Row[Any]) -> Shadowed:
    """A row of `shadowed` as a value."""
    return Shadowed(
        row.decision_id,
        AssetKey(AssetKind(row.kind), row.domain, row.name),
        row.digest,
        row.version,
        EnforcementPoint(row.point),
        row.decided_at,
        Verdict(row.decided),
        Shadow(row.revision, Verdict(row.verdict), tuple(row.appearing), tuple(row.vanishing)),
    )


def _waived(one: WaivedFinding) -> dict[str, Any]:
    return {
        "rule": one.finding.code,
        "path": one.path,
        "waiver": one.waiver,
        "reason": one.reason,
        "expires": one.expires.isoformat(),
    }
