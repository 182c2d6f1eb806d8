"""Published versions and where they stand in life."""

from datetime import datetime

import strawberry

from catalog.domain.lifecycle import Status
from catalog.policy.audited import Audited
from catalog.store.projections.assets import VersionRow


@strawberry.type(description="What an audit found about a served version that policy denies now.")
class Demotion:
    """It is served on, without being certified, until an audit allows it again."""

    rules: list[str]
    decision_id: str
    since: datetime | None


@strawberry.type(description="A version that passed the gate; several may be served side by side.")
class Version:
    """One published version."""

    version: str
    status: Status
    digest: str
    decision_id: str
    quality_run_id: str
    published_at: datetime
    published_by: str
    deprecated_at: datetime | None
    sunset_at: datetime | None
    retired_at: datetime | None
    replaced_by: str
    notice: str
    demotion: Demotion | None


def version_of(row: VersionRow) -> Version:
    """The version as the schema shows it."""
    return Version(
        version=row.version,
        status=row.status,
        digest=row.digest,
        decision_id=row.decision_id,
        quality_run_id=row.quality_run_id,
        published_at=row.published_at,
        published_by=row.published_by,
        deprecated_at=row.deprecated_at,
        sunset_at=row.sunset_at,
        retired_at=row.retired_at,
        replaced_by=row.replaced_by,
        notice=row.notice,
        demotion=_demotion_of(row.audited),
    )


def _demotion_of(audited: Audited | None) -> Demotion | None:
    if audited is None or not audited.demoted:
        return None
    return Demotion(rules=list(audited.denied), decision_id=audited.decision_id, since=audited.since)
