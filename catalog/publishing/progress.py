"""The steps of publishing, told as they happen; a terminal or a page may listen, nothing depends on it."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """In the order in which they happen."""

    DRAFT = "draft"
    POLICY = "policy"
    QUALITY = "quality"
    COMPATIBILITY = "compatibility"
    SIGN_OFFS = "sign_offs"
    JUDGEMENT = "judgement"
    STORED = "stored"


# Called with the step and what came of it: Draft, Decision, QualityReport, Compatibility, SignOffs, …
Progress = Callable[[Step, object], None]


def silent(step: Step, result: object) -> None:
    """Tells nobody."""
