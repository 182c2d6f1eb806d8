"""Words for dimensions."""

import pytest

from catalog.quality.dimension import dimension_named, words_for
from catalog.quality.report import QualityDimension


@pytest.mark.parametrize(
    ("word", "dimension"),
    [
        ("accuracy", QualityDimension.ACCURACY),
        ("Validity", QualityDimension.CONFORMITY),
        ("conformity", QualityDimension.CONFORMITY),
        ("uq", QualityDimension.UNIQUENESS),
        (" timeliness ", QualityDimension.TIMELINESS),
        ("beauty", None),
        ("", None),
    ],
)
def test_a_word_means_one_dimension_or_none(word: str, dimension: QualityDimension | None) -> None:
    assert dimension_named(word) is dimension


def test_conformity_is_shown_with_its_other_name() -> None:
    assert words_for(QualityDimension.CONFORMITY) == "conformity (validity)"
    assert words_for(QualityDimension.ACCURACY) == "accuracy"
