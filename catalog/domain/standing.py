"""How a served metric stands in the mesh: which version of each product it reads, and what it has lost."""

from dataclasses import dataclass

from catalog.domain.lineage import DECIDING, LineageRole


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column that the metric was made with and that no served version still gives it; `reason` says why."""

    column: str
    role: LineageRole
    reason: str


@dataclass(frozen=True, slots=True)
class ModelSource:
    """The product behind one semantic model or time spine.

    `made_on` is the version that the metric was published over, `reads` the served one that it reads now,
    empty where there is none. `lost` are columns that `reads`, or the version that came closest, does not
    give.
    """

    model: str
    product: str
    made_on: str
    reads: str
    lost: tuple[LostColumn, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the metric's number hangs on what is lost, and no version gives it."""
        return not self.reads and any(one.role in DECIDING for one in self.lost)


@dataclass(frozen=True, slots=True)
class Standing:
    """All sources of one published version of a metric, by model."""

    sources: tuple[ModelSource, ...]

    @property
    def valid(self) -> bool:
        """Whether the metric has a number at all; without some group it still has."""
        return not any(one.broken for one in self.sources)

    @property
    def lost(self) -> frozenset[tuple[str, str]]:
        """Every lost column with its model."""
        return frozenset((source.model, one.column) for source in self.sources for one in source.lost)

    def source(self, model: str) -> ModelSource | None:
        """Where that model's rows come from, None for a model that the metric does not have."""
        return next((one for one in self.sources if one.model == model), None)
