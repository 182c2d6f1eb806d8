"""Values of different types are not compared: DuckDB would read one as the other, PostgreSQL would fail."""

from dataclasses import replace
from typing import Any

import pytest
from metrics_shop import ORDERS, SHOP, simple

from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics import MetricQuery, QueryRefused, compile_query, validate
from catalog.metrics.kinds.kind import Kind, kind_of_type
from catalog.metrics.validation import validate_to_serve

STATUS, LARGE = "{{ Dimension('order__status') }}", "{{ Dimension('order__is_large') }}"
ORDERED, YEAR = "{{ Dimension('order__ordered_at') }}", "{{ Dimension('metric_time').date_part('year') }}"
TYPES = {
    "orders": {
        "STATUS": "VARCHAR(20)",
        "amount": "DECIMAL(12, 2)",
        "ordered_at": "TIMESTAMP",
        "customer_id": "int",
    }
}


def reasons(where: str, manifest: SemanticManifest = SHOP, *metrics: str, **types: Any) -> list[str]:
    try:
        compiled = compile_query(
            manifest, MetricQuery(metrics or ("revenue",), where=(where,) if where else ()), bind=True
        )
        compiled.refuse_misfits(types)
    except QueryRefused as refused:
        assert {one.code for one in refused.findings} == {"FILTER_TYPE_MISMATCH"}
        assert all("Compare values of one type" in one.remedy for one in refused.findings)
        return [one.message.rpartition("cannot be trusted: ")[2] for one in refused.findings]
    return []


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (f"{ORDERED} <> 5", "a date or time is compared with a number."),
        (f"{ORDERED} IN ('2026-01-01', 'soon')", "'soon' is no date or time without zone."),
        (f"{ORDERED} <> 'soon'", "'soon' is no date or time without zone."),
        (f"CAST({STATUS} AS DATE) > CAST('2026-13-01' AS DATE)", "'2026-13-01' is no date or time."),
        (f"{YEAR} = '2026'", "a number is compared with a text."),
        (f"{YEAR} BETWEEN 2025 AND '2026'", "a number is compared with a text."),
        (f"{LARGE} = 'true'", "true or false is compared with a text."),
        (f"{LARGE} = 1", "true or false is compared with a number."),
        (f"{YEAR}", "a number stands where true or false is needed."),
        (f"NOT {YEAR}", "a number stands where true or false is needed."),
        (f"{ORDERED} LIKE '2026%'", "a date or time is searched as a text."),
        (f"UPPER({YEAR}) = 'A'", "a number is read as a text."),
        (f"YEAR({LARGE}) = 2026", "true or false is read as a date or time."),
        (f"{ORDERED} * 2 > 1", "a date or time is counted with."),
        (f"COALESCE({YEAR}, 'none') = 2026", "a number stands beside a text."),
        (f"CASE WHEN {LARGE} THEN 1 ELSE 'no' END = 1", "a number stands beside a text."),
        (f"CASE {YEAR} WHEN 'x' THEN TRUE ELSE FALSE END", "a number is compared with a text."),
        (f"{LARGE} - INTERVAL 1 DAY > '2026-01-01'", "true or false is moved by an interval."),
        (f"{LARGE} + 1 > 1", "true or false is counted with."),
    ],
)
def test_what_the_definitions_say_is_enough_to_refuse(where: str, reason: str) -> None:
    assert reasons(where) == [reason]


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (f"{STATUS} = 5", "a text is compared with a number."),
        (f"{STATUS}", "a text stands where true or false is needed."),
        (f"{STATUS} + 1 = 2", "a text is counted with."),
        ("{{ Entity('customer') }} = 'ann'", "a number is compared with a text."),
        (f"{STATUS} > {ORDERED}", "a text is compared with a date or time."),
    ],
)
def test_types_of_columns_tell_more(where: str, reason: str) -> None:
    assert reasons(where) == []
    assert reasons(where, **TYPES) == [reason]


@pytest.mark.parametrize(
    "where",
    [
        f"{STATUS} IN ('paid', 'open') OR {STATUS} IS NULL",
        f"{ORDERED} >= '2026-01-01' AND {ORDERED} <> '2026-02-01 10:00'",
        f"{ORDERED} + INTERVAL 2 DAY > DATE '2026-01-01'",
        f"{YEAR} + 1 = 2027 AND {LARGE}",
        f"COALESCE({STATUS}, 'none') LIKE 'p%' AND LENGTH({STATUS}) > 1.5",
        f"CAST({STATUS} AS INTEGER) = 5",
        f"({STATUS}, {YEAR}) IN (('paid', 2026))",
        f"{LARGE} IS TRUE AND NULLIF({YEAR}, 0) > 1",
        "{{ Entity('customer') }} = 1.5",
    ],
)
def test_what_fits_together_passes(where: str) -> None:
    assert reasons(where, **TYPES) == []


def test_the_filter_of_an_author_is_judged_like_one_of_a_consumer() -> None:
    wrong = SemanticManifest(
        SHOP.semantic_models, (*SHOP.metrics, simple("wrong", "amount", f"{STATUS} = 5"))
    )
    assert reasons("", wrong, "wrong", **TYPES) == ["a text is compared with a number."]
    beside = reasons("", wrong, "wrong", "revenue", **TYPES)
    assert beside == ["a text is compared with a number."]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("integer", Kind.NUMBER),
        ("DECIMAL(38,2)", Kind.NUMBER),
        ("double precision", Kind.NUMBER),
        ("character varying(3)", Kind.TEXT),
        ("string", Kind.TEXT),
        ("ENUM('a', 'b')", Kind.TEXT),
        ("TIMESTAMP WITH TIME ZONE", Kind.TIME),
        ("timestamptz", Kind.TIME),
        ("date", Kind.TIME),
        ("TIME", None),
        ("INTEGER[]", None),
        ("STRUCT(a INTEGER)", None),
        ("interval", None),
        ("", None),
    ],
)
def test_a_type_is_of_a_kind_in_the_words_of_engines_and_contracts(name: str, kind: Kind | None) -> None:
    assert kind_of_type(name) is kind


def test_an_expression_that_mixes_types_stands_in_dbt_and_is_not_served() -> None:
    mixed = Measure("mixed", Aggregation.SUM, "CASE WHEN ordered_at = 5 THEN amount END")
    model = replace(ORDERS, measures=(*ORDERS.measures, mixed))
    manifest = SemanticManifest((model,), (simple("revenue", "amount"),))
    (said,) = [one for one in validate(manifest) if one.code == "METRIC_TYPE_MISMATCH"]
    assert said.message.endswith("cannot be trusted: a date or time is compared with a number.")
    assert not said.blocks
    assert "METRIC_TYPE_MISMATCH" in {one.code for one in validate_to_serve(manifest) if one.blocks}
