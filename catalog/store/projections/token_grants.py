"""The tokens there are, for those who issue and revoke them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.access.token import TokenGrant
from catalog.store.tables.logs import api_tokens
from catalog.store.tokens import grant_of


@dataclass(frozen=True, slots=True)
class TokenGrants:
    """All grants by id, which is the cursor; revoked and expired ones too."""

    after: str = ""
    limit: int = 50

    def statement(self) -> Select[Any]:
        """Walked by id."""
        following = api_tokens.c.token_id > self.after
        return select(api_tokens).where(following).order_by(api_tokens.c.token_id).limit(self.limit)

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[TokenGrant, ...]:
        """One grant per row."""
        return tuple(grant_of(row) for row in rows)
