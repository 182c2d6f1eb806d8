"""A settled metric name, as the schema shows it."""

from datetime import datetime

import strawberry

from catalog.domain.settlement import Fate
from catalog.domain.settlement import Settlement as DomainSettlement

strawberry.enum(Fate, name="SettledFate", description="What becomes of another metric of the settled name.")


@strawberry.type(description="What the decision says of another metric of the name.")
class SettledOther:
    """One metric."""

    metric: str
    fate: Fate


@strawberry.type(description="The executive sponsor's decision on what a metric name stands for.")
class Settlement:
    """It holds for this definition of `canonical` and dies with it."""

    name: str
    canonical: str
    definition_digest: str
    others: list[SettledOther]
    reason: str
    settled_at: datetime
    settled_by: str


def settlement_of(settled: DomainSettlement) -> Settlement:
    """The decision as the schema shows it."""
    return Settlement(
        name=settled.name,
        canonical=str(settled.canonical),
        definition_digest=settled.definition_digest,
        others=[SettledOther(metric=str(key), fate=fate) for key, fate in settled.others],
        reason=settled.reason,
        settled_at=settled.settled_at,
        settled_by=settled.settled_by,
    )
