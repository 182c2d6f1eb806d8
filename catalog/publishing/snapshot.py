"""Everything that one judgement looks at, frozen."""

from dataclasses import dataclass
from datetime import datetime

from catalog.access.sign_off import SignOffs
from catalog.domain.draft import Draft
from catalog.domain.finding import Finding
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import Link
from catalog.domain.settlement import Settlement
from catalog.domain.standing import Standing
from catalog.policy.decision import Decision
from catalog.policy.waiver import Waiver
from catalog.quality.report import QualityReport
from catalog.registry.compatibility import AffectedMetric, Compatibility
from catalog.registry.ports import PublishedVersion


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something a draft is made from; `status` is that of its served version, None where none is served.

    `governed` is False for what may come from outside the mesh, as a product's inputs do.
    """

    name: str
    status: Status | None
    governed: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One draft with all evidence about it at one instant.

    `impact` are the served metrics that it reaches, `standing` is how a metric would stand, `lineage` what the
    draft is made from.

    `findings` are about the definition itself. `bundle_revision`, `view_digest` and the store's `waivers` are what
    policy would see at `judged_at`; a decision about anything else is stale. `quality` is None where nothing was
    measured, `settlement` where nobody settled what the metric's name stands for.
    """

    draft: Draft
    findings: tuple[Finding, ...]
    decision: Decision
    quality: QualityReport | None
    compatibility: Compatibility
    sign_offs: SignOffs
    dependencies: tuple[Dependency, ...]
    versions: tuple[PublishedVersion, ...]
    bundle_revision: str
    view_digest: str
    row_version: int
    judged_at: datetime
    impact: tuple[AffectedMetric, ...] = ()
    standing: Standing | None = None
    lineage: tuple[Link, ...] = ()
    settlement: Settlement | None = None
    waivers: tuple[Waiver, ...] = ()
