"""What a domain writes only ever adds: the organisation's violations stay, whatever is tightened, on every engine."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ports.policy_views import mutated, sound_views
from unit.policy.policy_examples import NOW, metric_draft, product_draft, real_bundle, view
from waiting import PATIENCE

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.identity import lineage
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle, Tightening
from catalog.policy.decide import decide
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.parameter import Direction, directions_of
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import MeshFacts

ENGINES = ["embedded", pytest.param("opa", marks=[pytest.mark.opa, pytest.mark.xdist_group("opa")])]
DOMAINS = ("finance", "finance.emea", "marketing", "sales")
SHIPPED = real_bundle()
ALONE = replace(
    SHIPPED,
    revision="sha256:the organisation alone",
    rules=tuple(rule for rule in SHIPPED.rules if not rule.domain),
    modules=tuple(one for one in SHIPPED.modules if one.path.startswith("org/")),
    tightenings=(),
    waivers=(),
)


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[PolicyEngine]:
    embedded = request.param == "embedded"
    opened = EmbeddedRego() if embedded else OpaServer(request.getfixturevalue("opa_url"))
    yield opened
    opened.close()


def _tighter(direction: Direction, value: Any) -> st.SearchStrategy[Any]:
    match direction:
        case Direction.MAX:
            return st.integers(0, value)
        case Direction.MIN:
            return st.integers(value, value * 20)
        case Direction.SUBSET:
            return st.lists(st.sampled_from(value), unique=True)
    return st.lists(st.sampled_from(["tier_2", "tier_3", ""]), unique=True).map(lambda more: [*value, *more])


PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        f"{file}.{name}": _tighter(direction, values[name])
        for file, values in SHIPPED.data["org"]["params"].items()
        for name, direction in directions_of(values).items()
    },
)
TIGHTENINGS = st.lists(
    st.builds(
        Tightening,
        st.sampled_from(DOMAINS),
        st.sampled_from([rule.id for rule in ALONE.rules]),
        st.dictionaries(st.sampled_from(EnforcementPoint), st.sampled_from(Enforcement)),
    ),
    max_size=8,
    unique_by=lambda one: (one.domain, one.rule_id),
)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """The shipped rules, with whatever the loader would take from domains."""
    tightenings = tuple(draw(TIGHTENINGS))
    parameters = draw(st.dictionaries(st.sampled_from(DOMAINS[:-1]), PARAMETERS, max_size=2))
    if {"finance", "finance.emea"} <= parameters.keys():
        # The loader lets an inner domain only tighten further; there it takes over what holds around it.
        parameters["finance.emea"] = parameters["finance"]
    revision = digest_of([repr(tightenings), parameters])
    return replace(SHIPPED, revision=revision, tightenings=tightenings, parameters=parameters)


def _views(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    sound = [one | {"domain": domain} for one in sound_views() for domain in DOMAINS]
    return [mutated(chance.choice(sound), chance) for _ in range(25)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(bundle=bundles(), seed=st.integers(0, 10_000))
def test_no_violation_of_the_organisation_is_lost(engine: PolicyEngine, bundle: Bundle, seed: int) -> None:
    views = _views(seed)
    alone, together = (
        [{(one.id, one.path) for one in answer} for answer in answers]
        for answers in (
            engine.evaluate(ALONE, views, deadline_seconds=PATIENCE),
            engine.evaluate(bundle, views, deadline_seconds=PATIENCE),
        )
    )
    for before, after in zip(alone, together, strict=True):
        assert before <= after


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(bundle=bundles(), point=st.sampled_from(EnforcementPoint), domain=st.sampled_from(DOMAINS))
def test_nothing_that_blocks_stops_blocking(
    engine: PolicyEngine, bundle: Bundle, point: EnforcementPoint, domain: str
) -> None:
    draft = product_draft(domain=domain, facts={}, team=(), output_ports=())
    before, after = (
        {
            (one.code, str(one.place), one.level)
            for one in decide(
                draft,
                point,
                bundle=by,
                engine=engine,
                now=NOW,
                mesh=MeshFacts(),
                deadline_seconds=PATIENCE,
            ).findings
        }
        for by in (ALONE, bundle)
    )
    blocking = {one for one in before if one[2] == "error"}
    assert blocking <= after


def test_a_tightened_parameter_holds_in_its_domain_and_within_it(engine: PolicyEngine) -> None:
    bundle = replace(
        ALONE,
        revision="sha256:tightened",
        parameters={"finance": {"retention.maximum_days": 100}, "sales": {"privacy.lawful_bases": []}},
    )
    drafts = [product_draft(domain=one) for one in ("finance", "finance.emea", "financeless", "sales")]
    answers = engine.evaluate(
        bundle, [view(one) for one in [*drafts, metric_draft()]], deadline_seconds=PATIENCE
    )
    found = [sorted(one.id for one in answer) for answer in answers]
    assert found == [["ORG-RET-002"], ["ORG-RET-002"], [], ["ORG-PRV-003"], []]


def test_the_lineage_of_a_domain_begins_with_itself() -> None:
    assert lineage("sales.emea.uk") == ("sales.emea.uk", "sales.emea", "sales")
