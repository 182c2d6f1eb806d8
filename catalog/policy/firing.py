"""Rules that fire for nobody or for everybody: as a rule, a field that is misspelt."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Decision, Verdict
from catalog.policy.federation import rules_for


@dataclass(frozen=True, slots=True)
class Firing:
    """How many assets a rule judged, and how many of them broke it; a waived violation counts."""

    rule: str
    judged: int
    fired: int

    @property
    def never(self) -> bool:
        """Whether it judged something and found nothing."""
        return self.judged > 0 and self.fired == 0

    @property
    def always(self) -> bool:
        """Whether it judged several assets and every one of them broke it."""
        return self.judged > 1 and self.fired == self.judged


def firing(bundle: Bundle, decisions: Iterable[tuple[AssetKey, Decision]]) -> tuple[Firing, ...]:
    """Each rule with its counts, by id; what got no decision is left out."""
    judged: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    for key, decision in decisions:
        if decision.verdict is not Verdict.ERROR:
            judged.update(rule.id for rule in rules_for(bundle, key.domain, key.kind))
            waived = {one.finding.code for one in decision.waived}
            fired.update(waived.union(one.code for one in decision.findings))
    return tuple(Firing(name, judged[name], fired[name]) for name in sorted(one.id for one in bundle.rules))
