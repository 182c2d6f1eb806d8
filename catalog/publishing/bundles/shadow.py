"""A bundle in shadow: evaluated beside the one in force, told, kept, and without any effect."""

import logging
from dataclasses import replace

from catalog.domain.identity import AssetKey
from catalog.policy.decision import Decision, Shadow

log = logging.getLogger("catalog.policy")


def beside(decision: Decision, shadow: Decision, key: AssetKey) -> Decision:
    """The decision with what the shadow would have said; only this differs from the decision alone."""
    here, there = ({one.code for one in found.findings} for found in (decision, shadow))
    noted = Shadow(
        shadow.bundle_revision, shadow.verdict, tuple(sorted(there - here)), tuple(sorted(here - there))
    )
    if here != there or decision.verdict is not shadow.verdict:
        log.info(
            "in shadow, %s would decide %s about %s at %s, not %s; appearing %s, vanishing %s",
            noted.bundle_revision[:19],
            noted.verdict,
            key,
            decision.point,
            decision.verdict,
            ", ".join(noted.appearing) or "none",
            ", ".join(noted.vanishing) or "none",
        )
    return replace(decision, shadow=noted)
