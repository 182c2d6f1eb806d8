"""An Apache Ossie document as semantic models and metrics, with a finding for all that was lost or assumed.

What we exported comes back as it was, from our extension. The rest, of other tools, is read from the standard
parts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from catalog.domain.document import DocumentKind
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.manifests.element import Element
from catalog.manifests.json_schema import newest, validator
from catalog.manifests.ossie import VENDOR, extension_of, others_of
from catalog.manifests.ossie_dataset import assumed, dataset_model, expressions_of, lost, name_of, related
from catalog.manifests.ossie_metric import MetricReader, NotRead
from catalog.manifests.semantic_yaml import manifest_of, together
from catalog.manifests.yaml_document import Marks, YamlDocument


def ossie_manifest(document: YamlDocument) -> tuple[SemanticManifest, tuple[Finding, ...]]:
    """The manifest of a document that follows its schema; a blocking finding says that it is not whole."""
    readings = [_Reading(item) for item in Element.root(document).elements("semantic_model")]
    manifest = together([one.manifest() for one in readings])
    return manifest, tuple(finding for one in readings for finding in one.findings)


class _Reading:
    """One semantic model of the document: what is ours, and what other tools say beside it."""

    def __init__(self, item: Element) -> None:
        self.item = item
        self.findings: list[Finding] = []

    def manifest(self) -> SemanticManifest:
        """First what is ours, all of it together; then what other tools say, which may build on it."""
        datasets = self.item.elements("datasets")
        ours = {one.text("name"): root for one in datasets for root in self._own(one)}
        metrics = [(one, [*self._own(one)]) for one in self.item.elements("metrics")]
        rest = [*self._own(self.item)]
        own = manifest_of(
            [*ours.values(), *self._in_order([root for _, roots in metrics for root in roots], rest)]
        )
        reader = self._reader(datasets, ours, {one.name: one for one in own.semantic_models})
        added = [metric for one, roots in metrics if not roots for metric in self._foreign(one, reader)]
        self._tell_apart(reader)
        return replace(own, semantic_models=tuple(reader.models.values()), metrics=(*own.metrics, *added))

    def _in_order(self, seen: Iterable[Element], rest: Iterable[Element]) -> Iterator[Element]:
        """The metrics one by one as they were exported, then what is no metric."""
        order = [name for root in rest for name in root.texts("order")]
        left = [one for root in (*seen, *rest) for one in _one_by_one(root)]
        for name in order:
            found = next((one for one in left if _metric_name(one) == name), None)
            if found:
                left.remove(found)
                yield found
            else:
                message = f"The metric {name} is no longer in the document."
                self.findings.append(lost(self.item, message, level=Level.INFO))
        yield from left
        yield from (replace(root, value=root.without("metrics")) for root in rest)

    def _reader(
        self, datasets: Iterable[Element], ours: Collection[str], own: Mapping[str, SemanticModel]
    ) -> MetricReader:
        """The models in the order of the document, joined as it says."""
        models: dict[str, SemanticModel] = {}
        expressions: dict[str, Mapping[str, str]] = {}
        for dataset in datasets:
            name = dataset.text("name")
            if name in ours:
                models[name] = own[name]
            else:
                model, findings = dataset_model(dataset)
                self.findings += findings
                name = name_of(name)
                models |= {name: model} if model else {}
            expressions[name] = expressions_of(dataset)
        for one in self.item.elements("relationships"):
            if not {one.text("from"), one.text("to")} <= set(ours):  # ours stand in the entities already
                changed, findings = related(one, models, expressions)
                models |= changed
                self.findings += findings
        return MetricReader(models, expressions)

    def _foreign(self, item: Element, reader: MetricReader) -> tuple[Metric, ...]:
        try:
            return reader.read(item)
        except NotRead as reason:
            self.findings.append(lost(item, f"The metric {item.text('name')} is left out: {reason}."))
            return ()

    def _tell_apart(self, reader: MetricReader) -> None:
        for name in reader.apart:
            told = f"The metric {name} takes rows of several datasets; each is aggregated apart."
            self.findings.append(assumed(self.item, told))

    def _own(self, item: Element) -> Iterator[Element]:
        """What our extension says, as the root of a dbt file; nothing where it cannot be believed."""
        self.findings += [
            lost(item, f"What {vendor} says of {item.text('name')} is not read.", level=Level.INFO)
            for vendor in others_of(item)
        ]
        extension = extension_of(item)
        if extension is None:
            return
        if extension.stale:
            self.findings.append(_stale(item, "the standard part beside it was changed since"))
        elif extension.content is None or not _is_dbt(extension.content):
            self.findings.append(_stale(item, "it cannot be read"))
        else:
            yield _root(item, extension.content)


def _root(item: Element, content: Mapping[str, Any]) -> Element:
    """Content of our extension; every part of it stands where the extension does."""
    value = dict(content)
    document = YamlDocument(item.document.file, value, _everywhere(value, item.marks))
    return Element(document, value, document.marks, f"{item.pointer}/custom_extensions")


def _one_by_one(root: Element) -> Iterator[Element]:
    for one in root.elements("metrics"):
        marks: Marks = (_mark(one.marks), {"metrics": (_mark(one.marks), [one.marks])})
        yield replace(root, value={"metrics": [one.value]}, marks=marks)


def _metric_name(root: Element) -> str:
    (one,) = root.elements("metrics")
    return one.text("name")


def _stale(item: Element, reason: str) -> Finding:
    return FindingCode.INTERCHANGE_STALE.at(
        item.place,
        f"The extension of {VENDOR} at {item.text('name')} is not believed: {reason}.",
        remedy="Undo the change, or remove the extension so that the standard part counts.",
    )


def _is_dbt(content: Mapping[str, Any]) -> bool:
    """Whether the content follows the schema of dbt files; `order` is our own."""
    known = {key: value for key, value in content.items() if key != "order"}
    return validator(DocumentKind.SEMANTIC, newest(DocumentKind.SEMANTIC)).is_valid(known)


def _everywhere(value: Any, marks: Marks) -> Marks:
    """Marks for a value that all say where the extension stands."""
    mark = _mark(marks)
    if isinstance(value, Mapping):
        return mark, {key: _everywhere(one, mark) for key, one in value.items()}
    if isinstance(value, list):
        return mark, [_everywhere(one, mark) for one in value]
    return mark


def _mark(marks: Marks) -> int:
    return marks if isinstance(marks, int) else marks[0]
