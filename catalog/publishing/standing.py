"""How the metrics of a mesh stand: which version of its products each one reads, and what it has lost."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.domain.data_contract import SchemaObject
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import DECIDING, LineageRole
from catalog.domain.standing import LostColumn, ModelSource, Standing
from catalog.domain.version import Version
from catalog.publishing.lineage import columns_of
from catalog.registry.column_fit import lost_columns
from catalog.registry.served import Served

# Contents of product versions that are no longer served, by qualified name and version.
Past = Mapping[tuple[str, str], ProductContent]


@dataclass(frozen=True, slots=True)
class Standings:
    """Judges metrics over the products of one mesh."""

    offers: Mapping[str, Sequence[tuple[str, ProductContent]]]
    past: Past

    @classmethod
    def over(cls, served: Sequence[Served], past: Past) -> "Standings":
        """The products of the mesh, each with its versions in the order in which they are offered."""
        offers: dict[str, list[Served]] = {}
        for one in served:
            if one.draft.key.kind is AssetKind.DATA_PRODUCT:
                offers.setdefault(one.draft.key.qualified_name, []).append(one)
        return cls(
            {name: [_offer(one) for one in sorted(found, key=_best_first)] for name, found in offers.items()},
            past,
        )

    @classmethod
    def among(cls, drafts: Iterable[Draft]) -> "Standings":
        """The products among documents, as if they were served."""
        products = {
            one.key.qualified_name: [(one.version, one.content)]
            for one in drafts
            if isinstance(one.content, ProductContent)
        }
        return cls(products, {})

    def of(self, draft: Draft, before: Standing | None = None) -> Standing:
        """How a metric stands; `before` remembers which versions it was made on.

        It reads the first version on offer that gives every column as the version did that it was made on,
        else the first that gives all that decide its number.
        """
        assert isinstance(draft.content, MetricContent)
        used = columns_of(draft)
        sources: list[ModelSource] = []
        for one in draft.content.closure.relations:
            columns = used.get((one.product, one.relation))
            known = before.source(one.name) if before else None
            if columns and one.name not in {source.model for source in sources}:
                made_on = known.made_on if known and known.product == one.product else ""
                sources.append(self._source(one.name, one.product, one.relation, columns, made_on))
        return Standing(tuple(sources))

    def _source(
        self, model: str, product: str, relation: str, used: Mapping[str, LineageRole], made_on: str
    ) -> ModelSource:
        then = self._made_with(product, made_on, relation)
        tried = [
            (version, _lost(used, relation, then, content, f"{product} {version}"))
            for version, content in self.offers.get(product, ())
        ]
        whole = next((one for one in tried if not one[1]), None)
        found = whole or next((one for one in tried if not decides(one[1])), None)
        if found is not None:
            return ModelSource(model, product, made_on or found[0], found[0], found[1])
        lost = tried[0][1] if tried else _all(used, f"{product or model} is not served")
        return ModelSource(model, product, made_on, "", lost)

    def _made_with(self, product: str, version: str, relation: str) -> SchemaObject | None:
        content = dict(self.offers.get(product, ())).get(version) or self.past.get((product, version))
        return None if content is None else object_of(content, relation)


def standing_of(draft: Draft, served: Sequence[Served], past: Past) -> Standing | None:
    """How a metric would stand that is published into this mesh; None for a product."""
    if isinstance(draft.content, ProductContent):
        return None
    return Standings.over(served, past).of(draft)


def not_given(draft: Draft, standing: Standing, known: Container[str]) -> Iterator[Finding]:
    """Columns that the metric is made with and that no version on offer promises, of the products in `known`."""
    assert isinstance(draft.content, MetricContent)
    for source in standing.sources:
        for one in source.lost if source.product in known else ():
            yield FindingCode.COLUMN_NOT_SERVED.at(
                draft.content.metric.place,
                f"{draft.key} uses {one.column} as {one.role} in {source.model}: {one.reason}.",
                remedy="declare it in the product's contract, or make the metric without it",
                level=Level.ERROR if one.role in DECIDING else Level.WARNING,
            )


def object_of(content: ProductContent, relation: str) -> SchemaObject | None:
    """The object of the product's contracts that bears the name."""
    found = (contract.object_named(relation) for contract in content.contracts)
    return next((one for one in found if one is not None), None)


def _offer(one: Served) -> tuple[str, ProductContent]:
    assert isinstance(one.draft.content, ProductContent)
    return one.draft.version, one.draft.content


def _best_first(one: Served) -> tuple[bool, bool, tuple[int, ...]]:
    """Active before deprecated, releases before pre-releases, the newest first."""
    version = Version.parse(one.draft.version) or Version(0)
    newest = (-version.major, -version.minor, -version.patch)
    return one.status is not Status.ACTIVE, bool(version.prerelease), newest


def _lost(
    used: Mapping[str, LineageRole],
    relation: str,
    then: SchemaObject | None,
    content: ProductContent,
    where: str,
) -> tuple[LostColumn, ...]:
    now = object_of(content, relation)
    if now is None:
        return _all(used, f"{where} has no {relation}")
    return tuple(
        LostColumn(one.column, one.role, f"in {where} {one.reason}") for one in lost_columns(used, then, now)
    )


def _all(used: Mapping[str, LineageRole], reason: str) -> tuple[LostColumn, ...]:
    return tuple(LostColumn(name, role, reason) for name, role in used.items())


def decides(lost: Sequence[LostColumn]) -> bool:
    """Whether a number hangs on one of these."""
    return any(one.role in DECIDING for one in lost)
