"""Over thousands of mutated views the embedded engine and OPA find exactly the same."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from unit.policy.policy_examples import (
    EMAIL,
    FACTS,
    VIEW_SCHEMA,
    column,
    contract,
    metric_draft,
    product_draft,
    real_bundle,
    view,
)

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.policy.decision import Violation
from catalog.policy.view import mesh_facts

pytestmark = [pytest.mark.opa, pytest.mark.xdist_group("opa")]
NUMBER = 3_000
# What else a field may hold, so that every rule is reached.
MEANT = {
    "classification": ["personal", "biometric", "health", "internal"],
    "query": ["DELETE FROM people", "select * from a cross join b", "SELECT p.* FROM people AS p"],
    "regimes": [["BIPA"], ["hipaa"], ["EU AI Act", "gdpr"], ["localisation_eu"], ["gpdr"]],
    "retention": ["a while", "7y"],
    "retentionDays": [-1, 0, 1200, 5000],
    "status": ["deprecated", "retired", "active"],
    "validTo": ["2020-01-01", "2030-01-01"],
    "executiveSponsor": ["ada", "grace"],
    "steward": ["ada", "grace"],
    "version": ["1.0.0", "2.0.0"],
}
TEXTS = [
    "",
    " ",
    "personal",
    "PII",
    "public",
    "hash",
    "none",
    "consent",
    "gdpr",
    "GDPR",
    "eu-central-1",
    "us-east-1",
    "north_star",
    "tier_1",
    "integer",
    "number",
    "string",
    "email",
    "home_address",
    "zip_code",
    "total_amount",
    "currency",
    "newsletter",
    "sha256:m",
    "größe",
    "É\u0301",
    'quote " and \\ backslash',
    "line\nbreak",
    "😀",
]


def sound_views() -> list[dict[str, Any]]:
    columns = [
        EMAIL,
        column("total_amount", logical_type="number"),
        column("zip_code", logical_type="integer"),
    ]
    served = mesh_facts(
        [
            product_draft(domain="web"),
            product_draft(contract(*columns), domain="shop"),
            metric_draft(domain="finance", definition="sha256:finance"),
            metric_draft(domain="care"),
        ]
    )
    drafts = [
        *(
            product_draft(contract(*columns), contract(), domain=domain)
            for domain in ("sales", "finance", "marketing")
        ),
        metric_draft(tier="north_star", businessGoal="Grow.", executiveSponsor="ada"),
        product_draft(facts=FACTS | {"regimes": ["localisation_eu", "hipaa"]}),
        metric_draft("nps", domain="marketing"),
    ]
    return [view(draft, served) for draft in drafts]


def mutated(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A few changes that keep the view's types: text replaced, flags turned, lists emptied, cut or doubled."""
    changed = copy.deepcopy(document)
    places = [
        place
        for place in _places(changed)
        if place[1] not in {"kind", "point", "domain", "path", "now", "today"}
    ]
    for container, key in chance.sample(places, min(len(places), chance.randint(1, 25))):
        value = container[key]
        if type(value) in {type(one) for one in MEANT.get(key, ())} and chance.random() < 0.5:
            container[key] = chance.choice(MEANT[key])
        elif isinstance(value, bool):
            container[key] = not value
        elif isinstance(value, str):
            container[key] = chance.choice(["", chance.choice(TEXTS)])
        elif isinstance(value, list):
            container[key] = chance.choice([[], value[:1], value + copy.deepcopy(value)])
        elif key == "custom":
            container[key] = chance.choice(
                [{}, {"currency": "EUR"}, {"consentPurpose": chance.choice(TEXTS)}]
            )
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def comparable(answer: list[Violation]) -> list[tuple[str, str, str]]:
    return sorted((one.id, one.path, repr(sorted(one.args.items()))) for one in answer)


def test_both_engines_find_the_same_in_mutated_views(opa_url: str) -> None:
    chance = random.Random(20261121)
    sound = sound_views()
    views = [mutated(chance.choice(sound), chance) for _ in range(NUMBER)]
    validator = jsonschema_rs.validator_for(VIEW_SCHEMA)
    assert [one for one in views if not validator.is_valid(one)] == []
    embedded, opa = EmbeddedRego(), OpaServer(opa_url)
    answers = [
        [comparable(answer) for answer in engine.evaluate(real_bundle(), views, deadline_seconds=100)]
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
    print(f"{NUMBER} views, {sum(map(len, answers[0]))} violations, 0 differences")


def test_the_views_differ_from_one_another() -> None:
    chance = random.Random(1)
    sound = sound_views()
    assert len({repr(mutated(sound[0], chance)) for _ in range(50)}) > 45
    assert FACTS["owner"] in repr(sound[0])
