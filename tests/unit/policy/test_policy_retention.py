"""A retention as people write it."""

import pytest

from catalog.policy.retention import UNKNOWN, days_of


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ("7y", 2555),
        ("7 years", 2555),
        ("90 d", 90),
        (" 2 Weeks ", 14),
        ("P6M", 180),
        ("p1y", 365),
        ("0d", 0),
        ("", UNKNOWN),
        ("7", UNKNOWN),
        ("forever", UNKNOWN),
        ("7 fortnights", UNKNOWN),
        ("PT6M", UNKNOWN),
        ("-7y", UNKNOWN),
        ("99999999y", UNKNOWN),
    ],
)
def test_a_length_of_time_is_days_and_nothing_else_is(told: str, days: int) -> None:
    assert days_of(told) == days
