"""A semantic manifest as an Apache Ossie document, with a finding for all that only we shall read.

The standard parts are true for other tools: a metric that no single expression can mean is not among them.
Everything travels in our extension as well, so that import gives back the equal manifest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from sqlglot import exp

from catalog.domain.document import DocumentKind
from catalog.domain.errors import Refused, UsageError
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import Entity, EntityType, SemanticModel
from catalog.manifests.dbt_document import (
    saved_query_document,
    semantic_model_documents,
    time_spine_documents,
)
from catalog.manifests.dbt_metric import metric_documents
from catalog.manifests.json_schema import VERSIONS, newest
from catalog.manifests.ossie import VENDOR, sealed
from catalog.metrics.lookup import lookup_of
from catalog.metrics.ossie_field import DatasetFields, expression_document
from catalog.metrics.portable_expression import Element, NotPortable, portable_expression
from catalog.metrics.rolled_up_measure import is_estimated

_JOINED: Final = frozenset({EntityType.PRIMARY, EntityType.UNIQUE})


@dataclass(frozen=True, slots=True)
class Exported:
    """A document of another format as plain values, and what other tools will not see."""

    document: Mapping[str, Any]
    findings: tuple[Finding, ...]


def ossie_document(manifest: SemanticManifest, *, name: str = "metrics", version: str = "") -> Exported:
    """The manifest as one Ossie semantic model of that name, in the newest version or the one that is asked.

    Raises `Refused` for a manifest without semantic models, which Ossie cannot hold; `UsageError` for a
    version that is not written.
    """
    versions = VERSIONS[DocumentKind.OSSIE]
    if version and version not in versions:
        raise UsageError(f"Ossie {version} is not written.", remedy=f"Ask for {' or '.join(versions)}.")
    if not manifest.semantic_models:
        finding = FindingCode.INTERCHANGE_LOSS.found(
            "There is no semantic model, and an Ossie document has at least one dataset.",
            remedy="Export metrics together with the semantic models that they count.",
        )
        raise Refused(finding.message, findings=[finding])
    return _Export(manifest, version or newest(DocumentKind.OSSIE)).exported(name)


class _Export:
    def __init__(self, manifest: SemanticManifest, version: str) -> None:
        self.manifest = manifest
        self.version = version
        self.findings: list[Finding] = []
        self.fields = {model.name: DatasetFields(model, version) for model in manifest.semantic_models}
        self.model_documents = semantic_model_documents(manifest)
        self.metric_documents = metric_documents(manifest)

    def exported(self, name: str) -> Exported:
        """The whole document."""
        seen, unseen = self._metrics()
        rest = {
            **_some("metrics", unseen),
            **time_spine_documents(self.manifest.time_spines),
            **_some("saved_queries", map(saved_query_document, self.manifest.saved_queries)),
            "order": [one.name for one in self.manifest.metrics],
        }
        standard = {
            "name": name,
            "datasets": [*map(self._dataset, self.manifest.semantic_models, self.model_documents)],
            **_some("relationships", self._relationships()),
            **_some("metrics", seen),
        }
        self._tell_rest()
        document = {"version": self.version, "semantic_model": [sealed(standard, rest)]}
        return Exported(document, tuple(self.findings))

    def _dataset(self, model: SemanticModel, ours: dict[str, Any]) -> dict[str, Any]:
        fields = self.fields[model.name]
        keys = {kind: [*self._keys(model, kind)] for kind in _JOINED}
        self._tell_model(model, fields)
        standard = {
            "name": model.name,
            "source": model.relation,
            **({"primary_key": keys[EntityType.PRIMARY][:1]} if keys[EntityType.PRIMARY] else {}),
            **_some("unique_keys", ([key] for key in keys[EntityType.UNIQUE])),
            **({"description": model.description} if model.description else {}),
            **_some("fields", fields.documents()),
        }
        return sealed(standard, {"semantic_models": [ours]})

    def _keys(self, model: SemanticModel, kind: EntityType) -> Iterator[str]:
        names = (self.fields[model.name].name(one) for one in model.entities if one.type is kind)
        yield from dict.fromkeys(filter(None, names))

    def _relationships(self) -> Iterator[dict[str, Any]]:
        """From each entity to the same entity of a model that holds each of its values once."""
        models = self.manifest.semantic_models
        for (at, many), (after, one) in product(enumerate(models), repeat=2):
            for left, right in _shared(many, one):
                if left.type in _JOINED and at > after:
                    continue  # one to one: told once
                source, target = self.fields[many.name].name(left), self.fields[one.name].name(right)
                if source and target:
                    yield {
                        "name": f"{many.name}__{left.name}__{one.name}",
                        "from": many.name,
                        "to": one.name,
                        "from_columns": [source],
                        "to_columns": [target],
                    }

    def _metrics(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Those that other tools see, and those that only we read."""
        lookup, seen, unseen = lookup_of(self.manifest), [], []
        taken: set[str] = set()
        for metric, ours in zip(self.manifest.metrics, self.metric_documents, strict=True):
            try:
                if metric.name in taken:
                    raise NotPortable("another metric has its name")
                taken.add(metric.name)
                tree = portable_expression(metric, lookup, self._field)
            except NotPortable as reason:
                unseen.append(ours)
                message = f"Other tools do not see the metric {metric.name}: {reason}."
                self._tell(metric.place, message, Level.WARNING)
            else:
                seen.append(self._metric(metric, tree, ours))
        return seen, unseen

    def _metric(self, metric: Metric, tree: exp.Expr, ours: dict[str, Any]) -> dict[str, Any]:
        standard = {
            "name": metric.name,
            "expression": expression_document(tree, self.version),
            **({"description": metric.description} if metric.description else {}),
            **({"ai_context": {"synonyms": [metric.label]}} if metric.label else {}),
        }
        return sealed(standard, {"metrics": [ours]})

    def _field(self, model: SemanticModel, element: Element) -> exp.Expr:
        name = self.fields[model.name].name(element)
        if not name:
            raise NotPortable(f"the expression of {element.name} cannot be read")
        return exp.column(exp.to_identifier(name), table=exp.to_identifier(model.name))

    def _tell_model(self, model: SemanticModel, fields: DatasetFields) -> None:
        told = [f"the field {name}, whose expression cannot be read" for name in fields.unreadable]
        told += [f"that {one.name} is a partition" for one in model.dimensions if one.is_partition]
        told += [f"that {one.name} begins validity" for one in model.dimensions if one.validity_start]
        told += [
            f"that {one.name} is a natural key" for one in model.entities if one.type is EntityType.NATURAL
        ]
        told += [f"that {one.name} is estimated" for one in model.measures if is_estimated(one)]
        if told:
            self._tell(model.place, f"Of {model.name} other tools do not see {'; '.join(told)}.")

    def _tell_rest(self) -> None:
        governed: tuple[SemanticModel | Metric, ...] = (
            *self.manifest.semantic_models,
            *self.manifest.metrics,
        )
        facts = sorted({name for one in governed for name in one.governance.custom})
        if facts:
            first = next(one.place for one in governed if one.governance.custom)
            self._tell(first, f"Other tools do not see the governance facts {', '.join(facts)}.")
        for what, parts in (
            ("time spine", self.manifest.time_spines),
            ("saved query", self.manifest.saved_queries),
        ):
            for one in parts:
                self._tell(one.place, f"Other tools do not see the {what} {one.name}.")

    def _tell(self, place: Place, message: str, level: Level = Level.INFO) -> None:
        remedy = f"Nothing is lost between us: it is kept in the extension of {VENDOR}."
        self.findings.append(FindingCode.INTERCHANGE_LOSS.at(place, message, remedy=remedy, level=level))


def _shared(many: SemanticModel, one: SemanticModel) -> Iterator[tuple[Entity, Entity]]:
    """Entities of the same name by which rows of `many` meet at most one row of `one`."""
    for left, right in product(many.entities, one.entities):
        named = left.name == right.name and left is not right
        if named and right.type in _JOINED and left.type is not EntityType.NATURAL:
            yield left, right


def _some(key: str, items: Any) -> dict[str, list[Any]]:
    """The field, left out where nothing would stand in it."""
    each = list(items)
    return {key: each} if each else {}
