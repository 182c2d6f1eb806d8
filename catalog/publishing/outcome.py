"""What is asked of publishing, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.domain.draft import Draft
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.publishing.answer import findings_from_plain, findings_to_plain
from catalog.publishing.gate import Publication, Refusal
from catalog.publishing.impact import from_plain, to_plain
from catalog.publishing.snapshot import Snapshot
from catalog.registry.compatibility import AffectedMetric
from catalog.registry.ports import PublishedVersion


@dataclass(frozen=True, slots=True)
class PublishCommand:
    """Publish the draft of `digest`, or the one registered last where it is empty.

    `expected_row_version` is what the caller saw; None takes it as it is when publishing begins.
    """

    key: AssetKey
    digest: str = ""
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


class PublishResult(StrEnum):
    """`unchanged`: this very content, or a metric of this very meaning, is served in this version already."""

    PUBLISHED = "published"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of it. A dry run says what would; its row version is the present one.

    `impact` are the served metrics that it reaches.
    `record` is the signed decision record, empty where nothing was published.
    """

    key: AssetKey
    version: str
    digest: str
    result: PublishResult
    row_version: int
    decision_id: str
    quality_run_id: str = ""
    findings: tuple[Finding, ...] = ()
    impact: tuple[AffectedMetric, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def published(self) -> bool:
        """Whether the content is served, or in a dry run would be."""
        return self.result is not PublishResult.REFUSED


def unchanged(version: PublishedVersion, draft: Draft, row_version: int, *, dry_run: bool) -> PublishOutcome:
    """What is served already, as an outcome; where the draft says it in other words that is told."""
    finding = FindingCode.MEANING_SERVED.found(
        f"{version.key} {version.version} is served and means the same; the new words are not served with it.",
        remedy="nothing, or take a new patch version to have the words served too",
        level=Level.INFO,
    )
    return PublishOutcome(
        key=version.key,
        version=version.version,
        digest=version.digest,
        result=PublishResult.UNCHANGED,
        row_version=row_version,
        decision_id=version.decision_id,
        quality_run_id=version.quality_run_id,
        findings=() if version.digest == draft.digest else (finding,),
        record=version.record,
        dry_run=dry_run,
    )


def outcome_of(
    snapshot: Snapshot,
    judgement: Publication | Refusal,
    row_version: int,
    *,
    record: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> PublishOutcome:
    """The judgement of a snapshot as an outcome."""
    refused = isinstance(judgement, Refusal)
    return PublishOutcome(
        key=snapshot.draft.key,
        version=snapshot.draft.version,
        digest=snapshot.draft.digest,
        result=PublishResult.REFUSED if refused else PublishResult.PUBLISHED,
        row_version=row_version,
        decision_id=snapshot.decision.decision_id,
        quality_run_id="" if snapshot.quality is None else snapshot.quality.run_id,
        findings=judgement.findings,
        impact=snapshot.impact,
        record=record or {},
        dry_run=dry_run,
    )


def to_answer(outcome: PublishOutcome) -> dict[str, Any]:
    """The outcome as plain JSON values, as it is remembered."""
    return {
        "key": str(outcome.key),
        "version": outcome.version,
        "digest": outcome.digest,
        "result": str(outcome.result),
        "row_version": outcome.row_version,
        "decision_id": outcome.decision_id,
        "quality_run_id": outcome.quality_run_id,
        "findings": findings_to_plain(outcome.findings),
        "impact": to_plain(outcome.impact),
        "record": dict(outcome.record),
    }


def from_answer(answer: Mapping[str, Any]) -> PublishOutcome:
    """The outcome that `to_answer` wrote."""
    known = {
        "key": AssetKey.parse(answer["key"]),
        "result": PublishResult(answer["result"]),
        "findings": findings_from_plain(answer["findings"]),
        "impact": from_plain(answer.get("impact", ())),
    }
    return PublishOutcome(**{**answer, **known})
