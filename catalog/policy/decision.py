"""What policy says about one asset at one enforcement point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.domain.finding import Finding
from catalog.policy.waiver import Waiver


class EnforcementPoint(StrEnum):
    """Where in the flow a decision is made."""

    AUDIT = "audit"
    CI = "ci"
    PUBLISH = "publish"
    REGISTER = "register"


class Enforcement(StrEnum):
    """What a violation does at a point; ordered by `rank`, a domain may only raise it."""

    OFF = "off"
    WARN = "warn"
    DENY = "deny"

    @property
    def rank(self) -> int:
        """0 for off to 2 for deny."""
        return list(Enforcement).index(self)


class Verdict(StrEnum):
    """`error` means that no decision came about; it blocks like `deny`."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What a rule itself reports: its id, a JSON pointer into the view, and arguments for the message."""

    id: str
    path: str
    args: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class WaivedFinding:
    """What would count without a waiver: the finding at its full level, and why it is passed over.

    `path` is the violation's own pointer into the view.
    """

    finding: Finding
    waiver: str
    reason: str
    expires: datetime
    path: str = ""


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a bundle in shadow would have decided, and the rules by which it differs; it has no effect."""

    bundle_revision: str
    verdict: Verdict
    appearing: tuple[str, ...]
    vanishing: tuple[str, ...]

    def differs_from(self, verdict: Verdict) -> bool:
        """Whether it says anything else than the decision of that verdict."""
        return self.verdict is not verdict or bool(self.appearing or self.vanishing)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with all that is needed to explain and to repeat it.

    `input_digest` covers the canonical view, `bundle_revision` the rules and parameters, `engine` names what
    evaluated. `findings` are sorted by rule and place. `waived` is what waivers passed over; each of these is
    told among the findings too. `shadow` is what a bundle in shadow would have said. `violations` are what
    counts, `result_digest` covers them with the verdict and what was waived: repeating the decision over
    `view`, the canonical JSON that was judged, gives it again. `waivers` are those of the store that were
    approved for the asset, expired ones too; the bundle holds its own. `published_at` is when the asset was first
    published, as a rule's grace looks at it. `latency_ms` is wall time.
    """

    decision_id: str
    point: EnforcementPoint
    verdict: Verdict
    findings: tuple[Finding, ...]
    bundle_revision: str
    engine: str
    input_digest: str
    decided_at: datetime
    rules_evaluated: int = 0
    waived: tuple[WaivedFinding, ...] = ()
    shadow: Shadow | None = None
    violations: tuple[Violation, ...] = ()
    result_digest: str = ""
    published_at: datetime | None = None
    waivers: tuple[Waiver, ...] = ()
    view: bytes = field(default=b"", repr=False, compare=False)
    latency_ms: float = field(default=0.0, compare=False)

    @property
    def allows(self) -> bool:
        """Whether nothing blocks; never true without a decision."""
        return self.verdict is Verdict.ALLOW
