"""What happened, as consumers are told: the rows of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.domain.identity import AssetKey


class EventType(StrEnum):
    """Every event the catalog emits."""

    DEPRECATED = "catalog.version.deprecated"
    METRIC_SETTLED = "catalog.metric_name.settled"
    AUDIT_UNDECIDED = "catalog.version.audit_undecided"
    AUDIT_WARNED = "catalog.version.audit_warned"
    DEMOTED = "catalog.version.demoted"
    POLICY_ACTIVATED = "catalog.policy.activated"
    POLICY_ENGINES_DIFFER = "catalog.policy.engines_differ"
    POLICY_ROLLED_BACK = "catalog.policy.rolled_back"
    POLICY_SHADOWED = "catalog.policy.shadowed"
    POLICY_UPLOADED = "catalog.policy.uploaded"
    POLICY_VALIDATED = "catalog.policy.validated"
    INVALIDATED = "catalog.metric.invalidated"
    PUBLISHED = "catalog.version.published"
    REFUSED = "catalog.version.refused"
    REGISTERED = "catalog.draft.registered"
    REINSTATED = "catalog.version.reinstated"
    RESTORED = "catalog.metric.restored"
    RETIRED = "catalog.version.retired"
    SIGNED_OFF = "catalog.draft.signed_off"
    WAIVER_APPROVED = "catalog.waiver.approved"
    WAIVER_NOTED = "catalog.waiver.noted"
    WAIVER_REQUESTED = "catalog.waiver.requested"
    WAIVER_REVOKED = "catalog.waiver.revoked"


@dataclass(frozen=True, slots=True)
class Event:
    """One event about one version of one asset; without an asset, about the policy bundle of that revision."""

    type: EventType
    key: AssetKey | None
    version: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What it is about: an asset key, or `policy:` with the revision."""
        return str(self.key) if self.key else f"policy:{self.version}"
