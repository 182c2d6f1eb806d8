"""`concord policy check`, `fmt` and `describe`: whether rules are whole, written as OPA writes them, and told of."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command, folder
from catalog.cli.output import Output, counted, findings_json
from catalog.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.domain.finding import Finding
    from catalog.policy.bundle import Bundle

DEADLINE_SECONDS = 60.0


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy check`, `concord policy fmt` and `concord policy describe`."""
    parser = add_command(
        inner,
        shared,
        "check",
        run_check,
        help="lint every rule, run its tests, and see that it can fire and is told of in README.md",
        examples=["concord policy check policies", "concord policy check policies --output json"],
    )
    parser.add_argument(
        "folder", type=folder, nargs="?", help="a policies folder; the configured one where none is named"
    )
    parser = add_command(
        inner,
        shared,
        "fmt",
        run_fmt,
        help="format rules with OPA's own tool, which must be there",
        examples=["concord policy fmt policies", "concord policy fmt policies --check"],
    )
    parser.add_argument("folder", type=folder, help="a policies folder")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 for what would change"
    )
    parser = add_command(
        inner,
        shared,
        "describe",
        run_describe,
        help="write README.md beside the rules: each with its meaning, its enforcement and its parameters",
        examples=["concord policy describe policies"],
    )
    parser.add_argument("folder", type=folder, help="a policies folder")


def configured_folder(settings: Settings) -> Path:
    """The folder with the rules, or the one that came with the package."""
    from catalog.resources import resource_directory

    return Path(settings.policies) if settings.policies else resource_directory("policies")


def run_check(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when nothing is found; `BundleInvalid` names everything that keeps the rules from loading."""
    from catalog.adapters.rego_tests import run_rego_coverage
    from catalog.policy.load import load_bundle, read_tests
    from catalog.policy.tested import test_findings

    rules = given.folder or configured_folder(settings)
    bundle = load_bundle(rules)
    results, reached = run_rego_coverage(bundle, read_tests(rules), deadline_seconds=DEADLINE_SECONDS)
    findings = [*test_findings(results, reached), *_untold(bundle, rules / "README.md")]
    output.document(
        {
            "revision": bundle.revision,
            "rules": len(bundle.rules),
            "tests": len(results),
            "findings": findings_json(findings),
        }
    )
    output.findings(findings)
    output.line(
        f"{len(bundle.rules)} rules, {len(results)} tests, {counted(len(findings), 'finding')}",
        "red" if findings else "green",
    )
    return 1 if findings else 0


def run_fmt(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when every file is, or now is, as OPA writes it; 1 when `--check` finds another."""
    from catalog.adapters.opa_tool import format_rules

    changed = format_rules(given.folder, settings.opa_binary, check=given.check)
    output.document({"checked": given.check, "files": list(changed)})
    for name in changed:
        output.line(name, "red" if given.check else "yellow")
    told = "would be written anew" if given.check else "written anew"
    output.line(f"{counted(len(changed), 'file')} {told}", "red" if given.check and changed else "green")
    return 1 if given.check and changed else 0


def run_describe(given: Namespace, settings: Settings, output: Output) -> int:  # noqa: ARG001  # a command's form
    """0 when the page is written; the same rules give the same page."""
    from catalog.policy.describe import rule_list
    from catalog.policy.load import load_bundle

    bundle, page = load_bundle(given.folder), given.folder / "README.md"
    page.write_text(rule_list(bundle), encoding="utf-8")
    output.document({"file": str(page), "rules": len(bundle.rules)})
    output.line(f"{page} tells of {counted(len(bundle.rules), 'rule')}", "green")
    return 0


def _untold(bundle: "Bundle", page: Path) -> "Iterator[Finding]":
    """Rules without a heading in the page beside them; a folder without a page tells of none."""
    from catalog.domain.finding import Place
    from catalog.domain.finding_code import FindingCode

    told = page.read_text().splitlines() if page.is_file() else []
    for rule in bundle.rules:
        if page.is_file() and f"### {rule.id}" not in told:
            message = f"{rule.id} has no heading in {page.name}."
            remedy = "Write the page anew; `concord policy describe` does."
            yield FindingCode.POLICY_RULE_UNTOLD.at(Place(rule.path, 1, 1), message, remedy=remedy)
