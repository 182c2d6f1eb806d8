"""Known answers: which are kept, and for how long."""

from datetime import UTC, datetime

from catalog.engine.result import ArrowResult
from catalog.engine.result_cache import ComputedResult, ResultCache

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def of(size: int) -> ComputedResult:
    return ComputedResult(ArrowResult((), False, b"x" * size), NOW, 1.0)


def test_what_was_put_is_given_to_the_same_key_only() -> None:
    cache = ResultCache(1 << 20)
    cache.put("a", of(10))
    assert cache.get("a") == of(10)
    assert cache.get("b") is None


def test_the_bytes_held_never_pass_the_bound_and_what_nobody_asks_for_goes_first() -> None:
    cache = ResultCache(40_000)
    for name in "abc":
        cache.put(name, of(10_000))
    cache.get("a")
    cache.put("d", of(10_000))
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]
    for number in range(1000):
        cache.put(number, of(number * 17 % 9_000))
        assert cache.held_bytes <= 40_000


def test_an_answer_larger_than_the_bound_is_not_kept_and_pushes_nothing_out() -> None:
    cache = ResultCache(20_000)
    cache.put("a", of(10_000))
    cache.put("b", of(20_000))
    assert cache.get("a")
    assert cache.get("b") is None


def test_an_answer_that_is_put_again_counts_once() -> None:
    cache = ResultCache(40_000)
    for _ in range(10):
        cache.put("a", of(10_000))
    assert cache.held_bytes < 20_000
