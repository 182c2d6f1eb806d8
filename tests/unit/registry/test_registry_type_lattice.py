"""Widening is safe, everything else breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.data_contract import Property
from catalog.registry.type_lattice import TypeStep, logical_step, physical_step, type_step

SAME, WIDER, BROKEN = TypeStep.SAME, TypeStep.WIDER, TypeStep.INCOMPATIBLE


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("BIGINT", "HUGEINT", WIDER),
        ("HUGEINT", "BIGINT", BROKEN),
        ("INT", "integer", SAME),
        ("int4", "BIGINT", WIDER),
        ("UINTEGER", "BIGINT", WIDER),
        ("UINTEGER", "INTEGER", BROKEN),
        ("INTEGER", "DOUBLE", WIDER),
        ("BIGINT", "DOUBLE", BROKEN),
        ("INTEGER", "DECIMAL(10,0)", WIDER),
        ("INTEGER", "DECIMAL(10,2)", BROKEN),
        ("INTEGER", "DECIMAL(12,2)", WIDER),
        ("DECIMAL(10,2)", "DECIMAL(12,2)", WIDER),
        ("DECIMAL(10,2)", "DECIMAL(12,4)", WIDER),
        ("DECIMAL(10,2)", "DECIMAL(10,4)", BROKEN),
        ("DECIMAL(10,2)", "DOUBLE", BROKEN),
        ("NUMERIC(10, 2)", "decimal(10,2)", SAME),
        ("DECIMAL", "DECIMAL(38,9)", BROKEN),
        ("REAL", "DOUBLE PRECISION", WIDER),
        ("VARCHAR(10)", "VARCHAR(20)", WIDER),
        ("VARCHAR(20)", "VARCHAR(10)", BROKEN),
        ("VARCHAR(20)", "TEXT", WIDER),
        ("TEXT", "string", SAME),
        ("DATE", "TIMESTAMP", BROKEN),
        ("TIMESTAMP", "TIMESTAMPTZ", BROKEN),
        ("datetime", "timestamp without time zone", SAME),
        ("GEOMETRY", "geometry", SAME),
        ("GEOMETRY", "GEOGRAPHY", BROKEN),
        ("STRUCT(a INT)", "STRUCT(a INT)", SAME),
        ("INTEGER", "not promised", BROKEN),
    ],
)
def test_physical_types_have_a_lattice(old: str, new: str, step: TypeStep) -> None:
    assert physical_step(old, new) is step


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("integer", "number", WIDER),
        ("number", "integer", BROKEN),
        ("string", "string", SAME),
        ("date", "timestamp", BROKEN),
    ],
)
def test_logical_types_have_a_lattice(old: str, new: str, step: TypeStep) -> None:
    assert logical_step(old, new) is step


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        (("integer", "INT"), ("integer", "BIGINT"), WIDER),
        (("integer", "INT"), ("string", "BIGINT"), BROKEN),
        (("integer", "INT"), ("", "BIGINT"), WIDER),
        (("integer", "INT"), ("integer", ""), BROKEN),
        (("integer", ""), ("", ""), BROKEN),
        (("", ""), ("string", "TEXT"), SAME),
    ],
)
def test_the_worse_kind_of_type_decides(old: tuple[str, str], new: tuple[str, str], step: TypeStep) -> None:
    before = Property("a", logical_type=old[0], physical_type=old[1])
    after = Property("a", logical_type=new[0], physical_type=new[1])
    assert type_step(before, after) is step


TYPES = st.one_of(
    st.sampled_from(
        [
            "TINYINT",
            "SMALLINT",
            "INT",
            "BIGINT",
            "HUGEINT",
            "UINTEGER",
            "UBIGINT",
            "REAL",
            "DOUBLE",
            "TEXT",
            "DATE",
            "ODD",
        ]
    ),
    st.builds("VARCHAR({})".format, st.integers(1, 99)),
    st.tuples(st.integers(1, 38), st.integers(0, 38))
    .filter(lambda ps: ps[1] <= ps[0])
    .map(lambda ps: f"DECIMAL({ps[0]},{ps[1]})"),
)


@given(TYPES, TYPES, TYPES)
def test_widening_is_an_order(a: str, b: str, c: str) -> None:
    assert physical_step(a, a) is SAME
    if physical_step(a, b) is WIDER:
        assert physical_step(b, a) is BROKEN
        if physical_step(b, c) is WIDER:
            assert physical_step(a, c) is WIDER


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_answered(old: str, new: str) -> None:
    assert physical_step(old, new) in TypeStep
