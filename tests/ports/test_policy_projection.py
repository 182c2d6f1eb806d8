"""An engine that is shown only the parts which rules read finds exactly what it finds in the whole view."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ports.policy_views import mutated, sound_views
from unit.policy.policy_examples import NOW, product_draft, real_bundle, view
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.manifests.digest import canonical_json, digest_of
from catalog.policy.bundle import Bundle
from catalog.policy.change import only
from catalog.policy.judgement import judge_view, judgement_of
from catalog.policy.merged import questions
from catalog.policy.projection import shown
from catalog.policy.written import WrittenView, read_written, written

NUMBER, FEW = 2_200, 100


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedRego]:
    opened = EmbeddedRego()
    yield opened
    opened.close()


def test_what_is_found_in_the_parts_is_what_is_found_in_the_whole(engine: EmbeddedRego) -> None:
    chance = random.Random(20261121)
    sound = sound_views()
    ids = [rule.id for rule in real_bundle().rules]
    bundles = [real_bundle(), *(only(real_bundle(), chance.sample(ids, 12)) for _ in range(8))]
    broken, smaller = set(), 0
    for bundle in bundles:
        number = NUMBER if bundle is real_bundle() else FEW
        views = [mutated(chance.choice(sound), chance) for _ in range(number)]
        whole = engine.evaluate(bundle, views, deadline_seconds=PATIENCE)
        for one, violations in zip(views, whole, strict=True):
            times = {"bundle": bundle, "now": NOW, "published_at": None}
            found = judge_view(one, engine=engine, deadline_seconds=PATIENCE, **times)
            assert found.digest == judgement_of(one, violations, **times).digest
            broken |= {each.id for each in violations}
            smaller += len(shown(bundle, one).text) < 0.9 * len(written(one).text)
    assert broken == set(ids), "every rule was broken at least once"
    assert smaller > FEW, "and what was shown was often much smaller than the whole"


def test_a_rule_is_shown_the_parts_that_it_names_and_those_that_choose_it() -> None:
    tags = only(real_bundle(), {"ORG-TAG-001"})
    assert set(shown(tags, view(product_draft()))) == {"point", "kind", "domain", "asset"}


@pytest.mark.parametrize("word", ["count(input) > 1", 'input["now"] != ""', "walk(input, [_, _])"])
def test_a_rule_that_takes_the_view_otherwise_is_shown_the_whole(word: str) -> None:
    tags = only(real_bundle(), {"ORG-TAG-001"})
    modules = tuple(replace(one, source=f"{one.source}\nother if {word}\n") for one in tags.modules)
    assert shown(replace(tags, modules=modules), view(product_draft())) == view(product_draft())


def test_a_view_is_written_as_its_canonical_json() -> None:
    for one in sound_views():
        assert written(one).text == canonical_json(one)
        assert written(one).digest == digest_of(one)
        rest = {name: part for name, part in one.items() if name not in {"now", "today"}}
        assert written(one).without(["now", "today"]).digest == digest_of(rest)
        assert written(one).only(["asset", "nothing"]).text == canonical_json({"asset": one["asset"]})
    assert WrittenView({}).text == b"{}"


def test_a_rule_whose_parameters_a_domain_tightens_is_asked_with_them() -> None:
    tight = replace(real_bundle(), parameters={"finance": {"retention.maximum_days": 100}})
    here, there = (asked(tight, domain) for domain in ("finance.emea", "sales"))
    assert {id_ for id_ in there if there[id_] != here[id_]} == {"ORG-RET-002"}
    assert "tightened" in here["ORG-RET-002"]
    assert "tightened" not in there["ORG-RET-002"]
    assert here.keys() - there.keys() == {rule.id for rule in tight.rules if rule.domain == "finance"}


def asked(bundle: Bundle, domain: str) -> dict[str, str]:
    one = questions(bundle, domain, "data_product")
    return dict(zip(one.rules, json.loads(one.paths), strict=True))


def test_a_view_is_read_again_as_it_was_written() -> None:
    for one in [*sound_views(), {}]:
        again = read_written(canonical_json(one))
        assert again == one
        assert again.text == canonical_json(one)
        assert again.only(["asset"]).digest == written(one).only(["asset"]).digest
