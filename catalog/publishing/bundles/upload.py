"""Puts a policies folder into the store as a draft, by its content."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import Conflict
from catalog.domain.event import Event, EventType
from catalog.policy.archive import manifest_of
from catalog.policy.load import bundle_of
from catalog.policy.source import files_of
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell


@dataclass(frozen=True, slots=True)
class UploadCommand:
    """The files of a policies folder by path, tests included."""

    files: Mapping[str, bytes]
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """`stored` is False where exactly this bundle was there already and stays as it is."""

    revision: str
    rules: int
    stored: bool


def upload(command: UploadCommand, actor: Actor, gate: Gate) -> UploadOutcome:
    """Store the bundle; the same rules, parameters and waivers have the same revision.

    Tests are no part of the revision: uploading other tests with the same rules replaces those of a draft.
    Raises `Forbidden`, `BundleInvalid` with every finding, and `Conflict` for other tests of a bundle that
    was validated.
    """
    require(actor, Permission.ORGANISATION_POLICY_UPLOAD)
    files, unreadable = files_of(command.files)
    bundle = bundle_of(files, unreadable)
    manifest_of(bundle)
    kept = {file.path: file.data for file in files}
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        if not command.dry_run:
            unit.hold()
        known = unit.policies.find(bundle.revision)
        outcome = UploadOutcome(
            bundle.revision, len(bundle.rules), known is None or unit.policies.files(bundle.revision) != kept
        )
        if not outcome.stored or command.dry_run:
            return outcome
        if known is not None and known.validated_at is not None:
            raise Conflict(f"{bundle.revision} was validated with other tests.", remedy="change a rule too")
        unit.policies.add(bundle.revision, kept)
        tell(unit, Event(EventType.POLICY_UPLOADED, None, bundle.revision, {"rules": len(bundle.rules)}))
        unit.commit()
    return outcome
