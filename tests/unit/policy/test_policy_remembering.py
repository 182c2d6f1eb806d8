"""What rules found in a view is remembered; what is decided by it never is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from unit.policy.policy_examples import NOW, bundle_of, product_draft, reporting, view

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.adapters.remembering_engine import RememberingEngine
from catalog.domain.errors import PolicyUnavailable, PolicyUndefined
from catalog.policy.bundle import Bundle
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict, Violation
from catalog.policy.view import MeshFacts
from catalog.policy.waiver import Waiver

BUNDLE = bundle_of(reporting())
DATED = bundle_of(
    'violation contains v if {\n\tinput.asset.validTo < input.today\n\tv := {"id": "ORG-TST-001", "path": "/asset", '
    '"args": {"what": "the end"}}\n}'
)


class Counting:
    """An engine that notes what it is asked, and reports the asset's name."""

    def __init__(self) -> None:
        self.version = "counting 1"
        self.asked: list[int] = []
        self.fault: Exception | None = None

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        self.asked.append(len(views))
        if self.fault:
            raise self.fault
        return [[Violation("ORG-TST-001", "/asset", {"what": one["asset"]["name"]})] for one in views]

    def close(self) -> None:
        self.version = "closed"


def ask(engine: RememberingEngine, *views: Mapping[str, Any], bundle: Bundle = BUNDLE) -> list[Any]:
    return [
        list(one) for one in engine.evaluate(bundle, views or [view(product_draft())], deadline_seconds=1)
    ]


def named(name: str) -> dict[str, Any]:
    return view(product_draft(name=name))


def test_the_same_question_is_evaluated_once() -> None:
    counting = Counting()
    engine = RememberingEngine(counting)
    assert ask(engine) == ask(engine) == [[Violation("ORG-TST-001", "/asset")]]
    assert counting.asked == [1]
    engine.close()
    assert counting.version == "closed"


def test_of_many_views_those_that_are_not_known_are_asked_at_once_and_each_once() -> None:
    counting = Counting()
    engine = RememberingEngine(counting)
    ask(engine, named("b"))
    answers = ask(engine, named("a"), named("b"), named("c"), named("a"))
    assert [one.args["what"] for [one] in answers] == ["a", "b", "c", "a"]
    assert counting.asked == [1, 2]


def test_another_bundle_another_engine_and_another_view_are_other_questions() -> None:
    counting = Counting()
    engine = RememberingEngine(counting)
    ask(engine)
    ask(engine, bundle=replace(BUNDLE, revision="sha256:other parameters"))
    ask(engine, view(product_draft(tags=("one more",))))
    for part, other in (("point", "audit"), ("domain", "finance"), ("today", "2030-01-01"), ("now", "later")):
        ask(engine, view(product_draft()) | {part: other})
    counting.version = "counting 2"
    ask(engine)
    assert counting.asked == [1] * 8


@pytest.mark.parametrize("fault", [PolicyUnavailable("late"), PolicyUndefined("odd")])
def test_what_got_no_answer_is_asked_again(fault: Exception) -> None:
    counting = Counting()
    counting.fault = fault
    engine = RememberingEngine(counting)
    for _ in range(2):
        with pytest.raises(PolicyUnavailable):
            ask(engine)
    counting.fault = None
    assert ask(engine) == [[Violation("ORG-TST-001", "/asset")]]
    assert counting.asked == [1, 1, 1]


def test_an_engine_that_answers_too_little_is_not_believed() -> None:
    class Short(Counting):
        def evaluate(self, *given: Any, **options: Any) -> list[list[Violation]]:
            return []

    with pytest.raises(PolicyUndefined, match="0 answers to 1"):
        ask(RememberingEngine(Short()))


def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first() -> None:
    counting = Counting()
    engine = RememberingEngine(counting, most=4)  # an answer and its violation are two
    for name in ("a", "b", "a", "c", "a", "b"):
        ask(engine, named(name))
    assert counting.asked == [1, 1, 1, 1], "c took the place of b, and b was asked again"


def decided(
    engine: RememberingEngine, bundle: Bundle, now: datetime, waivers: tuple[Waiver, ...] = (), **facts: Any
) -> Decision:
    return decide(
        product_draft(),
        EnforcementPoint.PUBLISH,
        bundle=bundle,
        engine=engine,
        now=now,
        mesh=MeshFacts(),
        waivers=waivers,
        deadline_seconds=5,
        **facts,
    )


def test_the_clock_and_waivers_count_though_the_rules_are_not_asked_again() -> None:
    counting = Counting()
    engine = RememberingEngine(counting)
    ends = NOW + timedelta(days=3)
    asset = str(product_draft().key)
    waiver = Waiver("W-1", "ORG-TST-001", asset, "Later.", "T-1", "grace", "ingrid", NOW, ends)
    verdicts = [
        decided(engine, BUNDLE, NOW).verdict,
        decided(engine, BUNDLE, NOW, (waiver,)).verdict,
        decided(engine, BUNDLE, ends - timedelta(seconds=1), (waiver,)).verdict,
        decided(engine, BUNDLE, ends, (waiver,)).verdict,
    ]
    assert verdicts == [Verdict.DENY, Verdict.ALLOW, Verdict.ALLOW, Verdict.DENY]
    assert counting.asked == [1]


def test_grace_ends_though_the_rules_are_not_asked_again() -> None:
    counting = Counting()
    engine = RememberingEngine(counting)
    [rule] = BUNDLE.rules
    day = NOW.date()
    graced = replace(rule, since=day, grace_until=day + timedelta(days=2))
    bundle = replace(BUNDLE, rules=(graced,))
    published = NOW - timedelta(days=30)
    verdicts = [
        decided(engine, bundle, NOW + timedelta(days=days), published_at=published).verdict for days in (0, 2)
    ]
    assert verdicts == [Verdict.ALLOW, Verdict.DENY]
    assert counting.asked == [1]


def test_a_rule_that_looks_at_the_day_is_asked_anew_on_the_next_and_not_before(
    embedded: EmbeddedRego, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = embedded.evaluate
    monkeypatch.setattr(
        embedded, "evaluate", lambda *given, **options: asked.append(1) or real(*given, **options)
    )
    engine = RememberingEngine(embedded)
    facts = {"owner": "ada", "validTo": NOW.date().isoformat()}
    draft = product_draft(facts=facts)

    def verdict(now: datetime) -> Verdict:
        return decide(
            draft,
            EnforcementPoint.PUBLISH,
            bundle=DATED,
            engine=engine,
            now=now,
            mesh=MeshFacts(),
            deadline_seconds=5,
        ).verdict

    hours = (0, 1, 14, 15)
    assert [verdict(NOW + timedelta(hours=one)) for one in hours] == [
        Verdict.ALLOW,
        Verdict.ALLOW,
        Verdict.ALLOW,
        Verdict.DENY,
    ]
    assert len(asked) == 2
