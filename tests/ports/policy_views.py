"""Views that break every rule at some time: sound ones, and changes that keep their types."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from unit.policy.policy_examples import (
    EMAIL,
    FACTS,
    column,
    contract,
    metric_draft,
    product_draft,
    view,
)

from catalog.policy.view import mesh_facts

# What else a field may hold, so that every rule is reached.
MEANT = {
    "classification": ["personal", "biometric", "health", "internal"],
    "query": ["DELETE FROM people", "select * from a cross join b", "SELECT p.* FROM people AS p"],
    "regimes": [["BIPA"], ["hipaa"], ["EU AI Act", "gdpr"], ["localisation_eu"], ["gpdr"]],
    "retention": ["a while", "7y"],
    "retentionDays": [-1, 0, 1200, 5000],
    "sqlFaults": [
        [{"fault": fault, "detail": "one", "source": "two", "path": "/contracts/0"}]
        for fault in (
            "implicit_cast",
            "cross_join",
            "non_deterministic",
            "unfiltered_partition",
            "every_column",
        )
    ],
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
