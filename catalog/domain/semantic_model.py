"""Semantic models (dbt semantic layer YAML): entities, dimensions and measures over one relation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from catalog.domain.finding import NOWHERE, Place
from catalog.domain.governance import Governance

# The word under `config.meta` by which a measure lets its different values be estimated.
APPROXIMATE: Final = "approximate"


class EntityType(StrEnum):
    """How often a value of the entity may stand in the relation, which decides what may be joined."""

    FOREIGN = "foreign"
    NATURAL = "natural"
    PRIMARY = "primary"
    UNIQUE = "unique"


class DimensionType(StrEnum):
    """Categorical values or points in time."""

    CATEGORICAL = "categorical"
    TIME = "time"


class Aggregation(StrEnum):
    """How a measure's rows become one number (MetricFlow's names)."""

    AVERAGE = "average"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    MAX = "max"
    MEDIAN = "median"
    MIN = "min"
    PERCENTILE = "percentile"
    SUM = "sum"
    SUM_BOOLEAN = "sum_boolean"


class TimeGranularity(StrEnum):
    """Grains from finest to coarsest; order is meaning."""

    NANOSECOND = "nanosecond"
    MICROSECOND = "microsecond"
    MILLISECOND = "millisecond"
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def rank(self) -> int:
        """0 for the finest."""
        return _RANKS[self]


_RANKS: Final = {grain: rank for rank, grain in enumerate(TimeGranularity)}


@dataclass(frozen=True, slots=True)
class Entity:
    """A join key; `expr` is the column or expression, the name where absent."""

    name: str
    type: EntityType
    expr: str = ""
    role: str = ""
    label: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Dimension:
    """What one may group and filter by.

    A time without a declared granularity is taken by the day; `in_validity_window` says that it has
    validity params, even where they name neither start nor end.
    """

    name: str
    type: DimensionType
    expr: str = ""
    description: str = ""
    is_partition: bool = False
    granularity: TimeGranularity = TimeGranularity.DAY
    validity_start: bool = False
    validity_end: bool = False
    label: str = ""
    granularity_declared: bool = True
    in_validity_window: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class NonAdditiveDimension:
    """The dimension over which a measure may not be summed, and which end of a window counts."""

    name: str
    window_choice: str = "min"
    window_groupings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregation over rows of the model; `agg_time_dimension` is what `metric_time` means for it.

    `metric` names the simple metric that declares the aggregation itself; empty where the model declares it.
    `approximate` is what `config.meta` says under `APPROXIMATE`, None where nothing: only true means anything.
    """

    name: str
    agg: Aggregation
    expr: str = ""
    description: str = ""
    agg_time_dimension: str = ""
    agg_params: Mapping[str, Any] = field(default_factory=dict)
    non_additive_dimension: NonAdditiveDimension | None = None
    create_metric: bool = False
    label: str = ""
    metric: str = ""
    approximate: Any = None
    place: Place = NOWHERE


class OfProduct:
    """What stands on a relation, which is some product's; the same rows are read where `source` is the same."""

    __slots__ = ()
    relation: str
    governance: Governance

    @property
    def product(self) -> str:
        """The qualified data product behind the relation (`config.meta.product`), empty where none."""
        return str(self.governance.custom.get("product", ""))

    @property
    def source(self) -> str:
        """The relation within its product, as `sales.orders.lines`; alone where no product is named."""
        return f"{self.product}.{self.relation}" if self.product else self.relation


@dataclass(frozen=True, slots=True)
class SemanticModel(OfProduct):
    """A relation with its entities, dimensions and measures.

    `relation` is what the document names (`ref('orders')` is `orders`); `config.meta` says which product and
    contract object stands behind it.
    """

    name: str
    relation: str
    description: str = ""
    default_agg_time_dimension: str = ""
    primary_entity: str = ""
    entities: tuple[Entity, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()
    governance: Governance = field(default_factory=Governance)
    label: str = ""
    place: Place = NOWHERE

    @property
    def elements(self) -> tuple[Dimension | Entity, ...]:
        """What one may group by."""
        return (*self.dimensions, *self.entities)


@dataclass(frozen=True, slots=True)
class CustomGranularity:
    """Periods of a calendar of one's own: the column of a time spine that says which period a moment is in."""

    name: str
    column: str


@dataclass(frozen=True, slots=True)
class TimeSpine(OfProduct):
    """A relation with one row for each moment of a grain, without gaps; `name` is its dbt model.

    `config.meta` of the model says which product stands behind it; a catalog serves no spine without one.
    """

    name: str
    relation: str
    column: str
    granularity: TimeGranularity
    custom_granularities: tuple[CustomGranularity, ...] = ()
    governance: Governance = field(default_factory=Governance)
    place: Place = NOWHERE
