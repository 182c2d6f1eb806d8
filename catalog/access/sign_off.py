"""Sign-offs: who must approve a version, and who has; they die when the definition changes."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.people import Role


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
