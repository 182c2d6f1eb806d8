"""What the use cases of the gate are given."""

from dataclasses import dataclass, field
from typing import Protocol

from catalog.domain.clock import Clock
from catalog.domain.sql_engine import DataLocator, SqlEngine
from catalog.policy.ports import PolicyEngine, PolicyTests
from catalog.publishing.active_policies import ActivePolicies
from catalog.registry.ports import OpenUnit
from catalog.registry.served import ServedDrafts


class Signer(Protocol):
    """Signs decision records, so that a copy can be verified without the store."""

    @property
    def key_id(self) -> str:
        """Which key signed."""

    def sign(self, payload: bytes) -> str:
        """A signature over the canonical bytes of a record."""

    def verify(self, payload: bytes, signature: str) -> bool:
        """Whether the signature was made over these bytes with this key."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything the gate works with; `bootstrap` wires it."""

    open_unit: OpenUnit
    clock: Clock
    policies: ActivePolicies
    policy_engine: PolicyEngine
    policy_tests: PolicyTests
    sql_engine: SqlEngine
    locator: DataLocator
    signer: Signer
    served: ServedDrafts = field(default_factory=ServedDrafts)
    policy_deadline_seconds: float = 5.0
    quality_deadline_seconds: float = 60.0
