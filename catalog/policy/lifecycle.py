"""A bundle's life in the store: draft, validated, then beside or at enforcement points, at last retired."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.policy.decision import EnforcementPoint


class Mode(StrEnum):
    """How a bundle stands at a point: one is enforced; another may be evaluated beside it and block nothing."""

    ENFORCE = "enforce"
    SHADOW = "shadow"


class Stage(StrEnum):
    """Where a bundle is in its life; it follows from what was done with it and where it stands."""

    DRAFT = "draft"
    VALIDATED = "validated"
    SHADOW = "shadow"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class UploadedBundle:
    """A bundle in the store, by its revision; approved once it was enforced by somebody who did not upload it."""

    revision: str
    uploaded_at: datetime
    uploaded_by: str
    validated_at: datetime | None = None
    validated_by: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """Which bundle stands at a point, and since when."""

    point: EnforcementPoint
    mode: Mode
    revision: str
    at: datetime
    by: str


def stage_of(bundle: UploadedBundle, placements: Iterable[Placement]) -> Stage:
    """The stage: what is enforced anywhere is active; what was and is no more is retired."""
    modes = {one.mode for one in placements if one.revision == bundle.revision}
    if Mode.ENFORCE in modes:
        return Stage.ACTIVE
    if Mode.SHADOW in modes:
        return Stage.SHADOW
    if bundle.approved_at is not None:
        return Stage.RETIRED
    return Stage.DRAFT if bundle.validated_at is None else Stage.VALIDATED


def placed(placements: Sequence[Placement], point: EnforcementPoint, mode: Mode) -> str:
    """The revision that stands there, empty where none does."""
    return next((one.revision for one in placements if (one.point, one.mode) == (point, mode)), "")
