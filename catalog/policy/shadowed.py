"""What the store keeps of a bundle in shadow: decisions that it was held against, and audits."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.decision import EnforcementPoint, Shadow, Verdict

SHADOW_AUDITED: Final = "catalog.policy.shadow_audited"
_NOTES: Final = frozenset(one.name for one in FindingCode)


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A decision about one content of an asset, with what the shadow would have decided; the id is the cursor.

    `version` is that of the content, empty where the content was not registered.
    """

    decision_id: str
    key: AssetKey
    digest: str
    version: str
    point: EnforcementPoint
    decided_at: datetime
    verdict: Verdict
    shadow: Shadow

    @property
    def differs(self) -> bool:
        """Whether verdict or findings would have been others."""
        return self.shadow.differs_from(self.verdict)

    @property
    def demoted(self) -> bool:
        """Whether the shadow alone would block."""
        return self.verdict is Verdict.ALLOW and self.shadow.verdict is Verdict.DENY


@dataclass(frozen=True, slots=True)
class ShadowTally:
    """What an audit with the shadow in force would come to: numbers of served versions.

    `failing` break a rule that finds nothing now, `passing` break one no more; `demoted` pass now and would be
    denied; of `undecided` it gave no answer. `finished` is False where not all that is served was asked.
    """

    versions: int = 0
    failing: int = 0
    passing: int = 0
    demoted: int = 0
    undecided: int = 0
    finished: bool = False

    @classmethod
    def of(cls, differing: Iterable[Shadowed], versions: int, *, finished: bool) -> Self:
        """Count what differs among that many versions."""
        found = list(differing)
        decided = [one for one in found if one.shadow.verdict is not Verdict.ERROR]
        return cls(
            versions,
            sum(any(map(_is_rule, one.shadow.appearing)) for one in decided),
            sum(any(map(_is_rule, one.shadow.vanishing)) for one in decided),
            sum(one.demoted for one in found),
            len(found) - len(decided),
            finished,
        )

    @property
    def plain(self) -> dict[str, Any]:
        """As the audit chain has it."""
        return asdict(self)


def _is_rule(code: str) -> bool:
    """Whether a finding is a rule's own and no note about waivers."""
    return code not in _NOTES
