"""Governed metrics (dbt semantic layer YAML; governance facts in `config.meta`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from catalog.domain.finding import NOWHERE, Place
from catalog.domain.governance import Governance
from catalog.domain.identity import AssetKey, AssetKind, domain_slug
from catalog.domain.semantic_model import SemanticModel, TimeGranularity, TimeSpine


class MetricType(StrEnum):
    """MetricFlow's five."""

    CONVERSION = "conversion"
    CUMULATIVE = "cumulative"
    DERIVED = "derived"
    RATIO = "ratio"
    SIMPLE = "simple"


# Under which names a conversion metric keeps its two measures.
CONVERTED: Final = ("base_measure", "conversion_measure")


@dataclass(frozen=True, slots=True)
class MetricInput:
    """A measure or metric that another metric is made of, with its own filters."""

    name: str
    filters: tuple[str, ...] = ()
    alias: str = ""
    fill_nulls_with: int | None = None
    join_to_timespine: bool = False
    offset_window: str = ""
    offset_to_grain: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's definition.

    `measure` is set for simple and cumulative metrics, `numerator` and `denominator` for ratios, `inputs`
    and `expr` for derived ones; `params` keeps what the other types declare. A cumulative or conversion metric
    that names metrics has them as `inputs`, and what they measure where a measure would stand. A hidden metric
    serves other metrics and is not offered to consumers.
    """

    name: str
    type: MetricType
    description: str = ""
    label: str = ""
    measure: MetricInput | None = None
    numerator: MetricInput | None = None
    denominator: MetricInput | None = None
    inputs: tuple[MetricInput, ...] = ()
    expr: str = ""
    filters: tuple[str, ...] = ()
    time_granularity: TimeGranularity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    governance: Governance = field(default_factory=Governance)
    hidden: bool = False
    place: Place = NOWHERE

    @property
    def key(self) -> AssetKey:
        """The name within the domain that `config.meta.domain` declares."""
        return AssetKey(AssetKind.METRIC, domain_slug(self.governance.domain), self.name)

    @property
    def needs_time_spine(self) -> bool:
        """Whether it is accumulated, moved in time or kept where nothing happened: moments decide its number."""
        inputs = filter(None, (self.measure, self.numerator, self.denominator, *self.inputs))
        moved = any(one.offset_window or one.offset_to_grain or one.join_to_timespine for one in inputs)
        return moved or self.type is MetricType.CUMULATIVE

    @property
    def measures(self) -> tuple[MetricInput, ...]:
        """The measures that the metric takes itself; of a conversion the opportunities' comes first."""
        if self.type is not MetricType.CONVERSION:
            return (self.measure,) if self.measure else ()
        said = self.params.get("conversion_type_params")
        sides = [said.get(side) for side in CONVERTED] if isinstance(said, Mapping) else []
        return tuple(one for one in sides if isinstance(one, MetricInput))

    @property
    def version(self) -> str:
        """`config.meta.version`; 1.0.0 where not declared."""
        return str(self.governance.custom.get("version") or "1.0.0")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query under a name; its parts are texts as a consumer would write them."""

    name: str
    description: str = ""
    metrics: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    exports: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class SemanticManifest:
    """All semantic models, metrics, time spines and saved queries that were read together."""

    semantic_models: tuple[SemanticModel, ...] = ()
    metrics: tuple[Metric, ...] = ()
    time_spines: tuple[TimeSpine, ...] = ()
    saved_queries: tuple[SavedQuery, ...] = ()

    @property
    def relations(self) -> tuple[SemanticModel | TimeSpine, ...]:
        """Everything that is read: models, then time spines."""
        return (*self.semantic_models, *self.time_spines)

    @property
    def products(self) -> tuple[str, ...]:
        """The qualified products behind models and spines, each once; empty for a relation that has none.

        A spine without a product counts only where a metric needs one and no other spine has a product.
        """
        spines = [one.product for one in self.time_spines if one.product]
        if not spines and any(one.needs_time_spine for one in self.metrics):
            spines = [""]
        return tuple(dict.fromkeys([*(one.product for one in self.semantic_models), *spines]))
