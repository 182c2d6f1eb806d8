"""What a projection is: one statement, and the rows that it becomes.

Lists are keyset-paged: `after` is the `cursor` of the last row seen, empty or 0 for the first page; at most
`limit` rows come back. Who may see what is decided by the caller and arrives as a field.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row, Select

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Projection(Protocol[T_co]):
    """Reads with exactly one SQL statement."""

    def statement(self) -> Select[Any]:
        """The statement, with every value bound."""

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[T_co, ...]:
        """What the rows say."""


class Read(Protocol):
    """Runs a projection."""

    def __call__(self, projection: Projection[T], /) -> tuple[T, ...]:
        """What it found."""
