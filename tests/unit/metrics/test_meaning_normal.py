"""The normal form: the same value on every row, and the same text for what means the same."""

import itertools
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.metrics.expression import every, parse_expression
from catalog.metrics.meaning.arithmetic import spelled
from catalog.metrics.meaning.normal import conditions, value

NUMBERS = ("a", "b", "c", "2", "1.5", "0", "-1")
CHOICES = ("p", "q")


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every combination of small values and nulls."""
    numbers, truths, texts = (None, 0, 1, 2, -3), (None, True, False), (None, "x", "y")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "CREATE TABLE rows (a INTEGER, b INTEGER, c DOUBLE, p BOOLEAN, q BOOLEAN, s VARCHAR)"
        )
        combinations = itertools.product(numbers, numbers, (None, 1.5, -2), truths, truths, texts)
        values = ",".join(
            "(" + ",".join("NULL" if one is None else repr(one) for one in row) + ")" for row in combinations
        )
        connection.execute(f"INSERT INTO rows VALUES {values}")
        yield connection


def numeric(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda two: f"({two[0]} + {two[1]})"),
        pair.map(lambda two: f"({two[0]} - {two[1]})"),
        pair.map(lambda two: f"{two[0]} * ({two[1]})"),
        pair.map(lambda two: f"({two[0]}) / nullif({two[1]}, 0)"),
        pair.map(lambda two: f"coalesce({two[0]}, {two[1]})"),
        pair.map(lambda two: f"greatest({two[0]}, {two[1]})"),
        inner.map(lambda one: f"(-({one}))"),
        inner.map(lambda one: f"cast({one} as double)"),
        inner.map(lambda one: f"abs({one})"),
    )


def logical(inner: st.SearchStrategy[str], number: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair, two = st.tuples(inner, inner), st.tuples(number, number)
    compared = st.sampled_from(("=", "<>", "!=", "<", "<=", ">", ">=", "is distinct from"))
    return st.one_of(
        pair.map(lambda both: f"({both[0]} and {both[1]})"),
        pair.map(lambda both: f"({both[0]} or {both[1]})"),
        inner.map(lambda one: f"(not {one})"),
        inner.map(lambda one: f"({one} = true)"),
        inner.map(lambda one: f"(false <> {one})"),
        inner.map(lambda one: f"({one} is true)"),
        inner.map(lambda one: f"({one} is not true)"),
        inner.map(lambda one: f"({one} is null)"),
        inner.map(lambda one: f"coalesce({one}, false)"),
        inner.map(lambda one: f"(case when {one} then true else false end)"),
        pair.map(lambda both: f"(case when {both[0]} then {both[1]} end)"),
        st.tuples(number, compared, number).map(lambda three: f"({three[0]} {three[1]} {three[2]})"),
        two.map(lambda both: f"({both[0]} between {both[1]} and 2)"),
        two.map(lambda both: f"({both[0]} in ({both[1]}, 1, null))"),
        two.map(lambda both: f"({both[0]} not in ({both[1]}, 1))"),
        st.sampled_from(("s = 'x'", "s like 'x%'", "s not like 'x%'", "s in ('x', 'y')")).map(
            lambda one: f"({one})"
        ),
    )


NUMBER = st.recursive(st.sampled_from(NUMBERS), numeric, max_leaves=5)
TRUTH = st.recursive(st.sampled_from(CHOICES), lambda inner: logical(inner, NUMBER), max_leaves=6)
CHOSEN = st.tuples(TRUTH, NUMBER, NUMBER).map(
    lambda three: f"case when {three[0]} then {three[1]} else {three[2]} end + a"
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(NUMBER, CHOSEN))
def test_a_number_keeps_its_value_on_every_row(rows: duckdb.DuckDBPyConnection, text: str) -> None:
    normal = spelled(value(parse_expression(text)))
    difference = f"abs(({text})::DOUBLE - ({normal})::DOUBLE) > 1e-9"
    differing = f"(({text}) IS NULL) <> (({normal}) IS NULL) OR {difference}"
    assert rows.execute(f"SELECT count(*) FROM rows WHERE {differing}").fetchall() == [(0,)], normal


@settings(max_examples=400, deadline=None)
@given(TRUTH)
def test_a_condition_keeps_its_truth_on_every_row(rows: duckdb.DuckDBPyConnection, text: str) -> None:
    tree = parse_expression(text)
    normal = spelled(value(tree))
    differing = f"SELECT count(*) FROM rows WHERE ({text}) IS DISTINCT FROM ({normal})"
    assert rows.execute(differing).fetchall() == [(0,)], normal
    clauses = conditions([tree])
    kept = spelled(every(clauses)) if clauses else "true"
    differing = f"SELECT count(*) FROM rows WHERE (({text}) IS TRUE) <> (({kept}) IS TRUE)"
    assert rows.execute(differing).fetchall() == [(0,)], kept


@settings(max_examples=200, deadline=None)
@given(st.one_of(NUMBER, CHOSEN, TRUTH))
@example("-1 * (a + a)")
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    normal = value(parse_expression(text))
    assert spelled(value(normal)) == spelled(normal)
    assert spelled(value(parse_expression(spelled(normal)))) == spelled(normal)


SAME = [
    ("a + b + 2", "2 + (b + a)"),
    ("a - b", "-(b - a)"),
    ("a - (b - c)", "a + c - b"),
    ("a * 1.0 * b", "b*a"),
    ("a + 0", "a"),
    ("a / cast(b as double)", "(a) / b"),
    ("case when p then a else null end", "if(p, a, null)"),
    ("case a when 1 then b end", "case when 1.0 = a then b end"),
    ("case when p then case when q then a end end", "case when q and p then a end"),
    ("case when p then a else case when q then b end end", "case when p then a when q then b end"),
    ("coalesce(a, coalesce(b, a), null)", "ifnull(a, b)"),
    ("date_trunc('month', date_trunc('day', c))", "date_trunc('month', c)"),
    ("c + interval '2' week", "c + interval 14 days"),
    ("year(c)", "extract(year from c)"),
    ("least(a, b, a)", "least(b, a)"),
]
SAME_CONDITIONS = [
    ("a > 5", "5 < a"),
    ("not (a > 5)", "a <= 5.0"),
    ("not (not p)", "p = true"),
    ("a between 1 and 3", "a <= 3 and 1 <= a"),
    ("a not between 1 and 3", "a > 3 or a < 1"),
    ("s in ('x')", "'x' = s"),
    ("s in ('y', 'x')", "s = 'x' or s = 'y'"),
    ("s not in ('x', 'y')", "s <> 'y' and not s = 'x'"),
    ("s != 'x' and p and p", "p and s <> 'x'"),
    ("not (p and s = 'x')", "not p or s <> 'x'"),
    ("p is true", "p"),
    ("p <> true", "not p"),
    ("(p and q) or (p and a > 1)", "p and (1 < a or q)"),
    ("p and (p or q)", "p"),
    ("coalesce(s = 'x', false)", "s = 'x'"),
    ("s = 'x' and s is not null", "s = 'x'"),
    ("case when a > 1 then true else false end", "a > 1"),
    ("1 = 1 and p", "p"),
    ("a is not distinct from b", "b is not distinct from a"),
]
DIFFERENT = [
    ("a - b", "b - a"),
    ("a - b - c", "a - (b - c)"),
    ("a * (b + c)", "a * b + c"),
    ("a / b", "a // b"),
    ("a / b / c", "a / (b / c)"),
    ("coalesce(a, b)", "coalesce(b, a)"),
    ("(a + 1.0) // 2", "(a + 1) // 2"),
    ("cast(1.0 as varchar)", "cast(1 as varchar)"),
    ("cast(a as integer)", "a"),
    ("a || b", "b || a"),
    ("case when p then a else 0 end", "case when p then a end"),
    ("case when p then a end", "case when not p then null else a end"),
    ("c - interval '1' day - interval '1' month", "c - interval '1' month - interval '1' day"),
    ("date_trunc('month', date_trunc('week', c))", "date_trunc('month', c)"),
    ('"A b"', '"a b"'),
    ("a * 0", "0"),
    ("a - a", "0"),
    ("round(a / b)", "round(a // b)"),
]
DIFFERENT_CONDITIONS = [
    ("a > 5", "a >= 5"),
    ("s <> 'x'", "s <> 'x' or s is null"),
    ("s <> 'x'", "s is distinct from 'x'"),
    ("not p", "p is not true"),
    ("p and q", "p or q"),
    ("p or (q and a > 1)", "(p or q) and a > 1"),
    ("s = 'x'", "s = 'X'"),
    ("a = 1", "a = '1'"),
    ("p or not p", "true"),
    ("a = 1 or s = 'x'", "a = 1 and s = 'x'"),
    ("s like 'x%'", "s ilike 'x%'"),
    ("coalesce(s = 'x', true)", "s = 'x'"),
    ("a + 1 = true", "a + 1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_expressions_that_mean_the_same_are_written_the_same(one: str, other: str) -> None:
    assert spelled(value(parse_expression(one))) == spelled(value(parse_expression(other)))


@pytest.mark.parametrize(("one", "other"), SAME_CONDITIONS)
def test_conditions_that_keep_the_same_rows_are_written_the_same(one: str, other: str) -> None:
    assert kept(one) == kept(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_expressions_that_differ_are_never_written_the_same(one: str, other: str) -> None:
    assert spelled(value(parse_expression(one))) != spelled(value(parse_expression(other)))


@pytest.mark.parametrize(("one", "other"), DIFFERENT_CONDITIONS)
def test_conditions_that_differ_are_never_written_the_same(one: str, other: str) -> None:
    assert kept(one) != kept(other)


def kept(text: str) -> list[str]:
    return [spelled(one) for one in conditions([parse_expression(text)])]
