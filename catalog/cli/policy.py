"""`concord policy`: the policy engineer's part of the terminal and of CI."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli import policy_simulate
from catalog.cli.command import add_command, add_group, folder
from catalog.cli.output import Output
from catalog.config import Settings

_DEADLINE_SECONDS = 60.0


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """`concord policy test` and `concord policy simulate`."""
    inner = add_group(commands, "policy", help="test rules, and see whom a change of them would break")
    parser = add_command(
        inner,
        shared,
        "test",
        run_test,
        help="load every rule, hold it against the portable profile, and run its tests",
        examples=["concord policy test", "concord policy test policies"],
    )
    parser.add_argument(
        "folder", type=folder, nargs="?", help="a policies folder; the configured one where none is named"
    )
    policy_simulate.add_to(inner, shared)


def run_test(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when every test holds; `BundleInvalid` names everything that keeps the rules from loading."""
    from catalog.adapters.rego_tests import run_rego_tests
    from catalog.policy.load import load_bundle, read_tests
    from catalog.resources import resource_directory

    configured = Path(settings.policies) if settings.policies else resource_directory("policies")
    rules = given.folder or configured
    bundle = load_bundle(rules)
    results = run_rego_tests(bundle, read_tests(rules), deadline_seconds=_DEADLINE_SECONDS)
    failed = [one for one in results if not one.passed]
    output.document(
        {
            "revision": bundle.revision,
            "rules": len(bundle.rules),
            "passed": len(results) - len(failed),
            "failed": [{"test": one.name, "place": str(one.place), "reason": one.reason} for one in failed],
        }
    )
    for one in failed:
        output.line(f"{one.place}: {one.name} {one.reason or 'does not hold'}", "red")
    output.line(
        f"{len(bundle.rules)} rules, {len(results)} tests, {len(failed)} failed; revision {bundle.revision[:19]}",
        "red" if failed else "green",
    )
    return 1 if failed else 0
