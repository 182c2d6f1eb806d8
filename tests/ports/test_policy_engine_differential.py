"""Over thousands of mutated views the embedded engine and OPA find exactly the same."""

import random

import pytest
from ports.policy_views import mutated, sound_views
from unit.policy.policy_examples import FACTS, VIEW_VALIDATOR, real_bundle
from waiting import PATIENCE

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.policy.decision import Violation

pytestmark = [pytest.mark.opa, pytest.mark.xdist_group("opa")]
NUMBER = 3_000


def comparable(answer: list[Violation]) -> list[tuple[str, str, str]]:
    return sorted((one.id, one.path, repr(sorted(one.args.items()))) for one in answer)


def test_both_engines_find_the_same_in_mutated_views(
    opa_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(20261121)
    sound = sound_views()
    views = [mutated(chance.choice(sound), chance) for _ in range(NUMBER)]
    assert [one for one in views if not VIEW_VALIDATOR.is_valid(one)] == []
    embedded, opa = EmbeddedRego(), OpaServer(opa_url)
    answers = [
        [comparable(answer) for answer in engine.evaluate(real_bundle(), views, deadline_seconds=PATIENCE)]
        for engine in (embedded, opa)
    ]
    embedded.close()
    opa.close()
    assert [
        (index, one, other) for index, (one, other) in enumerate(zip(*answers, strict=True)) if one != other
    ] == []
    reported = {rule_id for answer in answers[0] for rule_id, _, _ in answer}
    assert reported == {rule.id for rule in real_bundle().rules}, "every rule was broken at least once"
    assert sum(not answer for answer in answers[0]) > 20, "and some views broke none"
    with capsys.disabled():
        print(f"\n{NUMBER} views, {sum(map(len, answers[0]))} violations, 0 differences between the engines")


def test_the_views_differ_from_one_another() -> None:
    chance = random.Random(1)
    sound = sound_views()
    assert len({repr(mutated(sound[0], chance)) for _ in range(50)}) > 45
    assert FACTS["owner"] in repr(sound[0])
