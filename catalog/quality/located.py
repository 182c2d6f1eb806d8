"""The data of a run: every object that its checks may read, located once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.dataset import Dataset
from catalog.domain.errors import CatalogError, Refused
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.sql_engine import DataLocator


@dataclass(frozen=True, slots=True)
class LocatedData:
    """Finds datasets by contract and object; `contracts` are searched in order, the judged ones first."""

    locator: DataLocator
    contracts: Sequence[DataContract]
    _found: dict[tuple[str, str], Dataset | Finding] = field(default_factory=dict)

    def dataset(self, contract: DataContract, item: SchemaObject) -> Dataset | Finding:
        """The dataset of an object, or the locator's finding."""
        key = contract.id, item.name
        if key not in self._found:
            self._found[key] = self._locate(contract, item)
        return self._found[key]

    def named(self, contract: DataContract, names: Iterable[str]) -> tuple[Dataset, ...] | Finding:
        """The datasets behind relation names, each under the name as it was written.

        The contract's own objects come first, then those of the other contracts. A name that is nowhere is
        left out, and the engine refuses it; an object without data is the locator's finding.
        """
        found: dict[str, Dataset] = {}
        for name in names:
            dataset = self._named(contract, name)
            if isinstance(dataset, Finding):
                return dataset
            if dataset is not None:
                found[name.lower()] = replace(dataset, name=name)
        return tuple(found.values())

    @property
    def fingerprints(self) -> tuple[tuple[str, str], ...]:
        """Name and fingerprint of all data that was located, in the order it was."""
        datasets = (one for one in self._found.values() if isinstance(one, Dataset))
        return tuple((dataset.name, dataset.fingerprint) for dataset in datasets)

    def _named(self, contract: DataContract, name: str) -> Dataset | Finding | None:
        for candidate in (contract, *self.contracts):
            item = _object_named(candidate, name)
            if item is not None:
                return self.dataset(candidate, item)
        return None

    def _locate(self, contract: DataContract, item: SchemaObject) -> Dataset | Finding:
        try:
            return self.locator.locate(contract, item)
        except Refused as refusal:
            return _finding(refusal, item)


def _object_named(contract: DataContract, name: str) -> SchemaObject | None:
    wanted = name.lower()
    return next(
        (one for one in contract.schema if wanted in {one.name.lower(), one.physical_name.lower()}), None
    )


def _finding(refusal: CatalogError, item: SchemaObject) -> Finding:
    if refusal.findings:
        return refusal.findings[0]
    return FindingCode.QUALITY_CHECK_ERROR.at(
        item.place,
        f"{item.name}: {refusal.message}",
        remedy=refusal.remedy or "correct the contract's servers",
    )
