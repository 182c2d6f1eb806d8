"""Rules about SQL find a planted fault at its place, in products and in metrics."""

from dataclasses import replace
from typing import Any

import pytest
from unit.policy.policy_examples import (
    CHECK,
    NOW,
    VIEW_VALIDATOR,
    column,
    contract,
    metric_draft,
    product_draft,
    real_bundle,
    view,
)
from waiting import PATIENCE

from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.draft import Draft, MetricContent
from catalog.domain.finding import Place
from catalog.domain.governance import Governance
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import Aggregation, Dimension, DimensionType, Measure, SemanticModel
from catalog.policy.decide import decide
from catalog.policy.decision import EnforcementPoint
from catalog.policy.mesh import MeshFacts, ServedColumn

SQL_RULES = {"ORG-SQL-002", "ORG-SQL-003", "ORG-SQL-004", "ORG-CST-001", "ORG-CST-002"}
SERVED = MeshFacts(
    columns={
        "code": (ServedColumn("sales.orders", "string"),),
        "amount": (ServedColumn("sales.orders", "integer"), ServedColumn("sales.other", "string")),
    },
    products=frozenset({"sales.orders"}),
)


def asking(query: str, **fields: Any) -> DataContract:
    """A contract over people, partitioned by `day` where asked, with one query."""
    columns = (
        column("person_id", 18, logical_type="integer"),
        column("code", 20),
        column("day", 22, logical_type="date", primary_key=False, **fields),
    )
    check = replace(CHECK, query=query)
    people = SchemaObject("people", granularity="one row per person", properties=columns, quality=(check,))
    return contract(schema=(people,))


def counting(expr: str = "", *filters: str) -> Draft:
    """A metric over the rows of sales.orders."""
    draft = metric_draft()
    assert isinstance(draft.content, MetricContent)
    model = SemanticModel(
        "orders",
        "orders",
        dimensions=(Dimension("spelled", DimensionType.CATEGORICAL, "code"),),
        measures=(Measure("amount", Aggregation.SUM, expr),),
        governance=Governance.from_properties({"product": "sales.orders"}),
    )
    metric = replace(draft.content.metric, filters=filters)
    return replace(draft, content=MetricContent(metric, SemanticManifest((model,), (metric,))))


def found(draft: Draft, engine: EmbeddedRego, mesh: MeshFacts = SERVED) -> list[tuple[str, str, Place]]:
    decision = decide(
        draft,
        EnforcementPoint.PUBLISH,
        bundle=real_bundle(),
        engine=engine,
        now=NOW,
        mesh=mesh,
        deadline_seconds=PATIENCE,
    )
    return [(one.code, one.message, one.place) for one in decision.findings if one.code in SQL_RULES]


@pytest.mark.parametrize(
    ("query", "rule", "message"),
    [
        ("SELECT * FROM people", "ORG-SQL-002", "nobody is old asks for every column with *."),
        (
            "SELECT count(*) FROM people CROSS JOIN {object} AS b",
            "ORG-CST-001",
            "nobody is old joins every row with every row of b.",
        ),
        (
            "SELECT count(*) FROM {object} WHERE day > today()",
            "ORG-SQL-003",
            "nobody is old depends on more than the data: CURRENT_DATE.",
        ),
        (
            "SELECT count(*) FROM people WHERE code = 7",
            "ORG-SQL-004",
            "nobody is old compares values of two types: code = 7.",
        ),
    ],
)
def test_a_fault_in_a_query_is_told_at_the_check_that_holds_it(
    embedded: EmbeddedRego, query: str, rule: str, message: str
) -> None:
    assert found(product_draft(asking(query)), embedded) == [(rule, message, CHECK.place)]


def test_a_table_with_a_partition_is_read_by_it(embedded: EmbeddedRego) -> None:
    unfiltered = product_draft(asking("SELECT count(*) FROM people", partitioned=True))
    assert found(unfiltered, embedded) == [
        ("ORG-CST-002", "nobody is old reads every partition of people by day.", CHECK.place)
    ]
    filtered = product_draft(asking("SELECT count(*) FROM people WHERE day = '2026-01-01'", partitioned=True))
    assert found(filtered, embedded) == []


def test_the_logic_of_a_column_is_judged_at_the_column(embedded: EmbeddedRego) -> None:
    sound = "SELECT count(*) FROM people"
    draft = product_draft(asking(sound, transform_logic="SELECT current_date AS day FROM raw.people"))
    ((rule, message, place),) = found(draft, embedded)
    assert (rule, message, place.line) == (
        "ORG-SQL-003",
        "day depends on more than the data: CURRENT_DATE.",
        22,
    )


@pytest.mark.parametrize(
    ("draft", "rule", "detail"),
    [
        (
            counting("CASE WHEN code = 7 THEN amount END"),
            "ORG-SQL-004",
            "amount compares values of two types: code = 7.",
        ),
        (counting("amount * random()"), "ORG-SQL-003", "amount depends on more than the data: RANDOM()."),
        (
            counting("", "{{ Dimension('order__spelled') }} > 7"),
            "ORG-SQL-004",
            "gmv compares values of two types: spelled > 7.",
        ),
    ],
)
def test_a_fault_in_a_metric_is_found_by_the_types_that_its_product_serves(
    embedded: EmbeddedRego, draft: Draft, rule: str, detail: str
) -> None:
    assert found(draft, embedded) == [(rule, detail, metric_draft().content.metric.place)]  # type: ignore[union-attr]


def test_a_metric_of_a_product_that_is_not_served_has_no_types(embedded: EmbeddedRego) -> None:
    draft = counting("CASE WHEN code = 7 THEN amount END", "{{ Dimension('order__spelled') }} > 7")
    assert found(draft, embedded, MeshFacts()) == []


def test_a_measure_that_the_metric_does_not_take_is_no_fault_of_it(embedded: EmbeddedRego) -> None:
    draft = counting()
    assert isinstance(draft.content, MetricContent)
    (model,) = draft.content.closure.semantic_models
    other = Measure("other", Aggregation.SUM, "random() * 2")
    closure = replace(
        draft.content.closure, semantic_models=(replace(model, measures=(*model.measures, other)),)
    )
    assert found(replace(draft, content=replace(draft.content, closure=closure)), embedded) == []


def test_sound_sql_shows_no_fault() -> None:
    assert view(product_draft())["contracts"][0]["sqlFaults"] == []
    assert (
        view(counting("amount * 2", "{{ Dimension('order__spelled') }} = 'x'"), SERVED)["metric"]["sqlFaults"]
        == []
    )


def test_faults_stand_in_the_view_as_its_schema_has_it() -> None:
    faulty = view(product_draft(asking("SELECT * FROM people")))
    assert faulty["contracts"][0]["sqlFaults"] == [
        {
            "fault": "every_column",
            "detail": "*",
            "source": "nobody is old",
            "path": "/contracts/0/quality/0",
        }
    ]
    VIEW_VALIDATOR.validate(faulty)
