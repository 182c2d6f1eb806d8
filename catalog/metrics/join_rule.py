"""Which joins keep each row of the left side once (MetricFlow's table of entity types)."""

from enum import StrEnum
from typing import Final

from catalog.domain.semantic_model import EntityType


class JoinRule(StrEnum):
    """What a join from one entity to another would do."""

    FAN_OUT = "it may repeat rows, because the entity stands there many times"
    SAFE = "each row meets at most one row"
    VALIDITY = "each row meets the one that was valid at its time"


_RIGHT: Final = {
    EntityType.FOREIGN: JoinRule.FAN_OUT,
    EntityType.NATURAL: JoinRule.VALIDITY,
    EntityType.PRIMARY: JoinRule.SAFE,
    EntityType.UNIQUE: JoinRule.SAFE,
}


def judge_join(left: EntityType, right: EntityType) -> JoinRule:
    """What joining `left` to `right` by the same entity does; two natural keys never meet once."""
    if left is EntityType.NATURAL and right is EntityType.NATURAL:
        return JoinRule.FAN_OUT
    return _RIGHT[right]
