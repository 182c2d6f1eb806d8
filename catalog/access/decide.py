"""The one decision function: role, domain and permission, for every door and every field.

Reading is open by default: whoever holds a token reads what is served and not personal. Everything else needs
a role, in the domain or across the organisation. A read that is refused looks like a read of nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalog.access.actor import EVERYWHERE, Actor
from catalog.access.exposure import Exposure
from catalog.access.permission import Permission
from catalog.domain.errors import Forbidden, NotFound
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role

_KEEPERS: Final = frozenset({Role.ADMIN, Role.DOMAIN_OWNER, Role.STEWARD})
_APPROVERS: Final = frozenset({Role.DOMAIN_OWNER, Role.EXECUTIVE_SPONSOR, Role.STEWARD})
_WATCHERS: Final = frozenset({Role.ADMIN, Role.AUDITOR})
_POLICY: Final = frozenset({Role.ADMIN, Role.POLICY_ENGINEER})

GRANTS: Final[Mapping[Permission, frozenset[Role]]] = {
    # Admins run the catalog; they see no personal values and sign off nothing by that role.
    Permission.ASSET_DATA_READ: frozenset({Role.CONSUMER, Role.DOMAIN_OWNER, Role.STEWARD}),
    Permission.ASSET_METADATA_READ: _KEEPERS | _APPROVERS | _WATCHERS | _POLICY,
    Permission.DOMAIN_DRAFT_REGISTER: _KEEPERS,
    Permission.DOMAIN_DRAFT_SIGN_OFF: _APPROVERS,
    Permission.DOMAIN_QUALITY_RUN: _KEEPERS,
    Permission.DOMAIN_VERSION_DEPRECATE: _KEEPERS,
    Permission.DOMAIN_VERSION_PUBLISH: _KEEPERS,
    Permission.DOMAIN_VERSION_RETIRE: _KEEPERS,
    Permission.DOMAIN_WAIVER_REQUEST: _KEEPERS | _POLICY,
    # Which of them approves follows from the rule: `policy.waiver_request.APPROVERS`.
    Permission.DOMAIN_WAIVER_SETTLE: _KEEPERS | _POLICY,
    Permission.ORGANISATION_ACCESS_LOG_READ: _WATCHERS,
    Permission.ORGANISATION_AUDIT_READ: _WATCHERS,
    Permission.ORGANISATION_METRIC_SETTLE: frozenset({Role.EXECUTIVE_SPONSOR}),
    Permission.ORGANISATION_POLICY_ACTIVATE: _POLICY,
    Permission.ORGANISATION_POLICY_AUDIT: _POLICY | _WATCHERS,
    Permission.ORGANISATION_POLICY_READ: _POLICY | _WATCHERS,
    Permission.ORGANISATION_POLICY_SIMULATE: _POLICY,
    Permission.ORGANISATION_POLICY_UPLOAD: _POLICY,
    Permission.ORGANISATION_TOKEN_ISSUE: frozenset({Role.ADMIN}),
    Permission.ORGANISATION_TOKEN_REVOKE: frozenset({Role.ADMIN}),
}
_READS: Final = frozenset({Permission.ASSET_DATA_READ, Permission.ASSET_METADATA_READ})


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """Whether, by which rule, and why in one sentence; `rule` is stable and stands in logs."""

    allowed: bool
    rule: str
    reason: str


def decide(
    actor: Actor,
    permission: Permission,
    *,
    domain: str = "",
    key: AssetKey | None = None,
    exposure: Exposure = Exposure.UNSERVED,
) -> AccessDecision:
    """Whether `actor` holds `permission` in the domain, which is the key's where a key is given.

    `exposure` matters for reads only; without it nothing counts as served, so nothing opens by omission.
    Permissions of the organisation ask for a role held everywhere.
    """
    where = key.domain if key is not None else domain
    if permission in _READS and exposure is Exposure.OPEN:
        return AccessDecision(True, "read:open", "What is served and not personal is open to every token.")
    if permission is Permission.ASSET_METADATA_READ and exposure is Exposure.PERSONAL:
        return AccessDecision(True, "read:metadata", "What is served can be found by every token.")
    return _by_role(actor, permission, where or EVERYWHERE)


def require(
    actor: Actor,
    permission: Permission,
    *,
    domain: str = "",
    key: AssetKey | None = None,
    exposure: Exposure = Exposure.UNSERVED,
) -> AccessDecision:
    """The decision that allowed; raises `Forbidden` with the reason, or for a read of an asset `NotFound`
    exactly as if the asset were not there.
    """
    decision = decide(actor, permission, domain=domain, key=key, exposure=exposure)
    if decision.allowed:
        return decision
    if permission in _READS and key is not None:
        raise unseen(key)
    raise Forbidden(decision.reason)


def domains_seen(actor: Actor) -> frozenset[str]:
    """The domains whose drafts and decisions the actor may see; `*` among them where it is all."""
    return frozenset(
        domain
        for domain in actor.roles
        if decide(actor, Permission.ASSET_METADATA_READ, domain=domain).allowed
    )


def restriction_of(actor: Actor) -> frozenset[str] | None:
    """The same as a restriction for lists; None where there is none."""
    seen = domains_seen(actor)
    return None if EVERYWHERE in seen else seen


def unseen(key: AssetKey) -> NotFound:
    """The one answer for an asset that is not there and for one that the actor may not see."""
    return NotFound(f"There is no {key} that you may see.")


def _by_role(actor: Actor, permission: Permission, domain: str) -> AccessDecision:
    for role in sorted(GRANTS[permission]):
        if actor.holds(role, domain):
            return AccessDecision(True, f"role:{role}@{domain}", f"{actor.subject} is {role} of {domain}.")
    needed = ", ".join(sorted(GRANTS[permission]))
    return AccessDecision(
        False, f"none:{permission}@{domain}", f"{permission} in {domain} needs one of: {needed}."
    )
