"""The decision record: what was judged, canonical and signed, so that a copy proves itself without the store.

The payload follows the idea of an in-toto statement: a subject by digest, and what is claimed about it.
Fields are only ever added; a reader must ignore those it does not know.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import catalog
from catalog.access.actor import Actor
from catalog.access.sign_off import SignOffs
from catalog.domain.standing import Standing
from catalog.manifests.digest import canonical_json
from catalog.policy.decision import Decision
from catalog.publishing.impact import to_plain
from catalog.publishing.ports import Signer
from catalog.publishing.snapshot import Snapshot
from catalog.quality.report import QualityReport
from catalog.registry.ports import PublishedVersion

TYPE: Final = "concord.decision_record.v1"


def record_of(snapshot: Snapshot, publisher: Actor, signer: Signer) -> dict[str, Any]:
    """`payload`, `key_id` and `signature`; the payload holds plain JSON values only."""
    payload = payload_of(snapshot, publisher)
    signature = signer.sign(canonical_json(payload))
    return {"payload": payload, "key_id": signer.key_id, "signature": signature}


def payload_of(snapshot: Snapshot, publisher: Actor) -> dict[str, Any]:
    """Everything that the judgement looked at, by digest, revision, run, row version and clock."""
    draft, compatibility = snapshot.draft, snapshot.compatibility
    return {
        "type": TYPE,
        "subject": {
            "key": str(draft.key),
            "version": draft.version,
            "digest": draft.digest,
            "definition_digest": draft.definition_digest,
            "documents": {one.path: one.digest for one in draft.documents},
        },
        "policy": _policy(snapshot.decision),
        "quality": None if snapshot.quality is None else _quality(snapshot.quality),
        "compatibility": {
            "compared_with": compatibility.compared_with,
            "bump_due": str(compatibility.bump_due),
            "bump_taken": str(compatibility.bump_taken),
            "changes": dict(Counter(str(one.kind) for one in compatibility.changes)),
        },
        "sign_offs": _sign_offs(snapshot.sign_offs),
        "dependencies": {one.name: str(one.status or "") for one in snapshot.dependencies},
        "standing": _standing(snapshot.standing),
        "impact": to_plain(snapshot.impact),
        "row_version": snapshot.row_version,
        "judged_at": snapshot.judged_at.isoformat(),
        "published_by": {
            "subject": publisher.subject,
            "team": publisher.team,
            "application": publisher.application,
        },
        "catalog": catalog.__version__,
    }


def verify(record: Mapping[str, Any], signer: Signer) -> bool:
    """Whether the record was signed with this key and not changed since."""
    payload, signature = record.get("payload"), record.get("signature")
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        return False
    try:
        return record.get("key_id") == signer.key_id and signer.verify(canonical_json(payload), signature)
    except ValueError:
        return False


def verify_version(version: PublishedVersion, signer: Signer) -> bool:
    """Whether the record is genuine and about this very version and content."""
    if not verify(version.record, signer):
        return False
    subject = version.record["payload"].get("subject", {})
    claimed = tuple(subject.get(name) for name in ("key", "version", "digest", "definition_digest"))
    return claimed == (str(version.key), version.version, version.digest, version.definition_digest)


def _policy(decision: Decision) -> dict[str, Any]:
    return {
        "decision_id": decision.decision_id,
        "point": str(decision.point),
        "verdict": str(decision.verdict),
        "bundle_revision": decision.bundle_revision,
        "engine": decision.engine,
        "input_digest": decision.input_digest,
        "result_digest": decision.result_digest,
        "waivers": sorted({one.waiver for one in decision.waived}),
        "stored_waivers": [one.id for one in decision.waivers],
        "decided_at": decision.decided_at.isoformat(),
        "rules_evaluated": decision.rules_evaluated,
        "findings": sorted({f"{one.level} {one.code}" for one in decision.findings}),
    }


def _quality(report: QualityReport) -> dict[str, Any]:
    return {
        "run_id": report.run_id,
        "engine": report.engine,
        "fingerprints": dict(report.fingerprints),
        "outcomes": dict(Counter(str(one.outcome) for one in report.results)),
        "started_at": report.started_at.isoformat(),
        "finished_at": report.finished_at.isoformat(),
    }


def _standing(standing: Standing | None) -> dict[str, Any]:
    """The version of each product that a metric was made on, by model."""
    sources = standing.sources if standing else ()
    return {one.model: {"product": one.product, "version": one.made_on} for one in sources}


def _sign_offs(sign_offs: SignOffs) -> dict[str, Any]:
    return {
        "required": [str(role) for role in sign_offs.required],
        "given": [
            {
                "role": str(one.role),
                "subject": one.subject,
                "definition_digest": one.definition_digest,
                "at": one.at.isoformat(),
            }
            for one in sign_offs.given
        ],
    }
