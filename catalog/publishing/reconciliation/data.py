"""The data behind metrics: each relation located once, so that all of them are measured on the same files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from catalog.access.actor import Actor
from catalog.access.classification import personal_columns
from catalog.access.decide import decide
from catalog.access.exposure import Exposure, exposure_of
from catalog.access.permission import Permission
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.dataset import Dataset
from catalog.domain.draft import ProductContent
from catalog.domain.errors import CatalogError, EngineDeadline
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.domain.sql_engine import SqlQuery
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery
from catalog.publishing.ports import Gate
from catalog.publishing.reconciliation.rivals import Rival
from catalog.quality.table import masked_columns
from catalog.registry.served import Served
from catalog.registry.settled import offer_rank

_LEAST_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Behind:
    """The served object of a relation, its dataset, and whether the actor may read its rows."""

    contract: DataContract
    item: SchemaObject
    dataset: Dataset
    readable: bool

    @property
    def masked(self) -> frozenset[str]:
        """Columns whose values are not shown to anybody here, in small letters."""
        return frozenset(name.lower() for name in masked_columns(self.item))


@dataclass(slots=True)
class Data:
    """Locates and asks, until `ends`."""

    gate: Gate
    actor: Actor
    served: Sequence[Served]
    ends: datetime
    _known: dict[tuple[str, str], Behind | None] = field(default_factory=dict)

    @classmethod
    def within(cls, seconds: float, gate: Gate, actor: Actor, served: Sequence[Served]) -> "Data":
        """Data that may be asked for so many seconds."""
        return cls(gate, actor, served, gate.clock.now() + timedelta(seconds=seconds))

    def behind(self, relation: SemanticModel | TimeSpine) -> Behind | None:
        """What is served behind the relation; None where nothing is."""
        name = (relation.product, relation.relation)
        if name not in self._known:
            self._known[name] = self._located(relation)
        return self._known[name]

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """What was read, by object."""
        found = (one for one in self._known.values() if one)
        return {one.dataset.name: one.dataset.fingerprint for one in found}

    def reason_against(self, rival: Rival) -> str:
        """Why the actor may not have the metric's number; empty where they may.

        A served metric is read as one. A draft has passed no gate, so its number needs the right to read the
        data that it is made of, besides the right to see it: its owner could ask anything of others' data.
        """
        exposure = exposure_of(rival.draft, rival.status)
        if exposure is not Exposure.UNSERVED:
            allowed = decide(self.actor, Permission.ASSET_DATA_READ, key=rival.key, exposure=exposure).allowed
            return "" if allowed else "you may not read this metric"
        behind = [self.behind(one) for one in rival.statement.manifest.semantic_models]
        if all(one is not None and one.readable for one in behind):
            return ""
        return "you may not read the data behind this draft"

    def answer(self, rival: Rival, group_by: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        """The metric's rows; raises what the compiler or the engine raises, and `EngineDeadline` at the end."""
        manifest = rival.statement.manifest
        names = {one.name: one.name for one in manifest.relations}
        query = MetricQuery((rival.statement.metric.name,), group_by)
        compiled = compile_query(manifest, query, relations=names, bind=True)
        found = {one.name: self.behind(one) for one in manifest.relations if one.name in compiled.models}
        missing = sorted(name for name, one in found.items() if one is None)
        if missing:
            raise CatalogError(f"no served product has the data of {', '.join(missing)}")
        datasets = tuple(replace(one.dataset, name=name) for name, one in found.items() if one)
        return self.rows(compiled.sql, datasets, compiled.parameters)

    def rows(
        self, sql: str, datasets: tuple[Dataset, ...], parameters: tuple[object, ...] = ()
    ) -> list[tuple[Any, ...]]:
        """The rows of one statement within what is left of the time."""
        left = (self.ends - self.gate.clock.now()).total_seconds()
        if left < _LEAST_SECONDS:
            raise EngineDeadline("The time for this reconciliation is over.")
        limit = min(left, self.gate.quality_deadline_seconds)
        return self.gate.sql_engine.run(SqlQuery(sql, datasets, parameters, deadline_seconds=limit)).rows()

    def _located(self, relation: SemanticModel | TimeSpine) -> Behind | None:
        for one in sorted(
            self.served, key=lambda each: offer_rank(each.status, each.draft.version), reverse=True
        ):
            content = one.draft.content
            if not isinstance(content, ProductContent) or one.draft.key.qualified_name != relation.product:
                continue
            for contract in content.contracts:
                item = contract.object_named(relation.relation)
                if item is not None:
                    dataset = self.gate.locator.locate(contract, item)
                    return Behind(contract, item, dataset, self._may_read(one, contract, item))
        return None

    def _may_read(self, product: Served, contract: DataContract, item: SchemaObject) -> bool:
        """Whether the actor may read the object: an object without personal columns is as open as it is served."""
        exposure = exposure_of(product.draft, product.status)
        personal = any(name.startswith(f"{item.name}.") for name in personal_columns(contract))
        if exposure is Exposure.PERSONAL and not personal:
            exposure = Exposure.OPEN
        key = product.draft.key
        return decide(self.actor, Permission.ASSET_DATA_READ, key=key, exposure=exposure).allowed
