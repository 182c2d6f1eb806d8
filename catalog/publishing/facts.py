"""What the store knows about one asset and its mesh at one instant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.access.sign_off import SignOffs, counted, required_roles
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status, is_served
from catalog.domain.settlement import Settlement
from catalog.policy.lifecycle import Placement
from catalog.policy.waiver_request import WaiverRequest
from catalog.publishing.snapshot import Dependency
from catalog.publishing.standing import Past
from catalog.registry.compare import baseline_of
from catalog.registry.compatibility import Consumer
from catalog.registry.metric_changes import same_meaning
from catalog.registry.ports import PublishedVersion, UnitOfWork
from catalog.registry.served import Served, ServedDrafts
from catalog.registry.settled import standing


@dataclass(frozen=True, slots=True)
class Facts:
    """`previous` is the content of `baseline`, the served version that the draft would follow.

    `placements` say which policy bundle stands where, `settlement` what a metric's name stands for,
    `waivers` which of the store were approved for the asset.
    `downstream` is what is served and made from the asset, `readers` who read the metrics among it. `past` are
    contents of product versions that are served no more and that served metrics were made on.
    """

    versions: tuple[PublishedVersion, ...]
    baseline: PublishedVersion | None
    previous: Draft | None
    consumers: tuple[Consumer, ...]
    sign_offs: SignOffs
    served: tuple[Served, ...]
    row_version: int
    placements: tuple[Placement, ...] = ()
    downstream: tuple[Served, ...] = ()
    readers: Mapping[AssetKey, tuple[Consumer, ...]] = field(default_factory=dict)
    past: Past = field(default_factory=dict)
    settlement: Settlement | None = None
    waivers: tuple[WaiverRequest, ...] = ()

    @property
    def previous_version(self) -> str:
        """The baseline's version, empty for a first version."""
        return self.baseline.version if self.baseline else ""

    def serves(self, draft: Draft) -> PublishedVersion | None:
        """The served version that is this very draft, or a metric's with other words for the same meaning."""
        same = (one for one in self.versions if one.version == draft.version and is_served(one.status))
        one = next(same, None)
        if one is None or one.digest == draft.digest or (one == self.baseline and self._means(draft)):
            return one
        return None

    def _means(self, draft: Draft) -> bool:
        if self.previous is None or not isinstance(draft.content, MetricContent):
            return False
        earlier = self.previous.content
        return isinstance(earlier, MetricContent) and same_meaning(earlier, draft.content)

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
    mesh = served.of(unit)
    downstream = depend_on(draft, mesh)
    readers = unit.consumers([draft.key, *(one.draft.key for one in downstream)])
    return Facts(
        versions=versions,
        baseline=baseline,
        previous=previous,
        consumers=readers.get(draft.key, ()),
        sign_offs=SignOffs(
            required_roles(draft, previous), counted(given, draft.definition_digest, proposers)
        ),
        served=mesh,
        row_version=unit.row_version(draft.key),
        placements=unit.policies.placements(),
        downstream=downstream,
        readers=readers,
        past=past_of(mesh, unit),
        settlement=standing(draft.key.name, unit) if draft.key.kind is AssetKind.METRIC else None,
        waivers=unit.waivers.approved(draft.key),
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
    known = _statuses((f"{one.draft.key}", one.status) for one in served)
    products = (
        Dependency(f"data product {name}" if name else "", known.get(f"{AssetKind.DATA_PRODUCT}:{name}"))
        for name in draft.content.closure.products
    )
    inputs = (one.key for one in draft.content.closure.metrics if one.key != draft.key)
    metrics = (Dependency(f"metric {one.qualified_name}", known.get(str(one))) for one in inputs)
    return (*products, *metrics)


def depend_on(draft: Draft, served: Sequence[Served]) -> tuple[Served, ...]:
    """Everything served that is made from `draft`, in the mesh's order."""
    offered = set(_offered(draft))
    return tuple(
        one for one in served if one.draft.key != draft.key and _is_made_from(one.draft, draft.key, offered)
    )


def past_of(served: Sequence[Served], unit: UnitOfWork) -> Past:
    """The product versions that served metrics were made on and that are served no more."""
    now = {(one.draft.key.qualified_name, one.draft.version) for one in served}
    wanted = {
        (source.product, source.made_on)
        for one in served
        for source in (one.standing.sources if one.standing else ())
    }
    found: dict[tuple[str, str], ProductContent] = {}
    for name, made_on in sorted(wanted - now):
        domain, _, product = name.rpartition(".")
        key = AssetKey(AssetKind.DATA_PRODUCT, domain, product)
        for one in unit.versions.of(key):
            draft = unit.drafts.get(key, one.digest) if one.version == made_on else None
            if draft is not None and isinstance(draft.content, ProductContent):
                found[name, made_on] = draft.content
    return found


def offered_by(draft: Draft) -> tuple[str, ...]:
    """The names under which other drafts depend on this one."""
    if not isinstance(draft.content, ProductContent):
        return (f"metric {draft.key.qualified_name}",)
    contracts = (f"contract {name}" for name in _offered(draft))
    return (f"data product {draft.key.qualified_name}", *contracts)


def _is_made_from(draft: Draft, key: AssetKey, contracts: set[str]) -> bool:
    if isinstance(draft.content, ProductContent):
        return not contracts.isdisjoint(_inputs(draft.content.product))
    if key.kind is AssetKind.METRIC:
        return any(one.key == key for one in draft.content.closure.metrics)
    return key.qualified_name in draft.content.closure.products


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
