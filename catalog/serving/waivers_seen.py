"""The store's waivers, as far as the actor may see their assets' domains."""

from catalog.access.actor import EVERYWHERE, Actor
from catalog.access.decide import decide
from catalog.access.permission import Permission
from catalog.domain.identity import AssetKey
from catalog.store.projections.policy_waivers import PolicyWaivers


def waivers_seen(actor: Actor, key: AssetKey | None, after: str, limit: int) -> PolicyWaivers:
    """A page of them, newest request first; of one asset where it is given."""
    kept = frozenset(
        domain
        for domain in actor.roles
        if decide(actor, Permission.ASSET_METADATA_READ, domain=domain).allowed
    )
    return PolicyWaivers(key, None if EVERYWHERE in kept else kept, after, limit)
