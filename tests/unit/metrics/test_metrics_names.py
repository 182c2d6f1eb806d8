"""Names, template calls, filters and expressions: what is read, and as what."""

import pytest
from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expression import columns_of, parse_expression
from catalog.metrics.filter import parse_filter
from catalog.metrics.name import DatePart, Reference
from catalog.metrics.query import read_reference
from catalog.metrics.template import TemplateInvalid, parse_call

MONTH = TimeGranularity.MONTH


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("listing", Reference("listing")),
        ("listing__country", Reference("country", ("listing",))),
        ("a__b__c", Reference("c", ("a", "b"))),
        ("metric_time", Reference("metric_time")),
        ("METRIC_TIME__MONTH", Reference("metric_time", (), MONTH)),
        ("order__created_at__month", Reference("created_at", ("order",), MONTH)),
        ("order__created_at__extract_dow", Reference("created_at", ("order",), None, DatePart.DOW)),
        ("month", Reference("month")),
    ],
)
def test_a_name_is_path_element_and_grain(text: str, reference: Reference) -> None:
    assert Reference.parse(text) == reference
    assert str(reference) == text.lower()


@pytest.mark.parametrize("text", ["", "__", "a____b", "1a", "a b", "a.b", "a__", "é", "a__1", "x" * 600])
def test_what_is_no_name_is_not_read(text: str) -> None:
    assert Reference.parse(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dimension('order__status')", "order__status"),
        ('Dimension("order__status")', "order__status"),
        ("Dimension(name='order__status', entity_path=['customer'])", "customer__order__status"),
        ("Dimension('order__at').grain('month')", "order__at__month"),
        ("Dimension('order__at').date_part('YEAR')", "order__at__extract_year"),
        ("TimeDimension('metric_time', 'MONTH')", "metric_time__month"),
        ("TimeDimension('order__at', time_granularity_name='week', entity_path=())", "order__at__week"),
        ("TimeDimension('order__at', None, ('a', 'b',), 'dow')", "a__b__order__at__extract_dow"),
        ("  Entity( 'listing' )  ", "listing"),
    ],
)
def test_a_call_names_one_thing(text: str, name: str) -> None:
    assert str(parse_call(text).reference) == name
    assert str(read_reference(text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "Dimension('a__month').grain('day')", "Dimension('a').grain()", "Dimension('a') x", "Nothing('a')",
        "Dimension('a',, 'b')", "Dimension('a' 'b')", "Dimension(entity_path='a', name='b')", "Dimension",
        "TimeDimension('a', 'fort-night')", "Dimension('a').grain('day').grain('day')('x')", "",
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(TemplateInvalid):
        parse_call(text)


def test_a_filter_falls_into_its_conditions() -> None:
    read = parse_filter(
        "{{ Dimension('order__status') }} = 'paid' AND ({{Entity('customer')}} IS NULL OR 1 = 2) "
        "and {{ TimeDimension('metric_time', 'month') }} >= '2026-01-01'"
    )
    assert [one.text for one in read.conditions] == [
        "order__status = 'paid'",
        "(customer IS NULL OR 1 = 2)",
        "metric_time__month >= '2026-01-01'",
    ]
    assert [str(one) for one in read.references] == ["order__status", "customer", "metric_time__month"]


@pytest.mark.parametrize(
    "text",
    [
        "amount", "1", "'text'", "amount * 1.5 - discount", "CASE WHEN a = 1 THEN b ELSE 0 END", "a::DECIMAL(10, 2)",
        "coalesce(a, b, 0)", "nullif(a, 0)", "a IS NOT NULL AND NOT b", "a IN ('x', 'y')", "a BETWEEN 1 AND 2",
        "date_trunc('month', at)", "extract(year FROM at)", "at + INTERVAL '3 days'", "lower(trim(a)) LIKE 'x%'",
        '"Mixed Case"', "a || '-' || b", "round(a, 2)", "a IS DISTINCT FROM b", "date_diff('day', a, b)",
        "at >= TIMESTAMP '2026-01-01 00:00:00'", "if(a, 1, 0)", "greatest(a, b)", "a // 2 + a % 2", "-a", "TRUE",
    ],
)  # fmt: skip
def test_an_allowed_expression_is_read(text: str) -> None:
    written = parse_expression(text).sql("duckdb")
    assert parse_expression(written).sql("duckdb") == written


def test_an_expression_tells_its_columns() -> None:
    assert columns_of(parse_expression("a + CASE WHEN b THEN c END")) == {"a", "b", "c"}
    assert isinstance(parse_expression("a"), exp.Column)
