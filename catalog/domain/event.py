"""What happened, as consumers are told: the rows of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.domain.identity import AssetKey


class EventType(StrEnum):
    """Every event the catalog emits."""

    DEPRECATED = "catalog.version.deprecated"
    PUBLISHED = "catalog.version.published"
    REFUSED = "catalog.version.refused"
    REGISTERED = "catalog.draft.registered"
    RETIRED = "catalog.version.retired"
    SIGNED_OFF = "catalog.draft.signed_off"


@dataclass(frozen=True, slots=True)
class Event:
    """One event about one version of one asset."""

    type: EventType
    key: AssetKey
    version: str
    detail: Mapping[str, Any] = field(default_factory=dict)
