"""What every policy engine must do alike: the embedded one and an OPA server."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from unit.policy.policy_examples import (
    EMAIL,
    NOW,
    bundle_of,
    column,
    contract,
    metric_draft,
    product_draft,
    real_bundle,
    reporting,
    rule,
    view,
)
from waiting import PATIENCE

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.errors import BundleInvalid, PolicyUnavailable, PolicyUndefined, RuleFailed
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint, Verdict, Violation
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import mesh_facts

# The OPA server holds one bundle at a time, so its tests take turns.
ENGINES = ["embedded", pytest.param("opa", marks=[pytest.mark.opa, pytest.mark.xdist_group("opa")])]


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[PolicyEngine]:
    embedded = request.param == "embedded"
    opened = EmbeddedRego() if embedded else OpaServer(request.getfixturevalue("opa_url"))
    yield opened
    opened.close()


def ask(engine: PolicyEngine, bundle: Bundle, *views: dict[str, Any]) -> list[list[Violation]]:
    return engine.evaluate(bundle, views or [view(product_draft())], deadline_seconds=PATIENCE)


def found(answer: list[Violation]) -> list[tuple[str, str, Any]]:
    return sorted((one.id, one.path, sorted(one.args.items())) for one in answer)


UNSOUND = product_draft(
    contract(replace(EMAIL, classification=""), column("amount", logical_type="number", description="")),
    domain="finance",
    facts={},
    team=(),
    tags=(),
    output_ports=(),
)
EXPECTED = [
    ("FIN-CUR-001", "/contracts/0/columns/1"),
    ("ORG-CTR-002", "/product"),
    ("ORG-DSC-002", "/contracts/0/columns/1"),
    ("ORG-OWN-001", "/asset"),
    ("ORG-OWN-002", "/asset"),
    ("ORG-PRV-001", "/contracts/0/columns/0"),
    ("ORG-TAG-001", "/asset"),
]


def test_the_same_violations_come_from_every_engine(engine: PolicyEngine) -> None:
    [answer] = ask(engine, real_bundle(), view(UNSOUND))
    assert [(rule_id, path) for rule_id, path, _ in found(answer)] == EXPECTED
    [classified] = [one for one in answer if one.id == "ORG-PRV-001"]
    assert classified.args == {
        "allowed": ["personal", "pii", "sensitive", "special_category", "biometric", "health"],
        "classification": "nothing",
        "column": "email",
        "object": "people",
    }


def test_a_sound_asset_gives_no_violations(engine: PolicyEngine) -> None:
    assert ask(engine, real_bundle(), view(product_draft()), view(metric_draft())) == [[], []]


def test_many_views_are_answered_in_their_order(engine: PolicyEngine) -> None:
    views = [view(UNSOUND if index % 3 == 0 else product_draft()) for index in range(450)]
    counts = [len(answer) for answer in ask(engine, real_bundle(), *views)]
    assert counts == [len(EXPECTED) if index % 3 == 0 else 0 for index in range(450)]


def test_no_views_need_no_answer(engine: PolicyEngine) -> None:
    assert engine.evaluate(real_bundle(), [], deadline_seconds=PATIENCE) == []


def test_it_names_itself_with_its_version(engine: PolicyEngine) -> None:
    ask(engine, real_bundle())
    name, version = engine.version.split(" ")
    assert name in {"regorus", "opa"}
    assert version[0].isdigit()


def test_rules_of_another_domain_are_not_asked(engine: PolicyEngine) -> None:
    mine = rule("FIN-TST-001", domain="finance", kinds=("data_product",))
    source = f"package {mine.package}\n\n{reporting(rule_id='FIN-TST-001')}\n"
    bundle = Bundle("sha256:domains", (Module(mine.path, source),), (mine,), {"org": {}, "domains": {}})
    assert [len(one) for one in ask(engine, bundle, *domains("finance", "sales"))] == [1, 0]
    assert ask(engine, bundle, view(metric_draft(domain="finance"))) == [[]]


def domains(*names: str) -> list[dict[str, Any]]:
    return [view(product_draft(domain=name)) for name in names]


def test_another_bundle_takes_the_place_of_the_last(engine: PolicyEngine) -> None:
    first, second = (bundle_of(reporting(path)) for path in ("/first", "/second"))
    paths = [ask(engine, bundle)[0][0].path for bundle in (first, second, first)]
    assert paths == ["/first", "/second", "/first"]


def test_changed_parameters_are_another_bundle(engine: PolicyEngine) -> None:
    body = (
        "violation contains v if {\n\tsome name in data.org.params.names\n"
        '\tv := {"id": "ORG-TST-001", "path": "/asset", "args": {"what": name}}\n}'
    )
    one = replace(
        bundle_of(body), revision="sha256:1", data={"org": {"params": {"names": ["a"]}}, "domains": {}}
    )
    two = replace(one, revision="sha256:2", data={"org": {"params": {"names": ["b"]}}, "domains": {}})
    assert [ask(engine, bundle)[0][0].args["what"] for bundle in (one, two)] == ["a", "b"]


def test_two_violations_at_one_place_are_both_reported(engine: PolicyEngine) -> None:
    body = (
        reporting(args='{"what": "a"}')
        + "\n\n"
        + reporting(args='{"what": "b"}')
        + "\n\n"
        + reporting(args='{"what": "b"}')
    )
    [answer] = ask(engine, bundle_of(body))
    assert [args for _, _, args in found(answer)] == [[("what", "a")], [("what", "b")]]


def test_a_bundle_that_does_not_compile_is_refused_with_its_place(engine: PolicyEngine) -> None:
    with pytest.raises(BundleInvalid) as refused:
        ask(engine, bundle_of("violation contains v if {\n\tv := ]\n}"))
    finding = refused.value.findings[0]
    assert (finding.code, finding.place.file) == ("POLICY_RULE_INVALID", "org/org_tst_001.rego")
    assert finding.place.line == 4
    assert "backtrace" not in finding.message


@pytest.mark.parametrize(
    "body", ["violation contains v if v := unknown", "violation contains v if unknown > 1"]
)
def test_a_variable_that_means_nothing_is_never_an_answer(engine: PolicyEngine, body: str) -> None:
    # OPA refuses it when the bundle is loaded, the embedded engine at the latest when it comes to it.
    with pytest.raises((BundleInvalid, PolicyUnavailable)) as refused:
        ask(engine, bundle_of(body))
    words = f"{refused.value} {[str(one) for one in refused.value.findings]}"
    assert "org/org_tst_001.rego:3:" in words
    assert "unsafe" in words


@pytest.mark.parametrize(
    "body",
    [
        'violation contains v if {\n\tto_number("x") > 0\n\tv := 1\n}',
        'violation contains v if {\n\tsome x in input.contracts\n\tx.id == to_number("x")\n\tv := 1\n}',
    ],
)
def test_a_builtin_that_fails_is_no_answer(engine: PolicyEngine, body: str) -> None:
    with pytest.raises(PolicyUnavailable) as refused:
        ask(engine, bundle_of(body))
    assert isinstance(refused.value, RuleFailed)
    assert refused.value.modules == ("org/org_tst_001.rego",)
    assert "a rule could not be evaluated: org/org_tst_001.rego:" in refused.value.message


@pytest.mark.parametrize(
    "body",
    [
        reporting(rule_id="ORG-OWN-001"),
        reporting(path="asset"),
        reporting(path="/a~2"),
        reporting(args='["a"]'),
        reporting(args='{"what": {"nested": 1}}'),
        reporting(args='{"what": null}'),
        'violation contains v if {\n\tv := "breaks the rule"\n}',
        'violation contains v if {\n\tv := {"id": "ORG-TST-001", "path": "/asset"}\n}',
        'violation contains v if {\n\tv := {"id": "ORG-TST-001", "path": "/asset", "args": {}, "waived": true}\n}',
        'violation := "none"',
        "violation := true",
        "violation if input.nothing",
        "other := 1",
    ],
)
def test_an_answer_that_is_no_set_of_violations_is_undefined(engine: PolicyEngine, body: str) -> None:
    with pytest.raises((PolicyUndefined, BundleInvalid)):
        ask(engine, bundle_of(body))


def test_a_rule_whose_module_is_missing_is_undefined(engine: PolicyEngine) -> None:
    bundle = bundle_of(reporting())
    more = replace(bundle, rules=(*bundle.rules, rule("ORG-TST-002")))
    with pytest.raises((PolicyUndefined, BundleInvalid), match="ORG-TST-002|cannot be loaded"):
        ask(engine, more)


def test_it_still_answers_after_any_fault(engine: PolicyEngine) -> None:
    for body in ("violation contains v if {", 'violation contains v if v := to_number("x")', "other := 1"):
        with pytest.raises((BundleInvalid, PolicyUnavailable)):
            ask(engine, bundle_of(body))
    assert ask(engine, real_bundle()) == [[]]


def test_a_deadline_that_has_passed_is_no_answer(engine: PolicyEngine) -> None:
    with pytest.raises(PolicyUnavailable):
        engine.evaluate(real_bundle(), [view(product_draft())], deadline_seconds=0.0)
    assert ask(engine, real_bundle()) == [[]]


def test_threads_share_an_engine(engine: PolicyEngine) -> None:
    results: list[int] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            results.extend(len(ask(engine, real_bundle(), view(UNSOUND))[0]) for _ in range(5))
        except (PolicyUnavailable, BundleInvalid) as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert results == [len(EXPECTED)] * 30


def test_hostile_text_in_a_view_stays_text(engine: PolicyEngine) -> None:
    name = 'a"}\n\u2028{{column}}\\ 😀 \u202e'
    [answer] = ask(engine, real_bundle(), view(product_draft(contract(column(name, description="")))))
    assert [one.args["column"] for one in answer if one.id == "ORG-DSC-002"] == [name]


def test_a_decision_is_the_same_whichever_engine_decides(engine: PolicyEngine) -> None:
    served = mesh_facts(
        [product_draft(domain="web"), metric_draft(domain="finance", definition="sha256:other")]
    )
    drafts = [
        UNSOUND,
        product_draft(contract(column("zip_code", logical_type="integer"))),
        metric_draft(),
        product_draft(),
    ]
    decisions = [
        decide(
            draft,
            EnforcementPoint.PUBLISH,
            bundle=real_bundle(),
            engine=engine,
            now=NOW,
            mesh=served,
            deadline_seconds=PATIENCE,
        )
        for draft in drafts
    ]
    assert [one.verdict for one in decisions] == [Verdict.DENY, Verdict.DENY, Verdict.DENY, Verdict.ALLOW]
    shown = [[str(finding) for finding in one.findings] for one in decisions]
    assert shown[1] == [
        "contract.odcs.yaml:1:1: error [ORG-CON-001] Column zip_code is integer here and string in web.people. "
        "Remedy: Give it the type it has in web.people, so that the two can be joined."
    ]
    assert [len(one) for one in shown] == [len(EXPECTED), 1, 1, 0]
