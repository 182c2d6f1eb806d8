"""From documents to drafts: one per product and one per metric, each with only what it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.domain.data_contract import DataContract
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.errors import Refused, UsageError
from catalog.domain.finding import Finding, Level, blocking
from catalog.domain.finding_code import FindingCode
from catalog.domain.governance import Tier
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.metric import Metric, SavedQuery, SemanticManifest
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.domain.version import Version
from catalog.manifests.digest import canonical_json, digest_of, digest_of_json, json_array, json_object
from catalog.manifests.loader import OWN
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.registry.definition import promise_of
from catalog.registry.ownership import in_domain, standing_alone
from catalog.registry.sources import Sources

_Part = DataProduct | DataContract | Metric | SemanticModel | TimeSpine | SavedQuery
_CACHED_DRAFTS = 4096
_CACHED_READINGS = 8  # whole projects
FIRST_VERSION = "1.0.0"  # ODPS leaves the version of a product open


@dataclass(frozen=True, slots=True)
class Address:
    """The version and the digests by which a draft is known."""

    version: str
    digest: str
    definition_digest: str


def drafts_of(manifest: Manifest) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """Every draft that can be named, with all findings; an asset with a blocking finding gives no draft.

    The findings do not repeat `manifest.findings`.
    """
    found = [*_nothing(manifest), *_unoffered(manifest)]
    drafts, sources = [], Sources(manifest)
    for asset in _assets(manifest):
        own = list(_faults(asset))
        found += own
        if not blocking(own):
            drafts.append(_draft(asset, manifest, sources))
    return tuple(drafts), tuple(found)


@lru_cache(maxsize=_CACHED_DRAFTS)
def draft_from(documents: tuple[Document, ...], key: AssetKey, address: Address | None = None) -> Draft:
    """The draft of `key` read again from its stored documents; the same bytes give the same digest.

    What was judged and signed is named by the `address` of that day, whatever would compute it today.
    Raises `Refused` with findings when the documents no longer hold that asset, as after a loader became
    stricter.
    """
    again = _again(documents, key.domain)
    asset = again.assets.get(key)
    if asset is None:
        raise Refused(f"the documents hold no {key}", findings=blocking(again.manifest.findings))
    own = blocking(_faults(asset))
    if own:
        raise Refused(f"{key} can no longer be read", findings=own)
    return _draft(asset, again.manifest, again.sources, address)


@dataclass(frozen=True, slots=True)
class _Again:
    """Stored documents that were read once for all drafts that share them; of a key given twice the first counts."""

    manifest: Manifest
    assets: Mapping[AssetKey, DataProduct | Metric]
    sources: Sources


@lru_cache(maxsize=_CACHED_READINGS)
def _again(documents: tuple[Document, ...], domain: str) -> _Again:
    manifest = in_domain(read(documents, OWN), domain)
    assets = {one.key: one for one in reversed(_assets(manifest))}
    return _Again(manifest, assets, Sources(manifest))


def keys_of(manifest: Manifest) -> tuple[AssetKey, ...]:
    """The keys that the manifest's products and metrics claim, well formed or not."""
    return tuple(asset.key for asset in _assets(manifest))


def _assets(manifest: Manifest) -> tuple[DataProduct | Metric, ...]:
    return (*manifest.products, *standing_alone(manifest), *manifest.semantic.metrics)


def _draft(
    asset: DataProduct | Metric, manifest: Manifest, sources: Sources, address: Address | None = None
) -> Draft:
    content = _content(asset, manifest, sources)
    paths = {one.place.file for one in _parts(content)}
    known = address or _address(asset, content, manifest, sources)
    return Draft(
        key=asset.key,
        version=known.version,
        digest=known.digest,
        definition_digest=known.definition_digest,
        content=content,
        documents=tuple(one for one in manifest.documents if one.path in paths),
    )


def _content(
    asset: DataProduct | Metric, manifest: Manifest, sources: Sources
) -> ProductContent | MetricContent:
    if isinstance(asset, DataProduct):
        return ProductContent(asset, _contracts_of(asset, manifest))
    from catalog.metrics.closure import closure  # noqa: PLC0415  # only metrics wait for the SQL parser

    return MetricContent(asset, closure(asset, manifest.semantic), sources.asking(asset.name))


def _parts(content: ProductContent | MetricContent) -> tuple[_Part, ...]:
    """Everything that a draft is made of, by the places of its documents."""
    if isinstance(content, ProductContent):
        return (content.product, *content.contracts)
    return (content.metric, *_members(content.closure), *content.saved_queries)


def _members(closure: SemanticManifest) -> list[Metric | SemanticModel | TimeSpine]:
    members: list[Metric | SemanticModel | TimeSpine]
    members = [*closure.semantic_models, *closure.metrics, *closure.time_spines]
    return sorted(members, key=lambda one: (type(one).__name__, one.name))


def _address(
    asset: DataProduct | Metric,
    content: ProductContent | MetricContent,
    manifest: Manifest,
    sources: Sources,
) -> Address:
    source = _source(content, manifest, sources)
    return Address(
        version=str(Version.parse(asset.version or FIRST_VERSION)),
        digest=digest_of_json(json_object({"key": canonical_json(str(asset.key)), "content": source})),
        definition_digest=digest_of(promise_of(content)),
    )


def _source(content: ProductContent | MetricContent, manifest: Manifest, sources: Sources) -> bytes:
    """What the digest of a draft is made from, as canonical JSON."""
    if isinstance(content, ProductContent):
        return canonical_json(
            {
                "product": manifest.values[content.product.place.file],
                "contracts": [manifest.values[one.place.file] for one in content.contracts],
            }
        )
    members = json_array(map(sources.of, _members(content.closure)))
    source = {"metric": sources.of(content.metric), "closure": members}
    if content.saved_queries:
        source["saved_queries"] = json_array(map(sources.of, content.saved_queries))
    return json_object(source)


def _contracts_of(product: DataProduct, manifest: Manifest) -> tuple[DataContract, ...]:
    by_id = {one.id: one for one in manifest.contracts}
    named = dict.fromkeys(port.contract_id for port in product.output_ports)
    return tuple(by_id[name] for name in named if name in by_id)


def _faults(asset: DataProduct | Metric) -> Iterator[Finding]:
    yield from _identity_faults(asset)
    if not asset.version:
        yield FindingCode.VERSION_MISSING.at(
            asset.place,
            f"{asset.key} declares no version and is taken as {FIRST_VERSION}.",
            remedy="write a version; the second one that is published needs it",
            level=Level.WARNING,
        )
    elif Version.parse(asset.version) is None:
        yield FindingCode.VERSION_INVALID.at(
            asset.place,
            f"{asset.key} has the version {asset.version!r}.",
            remedy="write a semantic version, as 1.0.0",
        )
    tier = asset.governance.tier
    if tier and tier not in set(Tier):
        yield FindingCode.TIER_UNKNOWN.at(
            asset.place,
            f"{asset.key} declares the tier {tier!r}.",
            remedy=f"write one of {', '.join(sorted(Tier))}",
        )


def _identity_faults(asset: DataProduct | Metric) -> Iterator[Finding]:
    key = asset.key
    if not key.domain:
        product = key.kind is AssetKind.DATA_PRODUCT
        code = FindingCode.PRODUCT_DOMAIN_MISSING if product else FindingCode.METRIC_DOMAIN_MISSING
        yield code.at(
            asset.place,
            f"The {'product' if product else 'metric'} {asset.name!r} belongs to no domain.",
            remedy="set domain" if product else "set config.meta.domain",
        )
        return
    if not _is_named(key):
        yield FindingCode.ASSET_NAME_INVALID.at(
            asset.place,
            f"{str(key)!r} is no asset key.",
            remedy="use lower-case letters, digits, _ and - in the name and the domain",
        )


def _is_named(key: AssetKey) -> bool:
    try:
        return AssetKey.parse(str(key)) == key
    except UsageError:
        return False


def _nothing(manifest: Manifest) -> Iterator[Finding]:
    """Documents without an asset are refused: nothing would be judged. Broken ones have said why."""
    if not keys_of(manifest) and not blocking(manifest.findings):
        yield FindingCode.NOTHING_TO_REGISTER.found(
            "There is neither a data product, a contract nor a metric in the documents.",
            remedy="add ODPS, ODCS or dbt semantic layer YAML",
        )


def _unoffered(manifest: Manifest) -> Iterator[Finding]:
    for product in standing_alone(manifest):
        yield FindingCode.CONTRACT_STANDS_ALONE.at(
            product.place,
            f"No product here offers the contract {product.id!r}; it is taken as a product of its own.",
            remedy="name it in an output port of a product as contractId, or leave it so",
            level=Level.INFO,
        )
