"""A number is the same behind every door: JSON carries it exactly, as a number or as text."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest

from catalog.serving.json_value import value_of


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        ("text", "text"),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**64), "-18446744073709551616"),
        (0.1, 0.1),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (Decimal("1.50"), 1.5),
        (Decimal("12.00"), 12),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1e30"), 1e30),
        (Decimal("12345678901234567890.5"), "12345678901234567890.5"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21T12:00:00+00:00"),
        (time(12, 30), "12:30:00"),
        ([Decimal("1.0"), (None, 2**60)], [1, [None, str(2**60)]]),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_keeps_its_exact_meaning(value: object, told: object) -> None:
    found = value_of(value)
    assert found == told
    assert type(found) is type(told)
    assert json.loads(json.dumps(found, allow_nan=False)) == told
