"""What a change does to what is made from the changed thing."""

from enum import StrEnum

from catalog.domain.standing import Standing


class Fate(StrEnum):
    """What becomes of a served metric.

    `BREAKS`: no served version gives it what it needs. `STAYS`: it goes on reading an earlier version, or
    meaning an earlier definition, until it is published again. `MOVES`: it reads the new version, in which
    columns that it uses change.
    """

    BREAKS = "breaks"
    MOVES = "moves"
    STAYS = "stays"


def fate_over(before: Standing, after: Standing, product: str, version: str) -> Fate | None:
    """The fate of a metric whose product comes out in a new version; None where that is no concern of it.

    A metric that was without a number before does not break once more.
    """
    mine = [one for one in after.sources if one.product == product]
    if before.valid and not after.valid:
        return Fate.BREAKS
    if not mine:
        return None
    return Fate.MOVES if all(one.reads == version for one in mine) else Fate.STAYS
