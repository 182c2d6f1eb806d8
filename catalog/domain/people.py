"""Who acts: roles within the mesh."""

from enum import StrEnum


class Role(StrEnum):
    """What an actor is; domain roles hold within one domain, the others across the organisation."""

    ADMIN = "admin"
    AUDITOR = "auditor"
    CONSUMER = "consumer"
    DOMAIN_OWNER = "domain_owner"
    EXECUTIVE_SPONSOR = "executive_sponsor"
    POLICY_ENGINEER = "policy_engineer"
    STEWARD = "steward"
