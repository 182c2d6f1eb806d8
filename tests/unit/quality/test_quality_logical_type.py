"""The lattice of logical types over the engine's types."""

import pytest

from catalog.quality.logical_type import fits
from catalog.quality.table import engine_type


@pytest.mark.parametrize(
    ("logical", "physical"),
    [
        ("string", "VARCHAR"),
        ("string", "UUID"),
        ("string", "ENUM('a', 'b')"),
        ("integer", "TINYINT"),
        ("integer", "HUGEINT"),
        ("integer", "UBIGINT"),
        ("integer", "DECIMAL(18,0)"),
        ("number", "INTEGER"),
        ("number", "DECIMAL(12,2)"),
        ("number", "DOUBLE"),
        ("boolean", "BOOLEAN"),
        ("date", "DATE"),
        ("date", "TIMESTAMP"),
        ("timestamp", "TIMESTAMP"),
        ("timestamp", "TIMESTAMP WITH TIME ZONE"),
        ("timestamp", "TIMESTAMP_NS"),
        ("timestamp", "DATE"),
        ("time", "TIME"),
        ("object", "STRUCT(a INTEGER, b VARCHAR)"),
        ("array", "INTEGER[]"),
        ("vector", "FLOAT[3]"),
        ("map", "MAP(VARCHAR, INTEGER)"),
        ("", "BLOB"),
        ("Integer", "INTEGER"),
    ],
)
def test_a_physical_type_holds_what_its_logical_type_promises(logical: str, physical: str) -> None:
    assert fits(logical, engine_type(physical))


@pytest.mark.parametrize(
    ("logical", "physical"),
    [
        ("string", "INTEGER"),
        ("string", "BLOB"),
        ("integer", "DOUBLE"),
        ("integer", "DECIMAL(12,2)"),
        ("integer", "VARCHAR"),
        ("number", "VARCHAR"),
        ("boolean", "INTEGER"),
        ("date", "TIME"),
        ("date", "VARCHAR"),
        ("time", "TIMESTAMP"),
        ("object", "VARCHAR"),
        ("array", "VARCHAR"),
        ("string", "no such type at all"),
    ],
)
def test_another_physical_type_does_not_fit(logical: str, physical: str) -> None:
    assert not fits(logical, engine_type(physical))


def test_in_files_of_text_anything_is_a_string_and_nothing_else_changes() -> None:
    assert fits("string", engine_type("BIGINT"), untyped=True)
    assert not fits("integer", engine_type("VARCHAR"), untyped=True)
