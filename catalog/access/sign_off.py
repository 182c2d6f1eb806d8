"""Sign-offs: who must approve a version, and who has; they die when the definition changes.

| tier | who signs |
|---|---|
| `tier_3`, or none declared | nobody: domain teams serve their own without a queue |
| `tier_2` | domain owner |
| `tier_1` | domain owner, steward |
| `north_star` | domain owner, steward, executive sponsor |

The same table holds for metrics and for data products, which rarely declare a tier. A version whose tier is
lower than that of the version it follows still needs what the higher tier asks for: nobody leaves the table
by editing the tier. Whoever registered or publishes a definition may approve it as its domain owner, and in
no other role.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.domain.draft import Draft, ProductContent
from catalog.domain.governance import Governance, Tier
from catalog.domain.people import Role

APPROVING_ROLES: Final = (Role.DOMAIN_OWNER, Role.STEWARD, Role.EXECUTIVE_SPONSOR)
_NEEDED: Final = {Tier.TIER_3: 0, Tier.TIER_2: 1, Tier.TIER_1: 2, Tier.NORTH_STAR: 3}


@dataclass(frozen=True, slots=True)
class SignOff:
    """One approval of one definition by one person in one role."""

    role: Role
    subject: str
    definition_digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SignOffs:
    """What the tier asks for and what was given for this very definition."""

    required: tuple[Role, ...]
    given: tuple[SignOff, ...]

    @property
    def missing(self) -> tuple[Role, ...]:
        """Roles that have not signed, in required order."""
        signed = {one.role for one in self.given}
        return tuple(role for role in self.required if role not in signed)


def required_roles(draft: Draft, previous: Draft | None = None) -> tuple[Role, ...]:
    """Who must sign, in the order of the table; an unknown tier asks for everybody."""
    drafts = (draft,) if previous is None else (draft, previous)
    return APPROVING_ROLES[: max(_needed(governance_of(one).tier) for one in drafts)]


def counted(
    given: Iterable[SignOff], definition_digest: str, proposers: frozenset[str]
) -> tuple[SignOff, ...]:
    """The approvals that count: of this very definition, and of nobody who proposed it, owners excepted."""
    return tuple(
        one
        for one in given
        if one.definition_digest == definition_digest
        and (one.role is Role.DOMAIN_OWNER or one.subject not in proposers)
    )


def governance_of(draft: Draft) -> Governance:
    """The governance facts of the product or metric itself."""
    content = draft.content
    return content.product.governance if isinstance(content, ProductContent) else content.metric.governance


def _needed(tier: str) -> int:
    if not tier:
        return 0
    return _NEEDED[Tier(tier)] if tier in set(Tier) else len(APPROVING_ROLES)
