"""The parts of metrics as their drafts' digests cover them, each put into words once for a whole manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.finding import Place
from catalog.domain.metric import Metric, SavedQuery
from catalog.domain.semantic_model import SemanticModel, TimeSpine
from catalog.manifests.digest import canonical_json
from catalog.manifests.manifest import Manifest
from catalog.registry.canonical import canonical

Part = Metric | SemanticModel | TimeSpine | SavedQuery


@dataclass(slots=True)
class Sources:
    """What was worked out of one manifest so far, for all drafts that share it."""

    manifest: Manifest
    _texts: dict[int, bytes] = field(default_factory=dict)
    _asking: Mapping[str, tuple[SavedQuery, ...]] | None = None

    def of(self, part: Part) -> bytes:
        """What the part means and how its document says it, with fields that the domain does not know.

        The canonical JSON of both; `part` is one of the manifest's own objects, known by its identity.
        """
        text = self._texts.get(id(part))
        if text is None:
            text = canonical_json([canonical(part), _value_at(part.place, self.manifest)])
            self._texts[id(part)] = text
        return text

    def asking(self, metric: str) -> tuple[SavedQuery, ...]:
        """The saved queries that ask for the metric, in the manifest's order."""
        if self._asking is None:
            found: dict[str, tuple[SavedQuery, ...]] = {}
            for one in self.manifest.semantic.saved_queries:
                for name in dict.fromkeys(one.metrics):
                    found[name] = (*found.get(name, ()), one)
            self._asking = found
        return self._asking.get(metric, ())


def _value_at(place: Place, manifest: Manifest) -> Any:
    """The document's own value at the place, with fields that the domain does not know."""
    value = manifest.values.get(place.file)
    for step in place.field.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
