"""How sensitive a column is: an order of words, from public to what may never be seen whole."""

from collections.abc import Iterable
from typing import Final

from catalog.domain.data_contract import DataContract, Property

_LADDER: Final = (
    ("public", "open"),
    ("internal",),
    ("confidential", "private"),
    ("personal", "pii", "restricted", "sensitive"),
    ("biometric", "health", "secret", "special_category"),
)
_RANK: Final = {word: rank for rank, words in enumerate(_LADDER) for word in words}
_PERSONAL_RANK: Final = 3


def rank_of(classification: str) -> int | None:
    """0 for public upwards; None for a word that is not in the order, 0 where nothing is declared."""
    word = classification.strip().lower().replace(" ", "_").replace("-", "_")
    return _RANK.get(word) if word else 0


def is_personal(classification: str) -> bool:
    """Whether values are kept from those without a grant; an unknown word counts as personal."""
    rank = rank_of(classification)
    return rank is None or rank >= _PERSONAL_RANK


def personal_columns(contract: DataContract) -> tuple[str, ...]:
    """`object.column` of every personal column, nested ones included, in declared order."""
    return tuple(
        f"{item.name}.{path}"
        for item in contract.schema
        for path, column in _walk(item.properties)
        if is_personal(column.classification)
    )


def _walk(columns: Iterable[Property], prefix: str = "") -> Iterable[tuple[str, Property]]:
    for column in columns:
        path = f"{prefix}{column.name}"
        yield path, column
        yield from _walk(column.properties, f"{path}.")
        if column.items is not None:
            yield from _walk((column.items,), f"{path}.")
