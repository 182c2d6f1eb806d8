"""Who asks: an identity that came from a verified token and from nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.domain.people import Role

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program, with the team and the application it acts for.

    `roles` maps a domain (or `*` for the organisation) to the roles held there.
    """

    subject: str
    team: str
    application: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def holds(self, role: Role, domain: str) -> bool:
        """Whether the role is held in this domain or everywhere."""
        return role in self.roles.get(domain, ()) or role in self.roles.get(EVERYWHERE, ())


SYSTEM = Actor("system", "concord", "concord", {EVERYWHERE: frozenset({Role.ADMIN})})
