"""The store's waivers, as far as the actor may see their assets' domains."""

from catalog.access.actor import Actor
from catalog.access.decide import restriction_of
from catalog.domain.identity import AssetKey
from catalog.store.projections.policy_waivers import PolicyWaivers


def waivers_seen(actor: Actor, key: AssetKey | None, after: str, limit: int) -> PolicyWaivers:
    """A page of them, newest request first; of one asset where it is given."""
    return PolicyWaivers(key, restriction_of(actor), after, limit)
