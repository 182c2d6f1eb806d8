"""The data behind a semantic model or time spine, and what its product's quality run measured."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.bootstrap import Services
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.dataset import Dataset
from catalog.domain.draft import ProductContent
from catalog.domain.errors import Refused
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKind
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.domain.settlement import Settlement
from catalog.publishing.certification import certification_of
from catalog.registry.ports import PublishedVersion
from catalog.serving.metric_read.answer import TrustFacts
from catalog.serving.metric_read.served_metric import ServedMetric
from catalog.store.offers import Asked
from catalog.store.unit_of_work import StoreUnit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dataset by the name that the query reads it under; `measured` says that a quality run saw these files.

    `types` are the types of its columns as the contract promises them, in the contract's words.
    """

    dataset: Dataset
    measured: bool
    at: datetime | None
    types: Mapping[str, str]


def evidence_of(
    name: str, reads: str, manifest: SemanticManifest, services: Services, unit: StoreUnit
) -> Evidence:
    """What stands behind the model or spine of that name in the version `reads` of its product.

    Where `reads` is empty the first version on offer counts. Raises `Refused` where there is none any more.
    """
    relation = next(one for one in manifest.relations if one.name == name)
    version, contract, item = _served_object(relation, reads, unit)
    dataset = services.locator.locate(contract, item)
    run = version.record["payload"].get("quality") or {}
    finished = run.get("finished_at")
    return Evidence(
        replace(dataset, name=name),
        run.get("fingerprints", {}).get(dataset.name) == dataset.fingerprint,
        None if finished is None else datetime.fromisoformat(finished),
        {one.column: one.logical_type or one.physical_type for one in item.properties},
    )


def facts_of(
    served: ServedMetric,
    evidence: Mapping[str, Evidence],
    unchanged: frozenset[str],
    settlement: Settlement | None,
    estimates: Mapping[str, float | None],
) -> TrustFacts:
    """Data that changed since its quality run, or while the query ran, is not verified.

    `estimates` are the metrics of the query that are not exact, by their plain names.
    """
    names = dict.fromkeys(one.name for one in served.closure.relations)
    own = [evidence[name] for name in names if name in evidence]
    verified = all(evidence[name].measured and name in unchanged for name in names if name in evidence)
    version, governance = served.version, served.metric.governance
    certification = certification_of(version)
    return TrustFacts(
        key=version.key,
        version=version.version,
        status=version.status.value,
        certified=certification.certified,
        certification=certification.reason,
        tier=governance.tier,
        owner=governance.owner,
        quality="passed" if verified else "unverified",
        measured_at=min((one.at for one in own if one.at is not None), default=None),
        decision_id=version.decision_id,
        notice=version.notice,
        settlement=settlement,
        approximate=served.metric.name in estimates,
        standard_error=estimates.get(served.metric.name),
    )


def _served_object(
    relation: SemanticModel | TimeSpine, reads: str, unit: StoreUnit
) -> tuple[PublishedVersion, DataContract, SchemaObject]:
    """The served version of the relation's product that has the relation's object, active ones first."""
    domain, _, name = relation.product.rpartition(".")
    for offer in unit.offers(Asked(AssetKind.DATA_PRODUCT, name, domain)) if domain and name else ():
        if isinstance(offer.draft.content, ProductContent) and reads in {"", offer.version.version}:
            for contract in offer.draft.content.contracts:
                item = contract.object_named(relation.relation)
                if item is not None:
                    return offer.version, contract, item
    served = f"{relation.product} serves no {relation.relation} any more."
    finding = FindingCode.METRIC_PRODUCT_NOT_SERVED.at(
        relation.place,
        served if relation.product else f"No data product stands behind {relation.name}.",
        remedy="Publish the product again, or move the metric to what replaced it."
        if relation.product
        else "Name the product in config.meta.product, and publish the metric anew.",
    )
    raise Refused(finding.message, findings=[finding])
