"""`concord plan`: what registering and publishing a folder would do, with nothing stored."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, findings_json
from catalog.config import Settings


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
    parser.add_argument("folder", type=Path, help="the folder with ODPS, ODCS and semantic YAML")
    parser.add_argument("--no-quality", action="store_true", help="run no check on the data")


def run(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when everything would pass."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.manifests.folder import read_folder
    from catalog.manifests.read import read
    from catalog.publishing.plan import PlannedAsset, plan

    def state(one: PlannedAsset) -> str:
        if one.served:
            return "served already"
        return "would be refused" if one.refused else "would be published"

    with Services(settings) as services:
        manifest = read(read_folder(given.folder))
        planned = plan(manifest, acting(services), services.gate, quality=not given.no_quality)
    output.document(
        {
            "passes": planned.passes,
            "findings": findings_json(planned.findings),
            "assets": [
                {
                    "asset": str(one.draft.key),
                    "version": one.draft.version,
                    "digest": one.draft.digest,
                    "registers": one.registers,
                    "state": state(one),
                    "findings": findings_json(one.judgement.findings if one.judgement else ()),
                }
                for one in planned.assets
            ],
        }
    )
    output.findings(planned.findings)
    for one in planned.assets:
        sign, colour = ("-", "red") if one.refused else ("=", "grey") if one.served else ("+", "green")
        output.line(f"{sign} {one.draft.key} {one.draft.version} {state(one)}", colour)
        output.findings(one.judgement.findings if one.judgement else (), indent="    ")
    return 0 if planned.passes else 1
