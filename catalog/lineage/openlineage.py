"""A metric's lineage as an OpenLineage event (spec 2-0-2), for other catalogs and viewers.

The event is a JobEvent: what is true of a definition and needs no run. Job and datasets have the namespace
`concord` and the names of the graph's nodes, as `metric:sales.gmv` and `data_product:sales.orders/orders`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import catalog
from catalog.domain.lineage import DECIDING, EVERY_ROW, LineageRole, Link, Node, NodeKind
from catalog.lineage.columns import columns_used

NAMESPACE: Final = "concord"
_PRODUCER: Final = f"urn:concord:catalog:{catalog.__version__}"
_SPEC: Final = "https://openlineage.io/spec"
_TRANSFORMATIONS: Final[Mapping[LineageRole, tuple[str, str]]] = {
    LineageRole.FILTER: ("INDIRECT", "FILTER"),
    LineageRole.GROUP: ("INDIRECT", "GROUP_BY"),
    LineageRole.KEY: ("INDIRECT", "JOIN"),
    LineageRole.TIME: ("INDIRECT", "GROUP_BY"),
    LineageRole.VALUE: ("DIRECT", "AGGREGATION"),
}


def event_of(
    metric: Node, version: str, links: Iterable[Link], *, published_at: datetime, description: str, owner: str
) -> dict[str, Any]:
    """The event of one published version, whose `links` are all those above it.

    What decides the number stands at its field, what only groups or places it at the dataset. A dataset of
    which only the rows are counted is an input without fields.
    """
    used = columns_used(links, metric)
    datasets = sorted({_dataset(column)[0] for column in used})
    return {
        "eventTime": published_at.isoformat(),
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent",
        "job": {"namespace": NAMESPACE, "name": str(metric), "facets": {"jobType": _job_type()}},
        "inputs": [{"namespace": NAMESPACE, "name": name} for name in datasets],
        "outputs": [
            {
                "namespace": NAMESPACE,
                "name": str(metric),
                "facets": _facets(metric, version, used, description, owner),
            }
        ],
    }


def _facets(
    metric: Node, version: str, used: Mapping[Node, LineageRole], description: str, owner: str
) -> dict[str, Any]:
    field = metric.name.rpartition(".")[2]
    facets = {
        "schema": _facet("1-2-0", "SchemaDatasetFacet", fields=[{"name": field}]),
        "version": _facet("1-0-1", "DatasetVersionDatasetFacet", datasetVersion=version),
        "columnLineage": _facet(
            "1-2-0",
            "ColumnLineageDatasetFacet",
            fields={
                field: {"inputFields": _inputs(used, [one for one, role in used.items() if role in DECIDING])}
            },
            dataset=_inputs(used, [one for one, role in used.items() if role not in DECIDING]),
        ),
    }
    if description:
        facets["documentation"] = _facet("1-1-0", "DocumentationDatasetFacet", description=description)
    if owner:
        facets["ownership"] = _facet(
            "1-0-1", "OwnershipDatasetFacet", owners=[{"name": owner, "type": "OWNER"}]
        )
    return facets


def _inputs(used: Mapping[Node, LineageRole], columns: Sequence[Node]) -> list[dict[str, Any]]:
    found = []
    for column in columns:
        dataset, name = _dataset(column)
        kind, subtype = _TRANSFORMATIONS[used[column]]
        if name != EVERY_ROW:
            done = {"type": kind, "subtype": subtype, "description": "", "masking": False}
            found.append({"namespace": NAMESPACE, "name": dataset, "field": name, "transformations": [done]})
    return found


def _dataset(column: Node) -> tuple[str, str]:
    """The dataset's name, and the column's in it."""
    item, _, name = column.name.rpartition("/")
    return str(Node(NodeKind.DATA_PRODUCT, item)), name


def _job_type() -> dict[str, Any]:
    return _facet("2-0-4", "JobTypeJobFacet", processingType="BATCH", integration="CONCORD", jobType="METRIC")


def _facet(version: str, name: str, **content: Any) -> dict[str, Any]:
    schema = f"{_SPEC}/facets/{version}/{name}.json#/$defs/{name}"
    return {"_producer": _PRODUCER, "_schemaURL": schema, **content}
