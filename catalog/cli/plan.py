"""`concord plan`: what registering and publishing a folder would do, with nothing stored."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, add_documents_folder
from catalog.cli.impact import tell_impact
from catalog.cli.output import Output, counted, findings_json
from catalog.cli.verdict import exit_code
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.domain.finding import Finding
    from catalog.publishing.plan import Plan, PlannedAsset


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord plan FOLDER`."""
    parser = add_command(
        commands,
        shared,
        "plan",
        run,
        help="show what would be registered, published or refused, and why; nothing is stored",
        examples=["concord plan .", "concord plan products/orders --no-quality"],
    )
    add_documents_folder(parser)
    parser.add_argument("--no-quality", action="store_true", help="run no check on the data")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when everything would pass, 1 when not, 2 when the policy engine gave no verdict."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.manifests.folder import read_folder
    from catalog.manifests.read import read
    from catalog.publishing.plan import plan
    from catalog.registry.ownership import in_domain

    with Services(settings) as services:
        actor = acting(services)
        manifest = in_domain(read(read_folder(given.folder)), given.domain)
        planned = plan(manifest, actor, services.gate, quality=not given.no_quality)
    output.document(
        {
            "passes": planned.passes,
            "findings": findings_json(planned.findings),
            "assets": [_asset(one) for one in planned.assets],
        }
    )
    _tell(given.folder, planned, output)
    everything = (*planned.findings, *(found for one in planned.assets for found in _findings(one)))
    return exit_code(everything, passes=planned.passes)


def _tell(folder: Path, planned: "Plan", output: Output) -> None:
    output.findings(planned.findings)
    for one in planned.assets:
        sign, colour = ("-", "red") if one.refused else ("=", "grey") if one.served else ("+", "green")
        output.line(f"{sign} {one.draft.key} {one.draft.version} {_state(one)}", colour)
        output.findings(_findings(one), indent="    ")
        tell_impact(one.snapshot.impact if one.snapshot else (), output)
    refused = counted(sum(one.refused for one in planned.assets), "refusal")
    output.line(
        f"{folder} would {'pass' if planned.passes else 'be refused'}: "
        f"{counted(len(planned.assets), 'asset')}, {refused}. Nothing was stored.",
        "green" if planned.passes else "red",
    )


def _state(one: "PlannedAsset") -> str:
    if one.served:
        return "served already"
    return "would be refused" if one.refused else "would be published"


def _findings(one: "PlannedAsset") -> "tuple[Finding, ...]":
    return one.judgement.findings if one.judgement else ()


def _asset(one: "PlannedAsset") -> dict[str, Any]:
    from catalog.publishing.impact import to_plain

    return {
        "asset": str(one.draft.key),
        "version": one.draft.version,
        "digest": one.draft.digest,
        "registers": one.registers,
        "state": _state(one),
        "findings": findings_json(_findings(one)),
        "impact": to_plain(one.snapshot.impact) if one.snapshot else [],
    }
