"""What the store knows about one asset and its mesh at one instant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.access.sign_off import SignOffs, counted, required_roles
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import Draft, ProductContent
from catalog.domain.identity import AssetKind
from catalog.domain.lifecycle import Status
from catalog.policy.lifecycle import Placement
from catalog.publishing.snapshot import Dependency
from catalog.registry.compare import baseline_of
from catalog.registry.compatibility import Consumer
from catalog.registry.ports import PublishedVersion, UnitOfWork
from catalog.registry.served import Served, ServedDrafts


@dataclass(frozen=True, slots=True)
class Facts:
    """`previous` is the content of `baseline`, the served version that the draft would follow.

    `placements` say which policy bundle stands where.
    """

    versions: tuple[PublishedVersion, ...]
    baseline: PublishedVersion | None
    previous: Draft | None
    consumers: tuple[Consumer, ...]
    sign_offs: SignOffs
    served: tuple[Served, ...]
    row_version: int
    placements: tuple[Placement, ...] = ()

    @property
    def previous_version(self) -> str:
        """The baseline's version, empty for a first version."""
        return self.baseline.version if self.baseline else ""

    @property
    def first_published_at(self) -> datetime | None:
        """When the asset was first published, None where it never was."""
        return min((one.published_at for one in self.versions), default=None)


def facts_of(draft: Draft, unit: UnitOfWork, served: ServedDrafts, publisher: str) -> Facts:
    """Read everything about `draft` in one unit; approvals by who proposed or publishes it do not count."""
    versions = unit.versions.of(draft.key)
    baseline = baseline_of(versions, draft.version)
    previous = unit.drafts.get(draft.key, baseline.digest) if baseline else None
    proposers = frozenset({publisher, unit.drafts.registered_by(draft.key, draft.digest)})
    given = unit.sign_offs(draft.key, draft.definition_digest)
    return Facts(
        versions=versions,
        baseline=baseline,
        previous=previous,
        consumers=unit.consumers(draft.key),
        sign_offs=SignOffs(
            required_roles(draft, previous), counted(given, draft.definition_digest, proposers)
        ),
        served=served.of(unit),
        row_version=unit.row_version(draft.key),
        placements=unit.policies.placements(),
    )


def dependencies_of(draft: Draft, served: Sequence[Served]) -> tuple[Dependency, ...]:
    """What the draft is made from, each with the status in which the mesh serves it.

    A metric is made from the products behind its semantic models and time spines, a product from the contracts
    of its inputs.
    """
    if isinstance(draft.content, ProductContent):
        offered = _statuses((name, one.status) for one in served for name in _offered(one.draft))
        return tuple(
            Dependency(f"contract {name}", offered.get(name), governed=False)
            for name in dict.fromkeys(_inputs(draft.content.product))
        )
    products = _statuses(
        (one.draft.key.qualified_name, one.status)
        for one in served
        if one.draft.key.kind is AssetKind.DATA_PRODUCT
    )
    names = draft.content.closure.products
    return tuple(Dependency(f"data product {name}" if name else "", products.get(name)) for name in names)


def depend_on(draft: Draft, served: Sequence[Served]) -> tuple[Draft, ...]:
    """Everything served that is made from `draft`, in the mesh's order."""
    if not isinstance(draft.content, ProductContent):
        return ()
    offered = set(_offered(draft))
    return tuple(
        one.draft
        for one in served
        if one.draft.key != draft.key and _is_made_from(one.draft, draft.key.qualified_name, offered)
    )


def _is_made_from(draft: Draft, product: str, contracts: set[str]) -> bool:
    if isinstance(draft.content, ProductContent):
        return not contracts.isdisjoint(_inputs(draft.content.product))
    return product in draft.content.closure.products


def _inputs(product: DataProduct) -> Iterator[str]:
    yield from (port.contract_id for port in product.input_ports if port.contract_id)
    for port in product.output_ports:
        yield from (contract for contract, _ in port.input_contracts)


def _offered(draft: Draft) -> tuple[str, ...]:
    if not isinstance(draft.content, ProductContent):
        return ()
    return tuple(port.contract_id for port in draft.content.product.output_ports if port.contract_id)


def _statuses(pairs: Iterable[tuple[str, Status]]) -> dict[str, Status]:
    """Active wins where a name is served in several versions."""
    found: dict[str, Status] = {}
    for name, status in pairs:
        if found.get(name) is not Status.ACTIVE:
            found[name] = status
    return found
