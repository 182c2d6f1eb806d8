"""What the demo mesh says must come of it (`examples/mesh/expectations.yaml`), and whether it did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.domain.settlement import Fate
from catalog.manifests.loader import read_yaml
from catalog.publishing.outcome import PublishOutcome


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault in documents or data, and the one rule that must find it; `check` names a quality check."""

    asset: AssetKey
    code: str
    check: str
    sentence: str

    def is_caught_by(self, outcome: PublishOutcome) -> bool:
        """Whether the asset was refused by that very rule."""
        return not outcome.published and any(
            one.blocks and one.code == self.code and self.check in one.message for one in outcome.findings
        )


@dataclass(frozen=True, slots=True)
class Dispute:
    """A name that several domains state, and how the sponsor settles it."""

    canonical: AssetKey
    reason: str
    others: tuple[tuple[AssetKey, Fate], ...]


@dataclass(frozen=True, slots=True)
class Expectations:
    """Assets to publish in order, approvals to give, faults to find, a name to settle."""

    published: tuple[AssetKey, ...]
    sign_offs: tuple[tuple[AssetKey, tuple[Role, ...]], ...]
    faults: tuple[PlantedFault, ...]
    dispute: Dispute

    @property
    def refused(self) -> tuple[AssetKey, ...]:
        """The assets with a planted fault, each once."""
        return tuple(dict.fromkeys(fault.asset for fault in self.faults))

    def surprises(self, outcomes: Mapping[AssetKey, PublishOutcome]) -> list[str]:
        """Where the run was not as expected, in sentences; empty when it was."""
        return [
            *(
                f"{key} should be published and was refused."
                for key in self.published
                if not outcomes[key].published
            ),
            *(
                f"{key} should be refused and was published."
                for key in self.refused
                if outcomes[key].published
            ),
            *(
                f"{fault.asset}: {fault.code} did not catch it. {fault.sentence}"
                for fault in self.faults
                if not fault.is_caught_by(outcomes[fault.asset])
            ),
            *(
                f"{key}: {one.code} refused it too. {one.message}"
                for key in self.refused
                for one in outcomes[key].findings
                if one.blocks and not _meant(one.code, one.message, self.faults, key)
            ),
        ]


def read_expectations(document: Document) -> Expectations:
    """The expectations of the mesh; raises `Refused` when the file is not whole."""
    found, findings = read_yaml(document)
    if found is None or findings:
        raise Refused(f"{document.path} cannot be read.", findings=findings)
    content: Mapping[str, Any] = found.value
    return Expectations(
        tuple(AssetKey.parse(one) for one in content["published"]),
        tuple(
            (AssetKey.parse(one["asset"]), tuple(Role(role) for role in one["roles"]))
            for one in content["sign_offs"]
        ),
        tuple(
            PlantedFault(AssetKey.parse(one["asset"]), one["code"], one.get("check", ""), one["sentence"])
            for one in content["faults"]
        ),
        _dispute(content["dispute"]),
    )


def _dispute(content: Mapping[str, Any]) -> Dispute:
    others = content["others"].items()
    return Dispute(
        AssetKey.parse(content["canonical"]),
        content["reason"],
        tuple((AssetKey.parse(key), Fate(fate)) for key, fate in others),
    )


def _meant(code: str, message: str, faults: Iterable[PlantedFault], key: AssetKey) -> bool:
    return any(fault.asset == key and fault.code == code and fault.check in message for fault in faults)
