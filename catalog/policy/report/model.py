"""What every report is written from."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.finding import Finding, Level, Place, blocking
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import Decision, Verdict
from catalog.policy.federation import rules_for


@dataclass(frozen=True, slots=True)
class JudgedAsset:
    """One asset with its decision, and what else was found about it."""

    key: AssetKey
    version: str
    decision: Decision
    others: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything about this asset: policy first."""
        return (*self.decision.findings, *self.others)


@dataclass(frozen=True, slots=True)
class Report:
    """Judged assets, and findings about documents that are no asset yet.

    `root` is the folder of the documents as seen from the top of the repository, "" for the top itself;
    `rules_url` is the page with one heading for each rule, "" if there is none.
    """

    assets: tuple[JudgedAsset, ...]
    findings: tuple[Finding, ...]
    bundle: Bundle
    made_at: datetime
    version: str
    root: str = ""
    rules_url: str = ""

    @property
    def passes(self) -> bool:
        """Whether nothing blocks and every asset has its decision."""
        allowed = all(one.decision.verdict is not Verdict.ERROR for one in self.assets)
        return allowed and not blocking(finding for _, finding in self.all())

    def all(self) -> Iterator[tuple[str, Finding]]:
        """(asset, finding) for each finding; the asset is "" for those about documents."""
        yield from (("", one) for one in self.findings)
        yield from ((str(asset.key), one) for asset in self.assets for one in asset.findings)

    def counts(self) -> dict[str, int]:
        """Findings by level; future errors only where there are any."""
        found = Counter(one.level for _, one in self.all())
        return {
            level.value: found[level] for level in Level if found[level] or level is not Level.FUTURE_ERROR
        }

    def file(self, place: Place) -> str:
        """The file as seen from the top of the repository."""
        return f"{self.root}/{place.file}" if self.root and place.file else place.file

    def rules_of(self, asset: JudgedAsset) -> tuple[Rule, ...]:
        """The rules that judge an asset, none where no decision came about."""
        if asset.decision.verdict is Verdict.ERROR:
            return ()
        return rules_for(self.bundle, asset.key.domain, asset.key.kind)


def fingerprints(found: Iterable[tuple[str, Finding]]) -> Iterator[str]:
    """A name for each finding that stays when lines move: of its code, asset, message and turn."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for asset, one in found:
        name = (asset, one.code, one.message)
        seen[name] += 1
        yield hashlib.sha256("\n".join((*name, str(seen[name]))).encode()).hexdigest()


def title_of(code: str, bundle: Bundle) -> str:
    """What a rule asks, or what a finding code says."""
    titles = {rule.id: rule.title for rule in bundle.rules}
    codes = {one.name: one.value for one in FindingCode}
    return titles.get(code) or codes.get(code, code)
