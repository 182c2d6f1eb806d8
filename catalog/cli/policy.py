"""`concord policy`: the policy engineer's part of the terminal and of CI."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli import (
    policy_audit,
    policy_bundle,
    policy_check,
    policy_decision,
    policy_lifecycle,
    policy_shadows,
    policy_simulate,
    policy_waivers,
)
from catalog.cli.command import add_command, add_group, folder
from catalog.cli.output import Output, counted
from catalog.cli.policy_check import DEADLINE_SECONDS, configured_folder
from catalog.config import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.policy.bundle import Bundle
    from catalog.policy.ports import RuleCoverage


def add_to(commands: Any, shared: ArgumentParser) -> None:
    """The commands of a policy engineer's day."""
    inner = add_group(
        commands,
        "policy",
        help="test rules, see whom a change of them would break, and bring them into force",
    )
    parser = add_command(
        inner,
        shared,
        "test",
        run_test,
        help="load every rule, hold it against the portable profile, and run its tests",
        examples=["concord policy test", "concord policy test policies --over products"],
    )
    parser.add_argument(
        "folder", type=folder, nargs="?", help="a policies folder; the configured one where none is named"
    )
    parser.add_argument(
        "--over",
        type=folder,
        metavar="DIR",
        help="also tell which rules fire for none or for all of these documents",
    )
    parser.add_argument(
        "--coverage", action="store_true", help="also tell which lines of each rule no test reaches"
    )
    policy_check.add_to(inner, shared)
    policy_simulate.add_to(inner, shared)
    policy_bundle.add_to(inner, shared)
    policy_lifecycle.add_to(inner, shared)
    policy_shadows.add_to(inner, shared)
    policy_decision.add_to(inner, shared)
    policy_audit.add_to(inner, shared)
    policy_waivers.add_to(inner, shared)


def run_test(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when every test holds; `BundleInvalid` names everything that keeps the rules from loading."""
    from catalog.adapters.rego_tests import run_rego_coverage, run_rego_tests
    from catalog.policy.load import load_bundle, read_tests

    rules = given.folder or configured_folder(settings)
    bundle, tests = load_bundle(rules), read_tests(rules)
    if given.coverage:
        results, reached = run_rego_coverage(bundle, tests, deadline_seconds=DEADLINE_SECONDS)
    else:
        results, reached = run_rego_tests(bundle, tests, deadline_seconds=DEADLINE_SECONDS), ()
    failed = [one for one in results if not one.passed]
    never, always = _firing(given, settings, bundle) if given.over else ([], [])
    output.document(
        {
            "revision": bundle.revision,
            "rules": len(bundle.rules),
            "passed": len(results) - len(failed),
            "failed": [{"test": one.name, "place": str(one.place), "reason": one.reason} for one in failed],
            "coverage": [
                {"file": one.path, "percent": round(one.percent, 1), "uncovered": list(one.uncovered)}
                for one in reached
            ],
            "never_fired": never,
            "always_fired": always,
        }
    )
    for one in failed:
        output.line(f"{one.place}: {one.name} {one.reason or 'does not hold'}", "red")
    for word, names in (("never", never), ("always", always)):
        if names:
            output.line(f"{counted(len(names), 'rule')} {word} fired: {', '.join(names)}", "yellow")
    _tell_coverage(reached, output)
    output.line(
        f"{len(bundle.rules)} rules, {len(results)} tests, {len(failed)} failed; revision {bundle.revision[:19]}",
        "red" if failed else "green",
    )
    return 1 if failed else 0


def _tell_coverage(reached: "Sequence[RuleCoverage]", output: Output) -> None:
    for one in reached:
        if one.uncovered:
            lines = ", ".join(map(str, one.uncovered))
            output.line(f"{one.path}: {one.percent:.0f} % reached, not line {lines}", "yellow")
    if reached:
        whole = sum(not one.uncovered for one in reached)
        output.line(f"{whole} of {len(reached)} rules are reached whole")


def _firing(given: Namespace, settings: Settings, bundle: "Bundle") -> tuple[list[str], list[str]]:
    """Ids of the rules that fire for none, and for all, of the documents."""
    from catalog.bootstrap import Services
    from catalog.manifests.folder import read_folder
    from catalog.policy.firing import firing
    from catalog.publishing.check import check

    with Services(settings) as services:
        outcome = check(
            read_folder(given.over),
            bundle=bundle,
            engine=services.policy_engine,
            clock=services.clock,
            policy_deadline_seconds=settings.policy_deadline_seconds,
        )
    found = firing(bundle, [(one.draft.key, one.decision) for one in outcome.assets])
    return [one.rule for one in found if one.never], [one.rule for one in found if one.always]
