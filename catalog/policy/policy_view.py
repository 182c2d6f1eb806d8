"""The types of the view: what rules see as `input`, field by field.

The functions that make the view are checked against them, and `policies/schema/policy_view.schema.json`, against
which rules are checked, is written from them by `view_schema`: a docstring becomes a description, and so does a text
beside a type; an object beside it holds what else JSON Schema says of the value.
"""

from enum import StrEnum
from typing import Annotated, Final, TypedDict

from catalog.domain.identity import AssetKind
from catalog.manifests.sql_fault import SqlFault
from catalog.policy.decision import EnforcementPoint

_CUSTOM: Final = "Declared custom properties as text; read them with object.get."
_INSTANT: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _words(enumeration: type[StrEnum]) -> dict[str, list[str]]:
    return {"enum": sorted(one.value for one in enumeration)}


Pointer = Annotated[str, {"pattern": "^(/[^/]+)+$"}]
Custom = Annotated[dict[str, str], _CUSTOM]


class GovernanceView(TypedDict):
    """What is declared about who answers for the asset, why it is there and for how long."""

    businessGoal: str
    executiveSponsor: str
    knownLimitations: str
    purpose: str
    regimes: list[str]
    replacedBy: str
    reviewCadence: str
    tier: str
    validFrom: str
    validTo: str


class AssetView(GovernanceView):
    """What products and metrics have in common."""

    key: str
    name: str
    version: str
    status: str
    description: str
    definitionDigest: str
    tags: list[str]
    owner: str
    steward: str
    custom: Custom
    path: Pointer


class InputPortView(TypedDict):
    """What the product reads."""

    name: str
    version: str
    contractId: str
    path: Pointer


class OutputPortView(TypedDict):
    """What the product offers; `hasContract` says whether the contract that it names came along."""

    name: str
    version: str
    type: str
    description: str
    contractId: str
    hasContract: bool
    path: Pointer


class ManagementPortView(TypedDict):
    """Where the product is watched and steered."""

    name: str
    content: str
    path: Pointer


class ProductView(TypedDict):
    """Empty for a metric."""

    id: str
    limitations: str
    usage: str
    inputPorts: list[InputPortView]
    outputPorts: list[OutputPortView]
    managementPorts: list[ManagementPortView]
    support: list[str]
    path: Pointer


class SqlFaultView(TypedDict):
    """What is wrong with SQL that runs; `source` is the check, column or element that holds it."""

    fault: Annotated[str, _words(SqlFault)]
    detail: str
    source: str
    path: Pointer


class MetricView(TypedDict):
    """Empty for a data product; `products` are those behind its semantic models."""

    name: str
    label: str
    type: str
    products: list[str]
    sqlFaults: list[SqlFaultView]
    path: Pointer


class ServerView(TypedDict):
    """A server as the contract declares it."""

    name: str
    type: str
    environment: str
    region: str
    path: Pointer


class LocationView(TypedDict):
    """Where the data is: one for each server, or the declared region."""

    region: str
    path: Pointer


class ServiceLevelView(TypedDict):
    """A service level as declared."""

    property: str
    value: str
    unit: str
    element: str
    path: Pointer


class ObjectView(TypedDict):
    """A table, file or topic."""

    name: str
    granularity: Annotated[str, "What one row is."]
    path: Pointer


class QualityView(TypedDict):
    """A quality check as declared."""

    name: str
    dimension: str
    query: str
    path: Pointer


class ColumnView(TypedDict):
    """`name` is dotted where it nests, `normalName` is it in snake_case; classes and masks have small letters."""

    object: str
    name: str
    normalName: str
    logicalType: str
    physicalType: str
    description: str
    classification: str
    masking: str
    required: bool
    unique: bool
    primaryKey: bool
    critical: bool
    tags: list[str]
    custom: Custom
    path: Pointer


class ContractView(TypedDict):
    """Facts that a contract does not declare itself are those of its product."""

    id: str
    name: str
    version: str
    status: str
    description: str
    tags: list[str]
    regimes: list[str]
    lawfulBasis: str
    retention: str
    retentionDays: Annotated[
        int,
        "The retention in days, months of 30 and years of 365; -1 where it is no length of time.",
        {"minimum": -1},
    ]
    servers: list[ServerView]
    locations: list[LocationView]
    sla: list[ServiceLevelView]
    objects: list[ObjectView]
    columns: list[ColumnView]
    quality: list[QualityView]
    sqlFaults: list[SqlFaultView]
    classifications: list[str]
    custom: Custom
    path: Pointer


class PreviousColumnView(TypedDict):
    """A column of the live version."""

    object: str
    name: str
    logicalType: str
    classification: str


class PreviousView(TypedDict):
    """The live version that this one would follow."""

    exists: bool
    version: str
    definitionDigest: str
    columns: list[PreviousColumnView]


class ServedColumnView(TypedDict):
    """A column that another product serves."""

    product: str
    logicalType: str


class ServedMetricView(TypedDict):
    """A metric of the same name as another domain governs it."""

    domain: str
    name: str
    version: str
    owner: str
    definitionDigest: str


class MeshView(TypedDict):
    """What other assets serve that concerns this one."""

    columns: Annotated[
        dict[str, list[ServedColumnView]],
        "By normal name: the types that a column of that name has in other products; read it with object.get.",
    ]
    metrics: list[ServedMetricView]
    products: list[str]


class PolicyView(TypedDict):
    """What a rule sees as `input`: undeclared text is "", a list of nothing is [], and no value is null."""

    point: Annotated[str, _words(EnforcementPoint)]
    kind: Annotated[str, _words(AssetKind)]
    domain: str
    now: Annotated[str, "The instant of the decision, RFC 3339, UTC.", {"pattern": _INSTANT}]
    today: Annotated[str, {"pattern": _DAY}]
    asset: AssetView
    product: ProductView
    metric: MetricView
    contracts: list[ContractView]
    previous: PreviousView
    mesh: MeshView
