"""API tokens: shown once, kept as digests, scoped to a team and an application.

A token has 256 bits of randomness, so a plain SHA-256 digest is enough; there is nothing to guess.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from catalog.access.actor import Actor

_PREFIX = "concord_"


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a stored token stands for; the token itself is not stored anywhere."""

    token_id: str
    actor: Actor
    expires_at: datetime
    revoked_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether the token opens doors at this instant."""
        return self.revoked_at is None and now < self.expires_at


def new_token() -> str:
    """A fresh token text, `concord_` and 43 characters."""
    return _PREFIX + secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What the store keeps and looks up."""
    return hashlib.sha256(token.encode()).hexdigest()
