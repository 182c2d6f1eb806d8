"""Who acts in the demo: each domain's owner and steward, a sponsor, a BI tool, an auditor."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from catalog.access.actor import EVERYWHERE, SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.domain.people import Role
from catalog.store.issue import issue

DOMAINS = ("platform", "sales", "marketing", "finance", "operations")
_VALID = timedelta(days=1)


def cast() -> dict[str, Actor]:
    """Every actor by name; whoever registers a definition is not the one who signs it as steward or sponsor."""
    actors = {
        "sponsor": _actor("sponsor", "board", {EVERYWHERE: Role.EXECUTIVE_SPONSOR}),
        "bi": _actor("bi", "planning", {EVERYWHERE: Role.CONSUMER}, application="dashboards"),
        "auditor": _actor("auditor", "audit", {EVERYWHERE: Role.AUDITOR}),
        "policy": _actor("policy", "governance", {EVERYWHERE: Role.POLICY_ENGINEER}),
    }
    for domain in DOMAINS:
        actors[f"{domain}-owner"] = _actor(f"{domain}-owner", domain, {domain: Role.DOMAIN_OWNER})
        actors[f"{domain}-steward"] = _actor(f"{domain}-steward", domain, {domain: Role.STEWARD})
    return actors


def approver(role: Role, domain: str) -> str:
    """The name of the actor who signs in this role."""
    return {
        Role.DOMAIN_OWNER: f"{domain}-owner",
        Role.STEWARD: f"{domain}-steward",
        Role.EXECUTIVE_SPONSOR: "sponsor",
    }[role]


def issue_tokens(services: Services, file: Path) -> Mapping[str, str]:
    """A fresh token for every actor, written where only this user reads."""
    expires = services.clock.now() + _VALID
    tokens = {name: issue(services.store, actor, expires, SYSTEM)[0] for name, actor in cast().items()}
    file.touch(mode=0o600)
    file.write_text(json.dumps(tokens, indent=2) + "\n", encoding="utf-8")
    return tokens


def _actor(name: str, team: str, roles: Mapping[str, Role], application: str = "concord") -> Actor:
    return Actor(name, team, application, {domain: frozenset({role}) for domain, role in roles.items()})
