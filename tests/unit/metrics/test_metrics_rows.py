"""The rows that make two definitions differ: counted over the joins that a query makes, or refused with a reason."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from metrics_shop import CUSTOMERS, ORDERS, PAID, REGIONS, SHOP, derived, shop, simple
from postgresql_tables import connected, copy_tables
from test_metrics_over_time import CONTENT, ROWS

from catalog.domain.metric import Metric, MetricInput, SemanticManifest
from catalog.domain.semantic_model import Aggregation, Governance
from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest
from catalog.metrics.reconcile import Statement, state
from catalog.metrics.row_source import NotByRows
from catalog.metrics.rows import RowSplit, split_rows

GERMAN = "{{ Dimension('customer__country') }} = 'de'"
NOT_GERMAN = "{{ Dimension('customer__country') }} <> 'de'"
NOWHERE = "{{ Dimension('customer__country') }} IS NULL"
NORTHERN = "{{ Dimension('customer__region__region_name') }} = 'north'"
GOLD = "{{ Dimension('visitor__tier') }} = 'gold'"
GMV = simple("gmv", "amount")
VISITS = read_semantic_manifest(CONTENT)


def said(metric: Metric, *others: Metric, manifest: SemanticManifest = SHOP, **measure: object) -> Statement:
    models = list(manifest.semantic_models)
    changed = replace(models[0].measures[0], **measure)  # type: ignore[arg-type]
    models[0] = replace(models[0], measures=(changed, *models[0].measures[1:]))
    known = tuple(one for one in manifest.metrics if one.name not in {metric.name, *(o.name for o in others)})
    return state(
        "a",
        metric,
        replace(manifest, semantic_models=tuple(models), metrics=(metric, *others, *known)),
    )


def of(*filters: str, **measure: object) -> Statement:
    return said(simple("gmv", "amount", *filters), **measure)


def visits(*filters: str) -> Statement:
    return said(simple("seen", "visit_count", *filters), manifest=VISITS)


def split(one: Statement, other: Statement) -> RowSplit:
    return split_rows(one.definition.leaves[0], other.definition.leaves[0])


def counted(found: RowSplit, dialect: str = "duckdb") -> str:
    names = {alias: model.relation for alias, model in found.source.models.items()}
    return found.counted(names, dialect)


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    with shop() as connection:
        connection.execute(ROWS)
        yield connection


def test_rows_make_up_the_whole_difference() -> None:
    given = [("paid", 10, 1), ("paid", 5, 0), ("open", 7, 2), (None, 3, 0), ("cancelled", None, 4)]
    found = split(
        of("{{ Dimension('order__status') }} <> 'cancelled'"),
        of(PAID, expr="amount - discount"),
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("CREATE TABLE orders (status VARCHAR, amount INTEGER, discount INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", given)
        (answer,) = connection.execute(found.counted({"orders": "orders"})).fetchall()
    assert answer == (1, 7, 5, 0, None, None, 1, 10, 9)
    assert found.columns == (("orders", "status"), ("orders", "amount"), ("orders", "discount"))


PAIRS = {
    # Orders 1 and 2 are of a German; 4 has no customer, 5 one that is unknown: neither satisfies any of them.
    "one_side": (of(GERMAN), of(), (0, None, 3, 250, 0, None)),
    "both_sides": (of(GERMAN), of(NOT_GERMAN), (2, 150, 1, 200, 0, None)),
    "no_partner": (of(NOWHERE), of(GERMAN), (2, 50, 2, 150, 0, None)),
    "two_hops": (of(NORTHERN), of(PAID), (1, 50, 2, 210, 0, None)),
    "own_and_joined": (of(GERMAN, PAID), of(GERMAN), (0, None, 1, 50, 0, None)),
    "other_amounts": (of(GERMAN), of(expr="amount * 2"), (0, None, 3, 500, 2, 150)),
    # Ann's first visit was before she was gold; nobody else has a tier.
    "validity": (visits(GOLD), visits(), (0, None, 3, 3, 0, None)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_rows_are_told_apart_over_joins(name: str, rows: duckdb.DuckDBPyConnection) -> None:
    one, other, expected = PAIRS[name]
    (answer,) = rows.execute(counted(split(one, other))).fetchall()
    only_one, mine, _, only_other, _, theirs, unequal, both_mine, both_theirs = answer
    assert (only_one, mine, only_other, theirs, unequal, both_mine) == expected
    difference = (mine or 0) - (theirs or 0) + (both_mine or 0) - (both_theirs or 0)
    assert difference == number(one, rows) - number(other, rows)


def number(one: Statement, rows: duckdb.DuckDBPyConnection) -> Any:
    (answer,) = rows.execute(compile_query(one.manifest, MetricQuery((one.metric.name,))).sql).fetchall()
    return answer[0]


@pytest.mark.postgresql
@pytest.mark.parametrize("name", PAIRS)
def test_postgresql_tells_the_same_rows_apart(
    name: str, postgresql_url: str, rows: duckdb.DuckDBPyConnection
) -> None:
    found = split(*PAIRS[name][:2])
    with connected(postgresql_url) as connection:
        copy_tables(rows, connection)
        answer = connection.execute_unnamed(counted(found, "postgres")).rows or []
    plain = [tuple(int(one) if isinstance(one, Decimal) else one for one in row) for row in answer]
    assert plain == rows.execute(counted(found)).fetchall()


def test_what_two_teams_join_in_the_same_way_is_joined_once() -> None:
    clients = replace(CUSTOMERS, name="clients")
    theirs = replace(SHOP, semantic_models=(ORDERS, clients, REGIONS))
    other = said(simple("gmv", "amount", NOT_GERMAN), manifest=theirs)
    assert list(split(of(GERMAN), other).source.met) == ["customer__customers"]
    sql = counted(split(of(GERMAN), other), "postgres")
    assert sql.count("LEFT JOIN") == 1
    assert "COUNT(*) FILTER(WHERE" in sql


def test_what_two_teams_join_by_other_columns_is_joined_twice(rows: duckdb.DuckDBPyConnection) -> None:
    keys = tuple(replace(one, expr="amount") if one.name == "customer" else one for one in ORDERS.entities)
    theirs = replace(SHOP, semantic_models=(replace(ORDERS, entities=keys), CUSTOMERS, REGIONS))
    found = split(of(GERMAN), said(simple("gmv", "amount", GERMAN), manifest=theirs))
    assert list(found.source.met) == ["customer__customers", "customer__customers__2"]
    (answer,) = rows.execute(counted(found)).fetchall()
    assert answer[:4] == (2, 150, 150, 0)


def test_columns_that_decide_name_their_relation_and_the_key_that_leads_to_it() -> None:
    assert split(of(GERMAN), of()).columns == (
        ("orders", "customer_id"),
        ("customer__customers", "country"),
        ("orders", "amount"),
    )


BUSY = "{{ Metric('customer_count', ['customer']) }} > 2"
REFUSED = {
    "a filter looks at the value of a metric": (of(BUSY), of()),
    "one reads shop.orders, the other shop.customers": (of(), said(simple("gmv", "customers"))),
    "shop.orders is of sales.orders to one, crm.orders to the other": tuple(
        said(
            GMV if product == "sales.orders" else simple("gmv", "amount", PAID),
            manifest=replace(
                SHOP,
                semantic_models=(
                    replace(ORDERS, governance=Governance(custom={"product": product})),
                    CUSTOMERS,
                    REGIONS,
                ),
            ),
        )
        for product in ("sales.orders", "crm.orders")
    ),
    "only the rows of one moment are added up": (
        said(simple("left", "closing")),
        said(simple("left", "closing", "{{ Dimension('balance__on_day') }} > '2026-01-30'")),
    ),
    "rows are moved in time": (
        said(
            derived("gmv", "was", MetricInput("x", alias="was", offset_to_grain="month")),
            simple("x", "amount"),
        ),
        of(),
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_rows_that_cannot_be_told_apart_have_a_reason(reason: str) -> None:
    with pytest.raises(NotByRows) as refused:
        split(*REFUSED[reason])
    assert refused.value.message == reason


def test_what_does_not_add_up_is_counted_without_amounts(rows: duckdb.DuckDBPyConnection) -> None:
    (answer,) = rows.execute(
        counted(split(of(GERMAN, agg=Aggregation.MAX), of(agg=Aggregation.MAX)))
    ).fetchall()
    assert answer == (0, None, None, 3, None, None, 0, None, None)
