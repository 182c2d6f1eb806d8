"""What reading an asset would show: nothing yet, something open, or something personal."""

from enum import StrEnum

from catalog.access.classification import is_personal, personal_columns
from catalog.domain.draft import Draft, MetricContent
from catalog.domain.lifecycle import Status, is_served


class Exposure(StrEnum):
    """The side of a read that the asset decides; the other side is the actor."""

    OPEN = "open"
    PERSONAL = "personal"
    UNSERVED = "unserved"


def exposure_of(draft: Draft, status: Status) -> Exposure:
    """Served metrics are open unless they declare a personal classification: their answers are aggregates,
    and permission for a metric is not permission for its tables. Served products are personal as soon as one
    column is.
    """
    if not is_served(status):
        return Exposure.UNSERVED
    if isinstance(draft.content, MetricContent):
        declared = str(draft.content.metric.governance.custom.get("classification") or "")
        return Exposure.PERSONAL if is_personal(declared) else Exposure.OPEN
    personal = any(personal_columns(contract) for contract in draft.content.contracts)
    return Exposure.PERSONAL if personal else Exposure.OPEN
