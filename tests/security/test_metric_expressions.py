"""Hostile expressions, filters and names: refused with findings, and nothing of them reaches SQL."""

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

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
from catalog.metrics.dialect import NAMES, dialect_named
from catalog.metrics.dialects.dialect import value_literal
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
    "generate_series(1, 9)", "range(10)", "unnest([1])", "sniff_csv('x')", "parquet_scan('x')", "duckdb_settings()",
    "pragma_version()", "sqlite_scan('a', 'b')", "postgres_query('a', 'b')", "set_config('a', 'b', false)",
    "load_extension('x')", "amount::regclass", "'a' SIMILAR TO 'b'", "amount MATCH 'x'", "amount GLOB '*'",
    "amount OPERATOR(pg_catalog.+) 1", "\u2018a\u2019 = status", "status = \u201ca\u201d", "amount \uff1b DROP",
    "N'abc'", "U&'\\0041'", "r'x'", "@x", "@@version", "#x", "\\x", "amount AT TIME ZONE 'UTC'", "CAST(amount AS BLOB)",
    "CAST(amount AS VARCHAR[])", "CAST(amount AS JSON)", "CAST(amount AS UUID)", "amount FILTER (WHERE TRUE)",
    "MAX(amount) FILTER (WHERE TRUE)", "FIRST_VALUE(amount) OVER ()", "GROUPING(amount)", "amount QUALIFY TRUE",
    "LIMIT 1", "amount LIMIT 1", "amount ORDER BY 1", "TABLE orders", "FROM orders", "amount IS OF (INT)",
    "DATE_TRUNC('evil', ordered_at)", "ordered_at + INTERVAL (amount) DAY", "CAST(amount AS DECIMAL(1000, 5))",
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


HOSTILE_TEXTS = [
    "' OR '1'='1", "'; DROP TABLE orders; --", "\\'; --", "\\\\'; --", "\\", "$1", "$$; DROP TABLE orders; $$", "a' || 'b",
    "é\u202e", "\u2019 OR 1=1 --", "\uff07 OR 1=1 --", "\u02bc", "''", "'''", "\"; DROP TABLE orders; --", "`; DROP",
    "/* */ '", "-- '", "# '", "${env:HOME}", "$\\u007bx}", "\\u0027 OR 1=1 --", "\\x27 OR 1=1 --", "\\047 OR 1=1", "\n'; --", "\t",
    "%' ESCAPE '", "r'", "E'\\''", "N'", "U&'\\0027'", "@@x", "&&x", "{fn x()}", "?", ":x", "(SELECT 1)",
]  # fmt: skip


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("value", HOSTILE_TEXTS, ids=repr)
def test_a_hostile_text_is_one_literal_in_every_dialect(value: str, dialect: str) -> None:
    quoted = value.replace("'", "''")
    asked = MetricQuery(("revenue",), where=("{{ Dimension('order__status') }} IN ('" + quoted + "', 'x')",))
    authored = manifest(expr=f"CASE WHEN status = '{quoted}' THEN 1 END")
    for said, query in ((manifest(), asked), (authored, MetricQuery(("revenue",)))):
        compiled = compile_query(said, query, dialect=dialect)
        trees = sqlglot.parse(compiled.sql, read=dialect)
        assert [type(one) for one in trees] == [exp.Select]
        texts = {one.this for one in trees[0].find_all(exp.Literal) if one.is_string}
        assert texts - {"x"} == {value}
        assert "${" not in compiled.sql or dialect != "spark"


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize(
    "name",
    ['a"b', "a`b", "a'b", "a; DROP TABLE x", "a\\", "a--", "a/*", "a b", "${x}", "a\tb", "É"],
    ids=repr,
)
def test_a_quoted_column_cannot_leave_its_quotes_in_any_dialect(name: str, dialect: str) -> None:
    authored = manifest(expr='"' + name.replace('"', '""') + '"')
    if (name, dialect) == ("${x}", "spark"):
        with pytest.raises(QueryRefused, match="variable"):
            compile_query(authored, MetricQuery(("revenue",)), dialect=dialect)
        return
    trees = sqlglot.parse(
        compile_query(authored, MetricQuery(("revenue",)), dialect=dialect).sql, read=dialect
    )
    assert [type(one) for one in trees] == [exp.Select]
    assert name in {one.name for one in trees[0].find_all(exp.Column)}


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize(
    "relation", ['o"; DROP TABLE x; --', "o`; DROP", "read_csv('/etc/passwd')", "a\\", "o x", "(SELECT 1)"]
)
def test_a_relation_is_one_name_in_every_dialect(relation: str, dialect: str) -> None:
    moved = {"orders": relation}
    compiled = compile_query(manifest(), MetricQuery(("revenue",)), dialect=dialect, relations=moved)
    trees = sqlglot.parse(compiled.sql, read=dialect)
    assert [type(one) for one in trees] == [exp.Select]
    tables = list(trees[0].find_all(exp.Table))
    assert [".".join(part.name for part in one.parts) for one in tables] == [relation]


@settings(max_examples=150, deadline=None)
@given(value=st.text(max_size=40), dialect=st.sampled_from(NAMES))
def test_any_text_is_read_back_as_it_was(value: str, dialect: str) -> None:
    spoken = dialect_named(dialect)
    tree = sqlglot.parse_one(f"SELECT {spoken.written(value_literal(value))}, 1", read=spoken.sql)
    assert len(tree.expressions) == 2
    assert tree.expressions[0].this == value


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
