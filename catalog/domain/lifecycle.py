"""Status of a version and the steps between them (status words of ODPS and ODCS)."""

from enum import StrEnum


class Status(StrEnum):
    """`publish` is the verb that makes a version active."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


_STEPS = {
    Status.PROPOSED: {Status.DRAFT, Status.ACTIVE},
    Status.DRAFT: {Status.ACTIVE},
    Status.ACTIVE: {Status.DEPRECATED},
    Status.DEPRECATED: {Status.RETIRED, Status.ACTIVE},
    Status.RETIRED: set(),
}


def may_become(current: Status, following: Status) -> bool:
    """Whether the lifecycle allows the step; a retired version stays retired."""
    return following in _STEPS[current]


def is_served(status: Status) -> bool:
    """Consumers are served from active and from deprecated versions."""
    return status in {Status.ACTIVE, Status.DEPRECATED}
