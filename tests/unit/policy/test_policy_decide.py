"""A decision says what, where, how grave and why; without a trusted answer it blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.policy.policy_examples import (
    EMAIL,
    FACTS,
    NOW,
    column,
    contract,
    metric_draft,
    product_draft,
    real_bundle,
    rule,
    with_rules,
)
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.draft import Draft
from catalog.domain.errors import BundleInvalid, PolicyUnavailable, PolicyUndefined
from catalog.domain.finding import Finding, Level
from catalog.policy.bundle import Bundle, Rule, Tightening
from catalog.policy.decide import decide, filled, level_of
from catalog.policy.decision import Decision, Enforcement, EnforcementPoint, Verdict, Violation
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import MeshFacts, mesh_facts

DENY = Enforcement.DENY


class Answering:
    """An engine that gives one prepared answer, or raises it."""

    version = "prepared 1"

    def __init__(self, answer: Sequence[Sequence[Violation]] | Exception) -> None:
        self.answer = answer

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return [list(one) for one in self.answer]

    def close(self) -> None:
        pass


def judged(
    draft: Draft,
    engine: PolicyEngine,
    bundle: Bundle | None = None,
    mesh: MeshFacts | None = None,
    point: str = "publish",
) -> Decision:
    return decide(
        draft,
        EnforcementPoint(point),
        bundle=bundle or real_bundle(),
        engine=engine,
        now=NOW,
        mesh=mesh or MeshFacts(),
        deadline_seconds=PATIENCE,
    )


def answered(*violations: Violation, rules: tuple[Rule, ...] = (), point: str = "publish") -> Decision:
    bundle = with_rules(real_bundle(), *(rules or (rule(),)))
    return judged(product_draft(), Answering([violations]), bundle, point=point)


def codes(decision: Decision) -> list[str]:
    return [finding.code for finding in decision.findings]


def violation(path: str = "/asset", rule_id: str = "ORG-TST-001", **args: Any) -> Violation:
    return Violation(rule_id, path, args)


def test_a_sound_product_and_a_sound_metric_are_let_pass(embedded: EmbeddedRego) -> None:
    for draft in (
        product_draft(),
        product_draft(domain="finance"),
        product_draft(domain="marketing"),
        metric_draft(),
    ):
        for point in EnforcementPoint:
            decision = judged(draft, embedded, point=point)
            assert decision.findings == ()
            assert decision.verdict is Verdict.ALLOW
            assert decision.allows


def test_a_decision_carries_what_explains_and_repeats_it(embedded: EmbeddedRego) -> None:
    decision = judged(product_draft(), embedded)
    assert decision.bundle_revision == real_bundle().revision
    assert decision.engine.startswith("regorus 0.")
    assert decision.input_digest.startswith("sha256:")
    assert decision.decided_at == NOW
    assert decision.rules_evaluated == sum(
        "data_product" in one.kinds for one in real_bundle().rules if not one.domain
    )
    assert UUID(decision.decision_id).version == 7
    again = judged(product_draft(), embedded)
    assert again.decision_id != decision.decision_id
    assert again.input_digest == decision.input_digest
    assert judged(product_draft(purpose="Other."), embedded).input_digest != decision.input_digest


def test_a_finding_points_at_the_line_and_says_what_to_do(embedded: EmbeddedRego) -> None:
    unclassified = replace(EMAIL, classification="", custom={})
    decision = judged(product_draft(contract(unclassified)), embedded)
    assert decision.verdict is Verdict.DENY
    [finding] = decision.findings
    assert (finding.code, finding.level) == ("ORG-PRV-001", Level.ERROR)
    assert finding.message == "Column email of people looks like personal data and is classified as nothing."
    assert finding.remedy.startswith("Classify it as one of personal, pii, ")
    assert str(finding.place) == "contract.odcs.yaml:20:9 /schema/0/properties"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (
            product_draft(facts={key: value for key, value in FACTS.items() if key != "owner"}, team=()),
            "ORG-OWN-001",
        ),
        (
            product_draft(facts={key: value for key, value in FACTS.items() if key != "steward"}),
            "ORG-OWN-002",
        ),
        (product_draft(purpose=" "), "ORG-DSC-001"),
        (product_draft(contract(sla=()), facts={**FACTS, "retention": "P7Y"}), "ORG-SLO-001"),
        (product_draft(output_ports=()), "ORG-CTR-002"),
        (product_draft(contract(column("home_address"))), "ORG-PRV-001"),
        (product_draft(contract(column("dateOfBirth", classification="internal"))), "ORG-PRV-001"),
        (product_draft(contract(replace(EMAIL, custom={}))), "ORG-PRV-002"),
        (product_draft(facts={**FACTS, "lawfulBasis": "habit"}), "ORG-PRV-003"),
        (product_draft(contract(sla=contract().sla[:0])), "ORG-PRV-004"),
        (product_draft(facts={**FACTS, "storageRegion": "us-east-1"}), "ORG-RES-001"),
        (product_draft(facts={**FACTS, "storageRegion": ""}), "ORG-RES-001"),
        (product_draft(domain="marketing", facts={**FACTS, "consentPurpose": ""}), "MKT-CNS-001"),
        (
            product_draft(contract(column("total_amount", logical_type="number")), domain="finance"),
            "FIN-CUR-001",
        ),
        (product_draft(contract(column("plan", description="")), domain="finance"), "ORG-DSC-002"),
        (metric_draft(owner=""), "ORG-OWN-001"),
        (metric_draft(tier="north_star", businessGoal="Grow."), "ORG-MET-001"),
        (metric_draft(tier="tier_1"), "ORG-MET-002"),
    ],
)
def test_each_missing_fact_is_denied_by_its_rule(embedded: EmbeddedRego, draft: Draft, code: str) -> None:
    decision = judged(draft, embedded)
    assert decision.verdict is Verdict.DENY
    assert code in codes(decision)


@pytest.mark.parametrize(
    ("draft", "code", "level"),
    [
        (product_draft(contract(column("plan", description=""))), "ORG-DSC-002", Level.WARNING),
        (product_draft(tags=()), "ORG-TAG-001", Level.WARNING),
        (product_draft(contract(column("plan", critical=True))), "ORG-TAG-002", Level.INFO),
    ],
)
def test_what_is_only_shown_blocks_nothing(
    embedded: EmbeddedRego, draft: Draft, code: str, level: Level
) -> None:
    decision = judged(draft, embedded)
    assert decision.verdict is Verdict.ALLOW
    assert [(one.code, one.level) for one in decision.findings] == [(code, level)]


def test_a_zip_code_is_not_a_number_here_and_text_there(embedded: EmbeddedRego) -> None:
    served = mesh_facts([product_draft(domain="web")])
    numeric = product_draft(contract(column("ZipCode", 33, logical_type="integer")))
    [finding] = judged(numeric, embedded, mesh=served).findings
    assert finding.code == "ORG-CON-001"
    assert finding.message == "Column ZipCode is integer here and string in web.people."
    assert finding.place.line == 33


def test_a_metric_name_governed_elsewhere_keeps_its_definition(embedded: EmbeddedRego) -> None:
    served = mesh_facts([metric_draft(domain="finance", definition="sha256:finance")])
    [finding] = judged(metric_draft(), embedded, mesh=served).findings
    assert (finding.code, finding.message) == (
        "ORG-MET-003",
        "gmv is defined by finance; this definition differs.",
    )
    assert judged(metric_draft(definition="sha256:finance"), embedded, mesh=served).allows


def test_a_drafts_point_decides_whether_it_blocks(embedded: EmbeddedRego) -> None:
    ownerless = metric_draft(owner="")
    verdicts = {point: judged(ownerless, embedded, point=point).verdict for point in EnforcementPoint}
    assert verdicts == {
        EnforcementPoint.AUDIT: Verdict.DENY,
        EnforcementPoint.CI: Verdict.DENY,
        EnforcementPoint.PUBLISH: Verdict.DENY,
        EnforcementPoint.REGISTER: Verdict.ALLOW,
    }


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    facts=st.dictionaries(st.sampled_from(sorted(FACTS)), st.sampled_from(["", "ada", "us-east-1"])),
    names=st.lists(
        st.sampled_from(["email", "total_amount", "zip_code", "plan"]), min_size=1, max_size=3, unique=True
    ),
    classification=st.sampled_from(["", "personal", "public"]),
    domain=st.sampled_from(["finance", "marketing"]),
)
def test_a_domain_adds_to_what_the_organisation_finds(
    embedded: EmbeddedRego, facts: dict[str, str], names: list[str], classification: str, domain: str
) -> None:
    columns = [
        column(name, logical_type="number", description="", classification=classification) for name in names
    ]
    draft = product_draft(contract(*columns), domain=domain, facts={**FACTS, **facts})
    everything = real_bundle()
    organisation = replace(
        everything,
        revision="sha256:organisation",
        rules=tuple(one for one in everything.rules if not one.domain),
        tightenings=(),
    )
    alone, together = (judged(draft, embedded, one).findings for one in (organisation, everything))
    kept = {(one.code, one.place, one.message) for one in together}
    assert {(one.code, one.place, one.message) for one in alone} <= kept
    assert {one for one in alone if one.blocks} <= {one for one in together if one.blocks}


def test_findings_are_sorted_and_each_is_there_once() -> None:
    second, first = rule("ORG-TST-002"), rule()
    decision = answered(
        violation("/b", "ORG-TST-002", what="x"),
        violation("/b", what="y"),
        violation("/a", what="x"),
        violation("/b", what="x"),
        violation("/b", what="x"),
        rules=(second, first),
    )
    shown = [(one.code, one.message) for one in decision.findings]
    assert shown == [
        ("ORG-TST-001", "sales.people breaks x."),
        ("ORG-TST-001", "sales.people breaks x."),
        ("ORG-TST-001", "sales.people breaks y."),
        ("ORG-TST-002", "sales.people breaks x."),
    ]


def test_a_point_at_which_a_rule_is_off_shows_nothing() -> None:
    off = rule(enforcement={**dict.fromkeys(EnforcementPoint, DENY), EnforcementPoint.CI: Enforcement.OFF})
    assert answered(violation(), rules=(off,), point="ci").findings == ()
    assert not answered(violation(), rules=(off,)).allows


def test_a_domains_tightening_makes_a_warning_block() -> None:
    warning = rule(enforcement=dict.fromkeys(EnforcementPoint, Enforcement.WARN))
    bundle = with_rules(real_bundle(), warning)
    tight = replace(bundle, tightenings=(Tightening("sales", warning.id, {EnforcementPoint.PUBLISH: DENY}),))
    engine = Answering([[violation()]])
    assert judged(product_draft(), engine, bundle).allows
    assert not judged(product_draft(), engine, tight).allows


@pytest.mark.parametrize(
    ("enforcement", "severity", "level"),
    [
        (Enforcement.DENY, Level.INFO, Level.ERROR),
        (Enforcement.WARN, Level.ERROR, Level.WARNING),
        (Enforcement.WARN, Level.INFO, Level.INFO),
        (Enforcement.OFF, Level.ERROR, None),
    ],
)
def test_enforcement_and_severity_make_a_level(
    enforcement: Enforcement, severity: Level, level: Level | None
) -> None:
    one = rule(enforcement=dict.fromkeys(EnforcementPoint, enforcement), severity=severity)
    assert level_of(one, EnforcementPoint.CI) is level


def test_a_template_shows_values_and_never_evaluates_them() -> None:
    args = {"a": ["x", 1, True], "b": "{a}", "c": 1.0, "object": "o"}
    assert (
        filled("{a} {b} {c} {d} {object.__class__} {{a}} {0}", args)
        == "x, 1, true {a} 1 {d} {object.__class__} {x, 1, true} {0}"
    )


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (PolicyUnavailable("the worker died"), "POLICY_UNAVAILABLE", "the worker died"),
        (PolicyUndefined("no decision in it"), "POLICY_UNDEFINED", "no decision in it"),
        ([], "POLICY_UNDEFINED", "0 answers"),
        ([[], []], "POLICY_UNDEFINED", "2 answers"),
        ([[violation(rule_id="ORG-XXX-001")]], "POLICY_UNDEFINED", "ORG-XXX-001"),
        ([[violation(rule_id="MKT-CNS-001")]], "POLICY_UNDEFINED", "MKT-CNS-001"),
    ],
)
def test_without_a_trusted_answer_the_verdict_is_error_and_blocks(answer: Any, code: str, words: str) -> None:
    decision = judged(product_draft(), Answering(answer))
    assert decision.verdict is Verdict.ERROR
    assert not decision.allows
    assert decision.rules_evaluated == 0
    [finding] = decision.findings
    assert (finding.code, finding.blocks) == (code, True)
    assert words in finding.message
    assert finding.remedy


def test_a_bundle_that_does_not_compile_shows_the_compilers_findings() -> None:
    compiler = Finding("POLICY_RULE_INVALID", "The rule does not compile.", "Mend it.")
    decision = judged(product_draft(), Answering(BundleInvalid(findings=[compiler])))
    assert decision.verdict is Verdict.ERROR
    assert codes(decision) == ["POLICY_RULE_INVALID", "POLICY_UNAVAILABLE"]
