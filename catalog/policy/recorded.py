"""A decision's record as far as it repeats and explains the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Verdict, Violation
from catalog.policy.judgement import Judgement, judge_view
from catalog.policy.load import bundle_again
from catalog.policy.ports import PolicyEngine
from catalog.policy.waiver import Waiver
from catalog.policy.written import WrittenView, read_written


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """`view` and `source` are the very bytes that were judged, and the rules by which; both prove themselves.

    `stored` are the waivers of the store that were in force, `waivers` which one passed over what.
    """

    decision_id: str
    verdict: Verdict
    violations: tuple[Violation, ...]
    waivers: Mapping[tuple[str, str], str]
    result_digest: str
    engine: str
    decided_at: datetime
    published_at: datetime | None
    view: bytes
    source: bytes
    stored: tuple[Waiver, ...] = ()

    @property
    def asked(self) -> WrittenView:
        """The view."""
        return read_written(self.view)

    @property
    def bundle(self) -> Bundle:
        """The rules and waivers; raises `BundleInvalid`."""
        return bundle_again(self.source).beside(self.stored)


@dataclass(frozen=True, slots=True)
class Replay:
    """What repeating a decision gave; `why` is set where it gave nothing."""

    recorded: RecordedDecision
    engine: str
    verdict: Verdict
    result_digest: str
    violations: tuple[Violation, ...] = ()
    why: str = ""

    @property
    def same(self) -> bool:
        """Whether the result is the recorded one."""
        return not self.why and self.result_digest == self.recorded.result_digest


def replay(recorded: RecordedDecision, engine: PolicyEngine, *, deadline_seconds: float) -> Replay:
    """Decide again over the recorded view, by the recorded rules, at the recorded time; stores nothing."""
    try:
        found = judged_again(recorded, engine, deadline_seconds=deadline_seconds)
    except (PolicyUnavailable, BundleInvalid) as error:
        return Replay(recorded, engine.version, Verdict.ERROR, "", why=error.message)
    return Replay(recorded, engine.version, found.verdict, found.digest, found.counting)


def judged_again(recorded: RecordedDecision, engine: PolicyEngine, *, deadline_seconds: float) -> Judgement:
    """The judgement once more; raises what `judge_view` raises."""
    return judge_view(
        recorded.asked,
        bundle=recorded.bundle,
        engine=engine,
        now=recorded.decided_at,
        published_at=recorded.published_at,
        deadline_seconds=deadline_seconds,
    )
