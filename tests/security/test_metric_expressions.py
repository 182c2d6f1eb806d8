"""Hostile expressions, filters and names: refused with findings, and nothing of them reaches SQL."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    SemanticModel,
)
from catalog.metrics.compile import compile_query
from catalog.metrics.errors import ExpressionRefused, QueryRefused
from catalog.metrics.expression import parse_expression
from catalog.metrics.filter import parse_filter
from catalog.metrics.query import MetricQuery

pytestmark = pytest.mark.security

HOSTILE_EXPRESSIONS = [
    "(SELECT 1)", "(SELECT password FROM users)", "EXISTS(SELECT 1)", "amount IN (SELECT 1)",
    "amount = ANY(SELECT 1)", "(WITH x AS (SELECT 1) SELECT * FROM x)", "SELECT 1", "DROP TABLE orders",
    "read_csv('/etc/passwd')", "read_parquet('https://evil.example/x')", "read_text('/etc/shadow')",
    "glob('/*')", "getenv('HOME')", "pg_read_file('/etc/passwd')", "current_setting('x')", "version()",
    "pg_sleep(10)", "query('SELECT 1')", "query_table('t')", "dblink('x', 'y')", "lo_import('/etc/passwd')",
    "nextval('s')", "random()", "now()", "current_date", "current_user", "uuid()", "sleep(1)",
    "*", "orders.*", "COLUMNS('.*')", "COUNT(*)", "SUM(amount)", "SUM(amount) OVER ()", "row_number() OVER ()",
    "amount; DROP TABLE orders", "amount;", ";", "amount -- comment", "amount /* comment */", "/**/amount",
    "amount # comment", "'unterminated", '"unterminated', "amount' OR '1'='1", "1) FROM orders --",
    "amount) UNION SELECT 1", "amount FROM secrets", "amount AS x", "amount, secret", "",
    " ", "\x00", "amount\x00", "{{ env('HOME') }}", "{{ Dimension('order__status') }}", "{% raw %}", "${HOME}",
    "$1", "?", ":name", "$$text$$", "E'\\x41'", "x'41'", "b'1'",
    "other.amount", "schema.table.amount", "amount[1]", "[1, 2]", "{'a': 1}", "amount -> 'x'", "amount ->> 'x'",
    "x -> x + 1", "list_transform([1], x -> x)", "amount::json", "CAST(amount AS STRUCT(a INT))",
    "CAST(amount AS evil)", "amount COLLATE nocase", "amount IN other", "INTERVAL amount DAY",
    "INTERVAL '1 day; DROP' DAY", "EXTRACT(evil FROM ordered_at)", "date_trunc(amount, ordered_at)",
    "TRY(amount)", "amount ~ '.*'", "regexp_replace(amount, '(a+)+$', '')", "repeat('a', 1000000000)",
    "lpad('a', 1000000000)", "NULL; --", "VALUES (1)", "ROW(1, 2).a", "amount NOT", "((amount)",
    "CASE", "CASE WHEN", "a" * 5000, "(" * 500 + "1" + ")" * 500, "NOT " * 900 + "a", "-" * 1500 + "1",
    "1" + "+1" * 1900, "a OR " * 900 + "a", "CASE WHEN a THEN " * 100 + "1" + " END" * 100, "[" * 900,
    "COALESCE(" * 400 + "1" + ")" * 400, "a" + "." * 300, "'" * 999, '"' * 999, "{" * 999, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_EXPRESSIONS, ids=lambda text: repr(text[:40]))
def test_a_hostile_expression_is_refused_with_a_finding(text: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        parse_expression(text)
    assert refused.value.findings
    assert all(
        one.code == "EXPRESSION_NOT_ALLOWED" and len(one.message) < 400 for one in refused.value.findings
    )


HOSTILE_FILTERS = [
    *(text for text in HOSTILE_EXPRESSIONS if "order__status" not in text),
    "status = 'paid'", "1 = 1", "TRUE", "{{ Dimension('order__status') }} = 'paid' OR 1 = (SELECT 1)",
    "{{ Dimension('order__status') }} IN (SELECT 1)", "'{{ Dimension(\"order__status\") }}' = 'x'",
    "{{ Dimension('order__status') }} = reference_0_", "reference_0_ = 1",
    "reference_0_ = {{ Dimension('order__status') }}", "{{ Dimension('order__status') }}.evil = 1",
    "{{ env_var('HOME') }} = 'x'", "{{ config }}", "{{ 7 * 7 }} = 49", "{{ ''.__class__ }} = 1",
    "{{ Dimension.__init__ }} = 1", "{{ Dimension('order__status').__class__ }} = 1",
    "{{ Dimension('order__status').evil('x') }} = 1", "{{ Dimension(open('/etc/passwd')) }} = 1",
    "{{ Dimension('a' + 'b') }} = 1", "{{ Dimension(['a']) }} = 1", "{{ Dimension() }} = 1",
    "{{ Dimension('order__status', 'a', 'b', 'c') }} = 1", "{{ Dimension(name='a', name='b') }} = 1",
    "{{ Dimension('order__status) }} = 1", "{{ Dimension(\"it's\") }} = 1", "{{ Dimension('a b') }} = 1",
    "{{ Dimension('order__status; DROP') }} = 1", "{{ Dimension('__') }} = 1", "{{ Dimension('') }} = 1",
    "{{ TimeDimension('metric_time', 'fort-night') }} > '2026-01-01'", "{{ Entity('order').grain('day') }} = 1",
    "{% if true %} 1 = 1 {% endif %}", "{# comment #} {{ Dimension('order__status') }} = 1",
    "{{ Dimension('order__status') }} = 'x'; DROP TABLE orders", "{{ Dimension('order__status') }} -- x",
    "{{ {{ Dimension('order__status') }} }} = 1", "{{ Dimension('a')", "{{}}", "{{ }} = 1", "}} {{",
    "{{" * 1000, "{{ Dimension(" * 300, "{{ Dimension('x') }} = 'a' OR " * 200 + "TRUE",
    "{{ Dimension(" + "[" * 900 + "]" * 900 + ") }}", "{{ Dimension('" + "a__" * 900 + "a') }} = 1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_FILTERS, ids=lambda text: repr(text[:40]))
def test_a_hostile_filter_is_refused_with_a_finding(text: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        parse_filter(text)
    assert refused.value.findings
    assert all(len(one.message) < 2_000 for one in refused.value.findings)


ALPHABET = st.sampled_from(
    [*"ab(){}[]'\"`;,.-+*/<>=!|&^%$#@?:\\ \n\t01\x00é", " SELECT ", " FROM ", "{{", "}}"]
)


@settings(max_examples=400)
@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    for read in (parse_expression, parse_filter):
        try:
            read(text)
        except ExpressionRefused as refused:
            assert refused.findings


def manifest(**measure: str) -> SemanticManifest:
    model = SemanticModel(
        "orders",
        "orders",
        default_agg_time_dimension="ordered_at",
        entities=(Entity("order", EntityType.PRIMARY, "order_id"),),
        dimensions=(
            Dimension("status", DimensionType.CATEGORICAL),
            Dimension("ordered_at", DimensionType.TIME),
        ),
        measures=(Measure("amount", Aggregation.SUM, **measure),),
    )
    return SemanticManifest((model,), (Metric("revenue", MetricType.SIMPLE, measure=MetricInput("amount")),))


@pytest.mark.parametrize(
    "value", ["' OR '1'='1", "'; DROP TABLE orders; --", "\\'; --", "$1", "a' || 'b", "é\u202e"]
)
def test_the_text_of_a_consumer_is_bound_and_never_part_of_the_statement(value: str) -> None:
    quoted = value.replace("'", "''")
    for dialect in ("duckdb", "postgres"):
        compiled = compile_query(
            manifest(),
            MetricQuery(("revenue",), where=("{{ Dimension('order__status') }} = '" + quoted + "'",)),
            dialect=dialect,
            bind=True,
        )
        assert compiled.parameters == (value,)
        assert value not in compiled.sql.replace("= $1", "")


def test_an_authored_literal_stays_one_literal() -> None:
    compiled = compile_query(
        manifest(expr="CASE WHEN status = 'a''); DROP TABLE orders; --' THEN 1 END"),
        MetricQuery(("revenue",)),
    )
    assert "'a''); DROP TABLE orders; --'" in compiled.sql


@pytest.mark.parametrize(
    "name", ['"; DROP TABLE x; --', "a b", "a'b", "orders.secret", "A", "x" * 4000, "ord\u0435r"]
)
def test_a_hostile_name_in_a_query_is_refused(name: str) -> None:
    for query in (
        MetricQuery((name,)),
        MetricQuery(("revenue",), group_by=(name,)),
        MetricQuery(("revenue",), order_by=(name,)),
        MetricQuery(("revenue",), time_constraint=(name, name)),
    ):
        with pytest.raises(QueryRefused) as refused:
            compile_query(manifest(), query)
        assert all(len(one.message) < 600 for one in refused.value.findings)


def test_a_quoted_column_cannot_leave_its_quotes() -> None:
    compiled = compile_query(manifest(expr='"a""; DROP TABLE orders; --"'), MetricQuery(("revenue",)))
    assert '"orders"."a""; DROP TABLE orders; --"' in compiled.sql


def test_a_relation_is_quoted_whatever_it_says() -> None:
    compiled = compile_query(
        manifest(), MetricQuery(("revenue",)), relations={"orders": "read_csv('/etc/passwd')"}
    )
    assert "FROM \"read_csv('/etc/passwd')\" AS" in compiled.sql


def test_a_metric_that_multiplies_itself_is_refused_before_it_grows() -> None:
    doubled = [Metric("m0", MetricType.SIMPLE, measure=MetricInput("amount"))]
    for level in range(1, 30):
        inputs = (MetricInput(f"m{level - 1}", alias="a"), MetricInput(f"m{level - 1}", alias="b"))
        doubled.append(Metric(f"m{level}", MetricType.DERIVED, inputs=inputs, expr="a + b"))
    grown = SemanticManifest(manifest().semantic_models, tuple(doubled))
    with pytest.raises(QueryRefused) as refused:
        compile_query(grown, MetricQuery(("m29",)))
    assert any("too many metrics" in one.message for one in refused.value.findings)
