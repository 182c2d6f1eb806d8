"""Column types that hold the same on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from catalog.domain.errors import UsageError

SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")
"""An integer primary key that the database counts up."""


class Words(TypeDecorator[str]):
    """Text, ordered by code point on both databases.

    NUL and lone surrogates are refused with `UsageError` before the driver sees them: PostgreSQL cannot hold
    them, and pg8000 loses its place in the protocol over the latter.
    """

    impl = Text().with_variant(Text(collation="C"), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text itself, once it is known to be storable."""
        if value is not None and ("\x00" in value or not _is_unicode(value)):
            raise UsageError("A text holds a character that cannot be stored (NUL or half a surrogate pair).")
        return value


class Json(TypeDecorator[Any]):
    """A plain value as JSON text; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Compact ASCII, so that every character can be stored."""
        return None if value is None else json.dumps(value, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The plain value again."""
        return None if value is None else json.loads(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, in UTC on the way in and on the way out; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The same instant in UTC."""
        if value is not None and value.tzinfo is None:
            raise UsageError("An instant came without a time zone.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite forgets the zone, PostgreSQL answers in its own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
