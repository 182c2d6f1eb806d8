"""Data products (Bitol ODPS 1.0): what a domain offers, through which ports, under which contracts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.data_contract import TeamMember
from catalog.domain.finding import NOWHERE, Place
from catalog.domain.governance import Governance
from catalog.domain.identity import AssetKey, AssetKind, domain_slug, slug


@dataclass(frozen=True, slots=True)
class InputPort:
    """What the product reads: a port of another product under a contract."""

    name: str
    version: str = ""
    contract_id: str = ""
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class OutputPort:
    """What the product offers; `input_contracts` are (id, version) pairs it is made from."""

    name: str
    version: str = ""
    contract_id: str = ""
    type: str = ""
    description: str = ""
    input_contracts: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ManagementPort:
    """Where the product is observed or controlled."""

    name: str
    content: str = ""
    type: str = ""
    url: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class DataProduct:
    """An ODPS document with everything the catalog reasons about."""

    id: str
    name: str
    version: str
    api_version: str
    domain: str
    status: str = ""
    purpose: str = ""
    limitations: str = ""
    usage: str = ""
    tags: tuple[str, ...] = ()
    input_ports: tuple[InputPort, ...] = ()
    output_ports: tuple[OutputPort, ...] = ()
    management_ports: tuple[ManagementPort, ...] = ()
    support: tuple[str, ...] = ()
    team: tuple[TeamMember, ...] = ()
    governance: Governance = field(default_factory=Governance)
    place: Place = NOWHERE

    @property
    def key(self) -> AssetKey:
        """The name within its domain; the id where the product has no name."""
        return AssetKey(AssetKind.DATA_PRODUCT, domain_slug(self.domain), slug(self.name or self.id))
