"""The demo's dispute: three domains state gross merchandise value, and the sponsor settles what it is."""

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import cast
from catalog.cli.demonstration.expectation import Dispute
from catalog.cli.metrics_reconcile import settlement_words, tell_reconciliation
from catalog.cli.output import Output
from catalog.domain.finding_code import FindingCode
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.settle import SettleCommand, settle
from catalog.serving.metric_reconciliation import reconcile_metric


def tell_dispute(dispute: Dispute, services: Services, output: Output) -> list[str]:
    """Several numbers, why, and one decision; returns what did not come out as expected, in sentences."""
    sponsor, name = cast()["sponsor"], dispute.canonical.name
    tell = output.progress("   reconciling")
    found = reconcile_metric(name, sponsor, services, progress=tell)
    output.progress_done()
    tell_reconciliation(found, output, "   ")
    numbers = {one.value for one in found.teams if one.value is not None}
    surprises = []
    if len(numbers) != len(dispute.others) + 1 or found.agrees:
        surprises.append(f"{name} should have {len(dispute.others) + 1} numbers and has {len(numbers)}.")
    decided = settle(SettleCommand(dispute.canonical, dispute.reason, dispute.others), sponsor, services.gate)
    output.line(f"   the sponsor decides: {settlement_words(decided.settlement, name)}", "green")
    for key, _ in dispute.others:
        owner = cast()[f"{key.domain}-owner"]
        outcome = publish(PublishCommand(key, dry_run=True), owner, services.gate)
        pointers = [one for one in outcome.findings if one.code == FindingCode.METRIC_NAME_SETTLED.name]
        if not pointers:
            surprises.append(f"{key} should be refused with a pointer to the decision.")
        for one in pointers:
            output.line(f"   {key.qualified_name} again: [{one.code}] {one.message}")
    return surprises
