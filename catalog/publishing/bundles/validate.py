"""Holds a bundle of the store against everything that can be known before it judges anybody."""

from dataclasses import dataclass

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import Refused
from catalog.domain.event import Event, EventType
from catalog.policy.load import bundle_of
from catalog.policy.source import files_of, tests_of
from catalog.policy.tested import test_findings
from catalog.publishing.bundles.known import known_bundle
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell

_TEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ValidateOutcome:
    """How many tests hold; `recorded` is False where the bundle was validated before."""

    revision: str
    tests: int
    recorded: bool


def validate_bundle(revision: str, actor: Actor, gate: Gate, *, dry_run: bool = False) -> ValidateOutcome:
    """Lint, compile and test the bundle, and note that it holds.

    Raises `Forbidden`, `NotFound`, `BundleInvalid`, and `Refused` with every test that does not hold and
    every rule that tests do not reach as a whole.
    """
    require(actor, Permission.ORGANISATION_POLICY_UPLOAD)
    with gate.open_unit(actor, read_only=True) as unit:
        revision = known_bundle(unit, revision).revision
        files, unreadable = files_of(unit.policies.files(revision))
    bundle = bundle_of(files, unreadable)
    results, reached = gate.policy_tests(bundle, tests_of(files), deadline_seconds=_TEST_SECONDS)
    findings = test_findings(results, reached)
    if findings:
        raise Refused(f"The tests of {revision} do not hold, or do not reach every rule.", findings=findings)
    with gate.open_unit(actor, read_only=dry_run) as unit:
        if not dry_run:
            unit.hold()
        recorded = known_bundle(unit, revision).validated_at is None
        if recorded and not dry_run:
            unit.policies.validated(revision)
            tell(unit, Event(EventType.POLICY_VALIDATED, None, revision, {"tests": len(results)}))
            unit.commit()
    return ValidateOutcome(revision, len(results), recorded)
