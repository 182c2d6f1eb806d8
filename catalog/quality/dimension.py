"""The words for quality dimensions, as the standard, its abbreviations and other tools use them."""

from typing import Final

from catalog.quality.report import QualityDimension

_SYNONYMS: Final = {
    "ac": QualityDimension.ACCURACY,
    "cf": QualityDimension.CONFORMITY,
    "cp": QualityDimension.COMPLETENESS,
    "cs": QualityDimension.CONSISTENCY,
    "cv": QualityDimension.COVERAGE,
    "tm": QualityDimension.TIMELINESS,
    "uq": QualityDimension.UNIQUENESS,
    "validity": QualityDimension.CONFORMITY,
}
_WORDS: Final = {dimension.value: dimension for dimension in QualityDimension} | _SYNONYMS


def dimension_named(word: str) -> QualityDimension | None:
    """The dimension that `word` means: ODCS's seven, their abbreviations, and *validity* for conformity."""
    return _WORDS.get(word.strip().lower())


def words_for(dimension: QualityDimension) -> str:
    """The dimension as people are shown it: conformity carries its other name."""
    return "conformity (validity)" if dimension is QualityDimension.CONFORMITY else dimension.value
