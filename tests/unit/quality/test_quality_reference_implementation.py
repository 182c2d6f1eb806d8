"""The fused run against a naive reference in Python, on small random tables."""

import math
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import Property, SchemaObject

TEXTS = st.one_of(
    st.none(), st.sampled_from(["", "a", "A", "n/a", "ä", "aa", "b c", "it's"]), st.text(max_size=3)
)
WHOLE = st.one_of(st.none(), st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
FLOATS = st.one_of(
    st.none(), st.sampled_from([0.0, -0.0, 1.5, -1.5, math.nan, math.inf, -math.inf]), st.floats()
)
ROWS = st.lists(st.tuples(WHOLE, TEXTS, FLOATS), max_size=12)
VALID = ["a", "", "ä"]
STAND_INS = ["", "n/a"]


def contract_object() -> SchemaObject:
    return SchemaObject(
        "t",
        properties=(
            Property("n", quality=(library("nullValues"), library("duplicateValues"))),
            Property(
                "s",
                quality=(
                    library("missingValues", arguments={"missingValues": STAND_INS}),
                    library("invalidValues", arguments={"validValues": VALID}),
                    library("duplicateValues", unit="percent"),
                ),
                options={"minLength": 1, "maxLength": 2},
            ),
            Property("f", options={"minimum": -1.5, "maximum": 1.5}, quality=(library("duplicateValues"),)),
        ),
        quality=(
            library("rowCount", mustBeGreaterOrEqualTo=0),
            library("duplicateValues", arguments={"properties": ["n", "s"]}),
        ),
    )


def same(value: float | None) -> Any:
    """Floats as the engine compares them: one NaN, one zero."""
    if value is None:
        return None
    return "nan" if math.isnan(value) else value + 0.0


def surplus(values: list[Any]) -> int:
    return sum(count - 1 for count in Counter(values).values())


def expected(rows: list[tuple[int | None, str | None, float | None]]) -> dict[tuple[str, str], float]:
    numbers, texts, floats = ([row[i] for row in rows] for i in range(3))
    present = [text for text in texts if text is not None]
    real = [value for value in floats if value is not None]
    text_surplus = surplus(present)
    return {
        ("null_values", "n"): numbers.count(None),
        ("duplicate_values", "n"): surplus([one for one in numbers if one is not None]),
        ("missing_values", "s"): len(texts) - len(present) + sum(text in STAND_INS for text in present),
        ("invalid_values", "s"): sum(not 1 <= len(text) <= 2 for text in present),
        ("invalid_values rule", "s"): sum(text not in VALID for text in present),
        ("duplicate_values", "s"): 100 * text_surplus / len(rows) if rows else 0,
        ("invalid_values", "f"): sum(not -1.5 <= value <= 1.5 for value in real),
        ("duplicate_values", "f"): surplus([same(value) for value in real]),
        ("row_count", ""): len(rows),
        ("duplicate_values", "n, s"): surplus([row[:2] for row in rows if None not in row[:2]]),
    }


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_the_fused_run_measures_what_a_naive_loop_counts(
    laboratory: Laboratory, rows: list[tuple[int | None, str | None, float | None]]
) -> None:
    columns = {"n": pa.int64(), "s": pa.string(), "f": pa.float64()}
    # without statistics of the floats: see the test below
    arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(columns.values())]
    pq.write_table(
        pa.table(arrays, names=list(columns)), laboratory.root / "t.parquet", write_statistics=["n", "s"]
    )
    report = laboratory.measure(laboratory.contract(contract_object()))
    measured = {
        (
            f"{one.check} rule"
            if (one.check, one.column, one.name) == ("invalid_values", "s", "rule")
            else one.check,
            one.column,
        ): one.measured
        for one in report.results
        if one.check != "schema_conformance"
    }
    assert measured == expected(rows)


def test_nan_is_found_where_the_files_statistics_do_not_show_it(laboratory: Laboratory) -> None:
    pq.write_table(pa.table({"v": pa.array([0.0, math.nan])}), laboratory.root / "t.parquet")
    item = SchemaObject("t", properties=(Property("v", options={"maximum": 1}),))
    report = laboratory.measure(laboratory.contract(item))
    assert [one.measured for one in report.results if one.check == "invalid_values"] == [1]
