"""Policy decisions, kept with what is needed to repeat them."""

from sqlalchemy import insert
from uuid_utils import uuid7

from catalog.domain.errors import Conflict
from catalog.domain.identity import AssetKey
from catalog.policy.decision import Decision
from catalog.store.plain import plain_findings
from catalog.store.repositories.assets import Assets
from catalog.store.tables import decisions, policy_shadows
from catalog.store.transaction import Transaction


def add_decision(
    transaction: Transaction, known: Assets, key: AssetKey, digest: str, decision: Decision
) -> None:
    """Store a decision about the content `digest`; raises `Conflict` when its id is taken."""
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
