"""Definitions that mean the same are found, others are never taken for the same: labelled pairs and numbers."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import pytest
from metric_numbers import agree, numbers, tables
from metric_rewrites import Pair, Source, pairs, sources

from catalog.manifests.digest import digest_of
from catalog.metrics.definition import definition_of, meaning_of

pytestmark = pytest.mark.fixtures
EVERY: Final = 7
EVERY_RUN: Final = 5 * EVERY


@pytest.fixture(scope="module")
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "metricflow"


@pytest.fixture(scope="module")
def labelled(folder: Path) -> list[Pair]:
    return list(pairs(sources(folder)))


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with tables(folder) as connection:
        yield connection


def test_labelled_pairs_are_told_apart(labelled: list[Pair]) -> None:
    chosen = labelled[::EVERY]
    assert sum(pair.same for pair in chosen) > 150
    assert sum(not pair.same for pair in chosen) > 80
    wrong = [pair.title for pair in chosen if (meaning(pair.one) == meaning(pair.other)) is not pair.same]
    assert wrong == []


def test_pairs_that_mean_the_same_give_the_same_numbers(
    labelled: list[Pair], database: duckdb.DuckDBPyConnection
) -> None:
    chosen = [pair for pair in labelled if pair.same][::EVERY_RUN]
    answers = [(pair.title, numbers(pair.one, database), numbers(pair.other, database)) for pair in chosen]
    assert len(answers) > 20
    assert [title for title, one, other in answers if not agree(one, other)] == []
    assert sum(any(one) for _, one, _ in answers) > len(answers) // 2


def test_labels_of_different_meaning_are_true(
    labelled: list[Pair], database: duckdb.DuckDBPyConnection
) -> None:
    """On some data two meanings agree by chance; more than half of the pairs differ here."""
    chosen = [pair for pair in labelled if not pair.same and "relation" not in pair.rule][:: EVERY * 2]
    differing = [not agree(numbers(pair.one, database), numbers(pair.other, database)) for pair in chosen]
    assert sum(differing) > len(differing) // 2


@cache
def meaning(source: Source) -> str:
    manifest = source.semantic()
    metric = next(one for one in manifest.metrics if one.name == source.name)
    return digest_of(meaning_of(definition_of(metric, manifest)))
