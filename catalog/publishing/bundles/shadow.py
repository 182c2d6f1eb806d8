"""A bundle in shadow: evaluated beside the one in force, told, kept, and without any effect."""

import logging
from dataclasses import replace

from catalog.domain.identity import AssetKey
from catalog.policy.decision import Decision, Shadow

log = logging.getLogger("catalog.policy")


def beside(decision: Decision, shadow: Decision, key: AssetKey) -> Decision:
    """The decision with what the shadow would have said, which is told where it differs."""
    found = shadow_of(decision, shadow)
    tell(decision, found, key)
    return replace(decision, shadow=found)


def shadow_of(decision: Decision, shadow: Decision) -> Shadow:
    """What the shadow would have said, held against the decision."""
    here, there = ({one.code for one in found.findings} for found in (decision, shadow))
    return Shadow(
        shadow.bundle_revision, shadow.verdict, tuple(sorted(there - here)), tuple(sorted(here - there))
    )


def tell(decision: Decision, shadow: Shadow, key: AssetKey) -> None:
    """Log what differs, where anything does."""
    if shadow.differs_from(decision.verdict):
        log.info(
            "in shadow, %s would decide %s about %s at %s, not %s; appearing %s, vanishing %s",
            shadow.bundle_revision[:19],
            shadow.verdict,
            key,
            decision.point,
            decision.verdict,
            ", ".join(shadow.appearing) or "none",
            ", ".join(shadow.vanishing) or "none",
        )
