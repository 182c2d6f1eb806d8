"""Who a document belongs to where it does not say so itself."""

from dataclasses import replace

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct, OutputPort
from catalog.domain.metric import Metric
from catalog.manifests.manifest import Manifest


def in_domain(manifest: Manifest, domain: str) -> Manifest:
    """The manifest with `domain` for every product, contract and metric that names none."""
    if not domain:
        return manifest
    return replace(
        manifest,
        products=tuple(replace(one, domain=one.domain or domain) for one in manifest.products),
        contracts=tuple(replace(one, domain=one.domain or domain) for one in manifest.contracts),
        semantic=replace(
            manifest.semantic, metrics=tuple(_owned(one, domain) for one in manifest.semantic.metrics)
        ),
    )


def standing_alone(manifest: Manifest) -> tuple[DataProduct, ...]:
    """Contracts that no product offers, each as a product with that one port.

    Teams that write ODCS only are governed all the same; the contract's own facts are the product's.
    """
    offered = {port.contract_id for product in manifest.products for port in product.output_ports}
    return tuple(_product(one) for one in manifest.contracts if one.id not in offered)


def _product(contract: DataContract) -> DataProduct:
    name = contract.data_product or contract.name or contract.id
    port = OutputPort(
        name, contract.version, contract.id, description=contract.description, place=contract.place
    )
    return DataProduct(
        id=contract.id,
        name=name,
        version=contract.version,
        api_version=contract.api_version,
        domain=contract.domain,
        status=contract.status,
        purpose=contract.description,
        limitations=contract.limitations,
        usage=contract.usage,
        tags=contract.tags,
        output_ports=(port,),
        support=contract.support,
        team=contract.team,
        governance=contract.governance,
        place=contract.place,
    )


def _owned(metric: Metric, domain: str) -> Metric:
    if metric.governance.domain:
        return metric
    return replace(metric, governance=replace(metric.governance, domain=domain))
