"""The flags of reports, and how a report of `concord check` is written."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import __version__
from catalog.cli.output import Output
from catalog.domain.errors import UsageError

if TYPE_CHECKING:
    from catalog.bootstrap import Services
    from catalog.policy.report import Report
    from catalog.publishing.check import CheckOutcome

_FORMS = ("github", "json", "junit", "policyreport", "sarif", "text")


def add_report_flags(parser: ArgumentParser) -> None:
    """`--report`, `--report-file` and `--rules-url`."""
    parser.add_argument("--report", choices=_FORMS, help="write a report in this form, instead of the text")
    parser.add_argument(
        "--report-file", type=Path, metavar="PATH", help="where the report goes; the text is then shown too"
    )
    parser.add_argument(
        "--rules-url",
        default="",
        metavar="URL",
        help="the page that shows policies/README.md; reports link each rule to its heading there",
    )


def refuse_report_flags(given: Namespace, output: Output) -> None:
    """Raises `UsageError` for flags that do not go together."""
    if given.report_file and not given.report:
        raise UsageError("--report-file names no form.", remedy="add --report with a form, as sarif")
    if given.report and output.is_json and not given.report_file:
        raise UsageError(
            "--report and --output json are two documents on one stream.", remedy="add --report-file PATH"
        )


def write_report(given: Namespace, outcome: "CheckOutcome", services: "Services") -> bool:
    """Write the report that was asked for; whether it took standard output for itself."""
    if not given.report:
        return False
    from catalog.policy.report import FORMS

    text = FORMS[given.report](_report(given, outcome, services))
    if given.report_file:
        given.report_file.write_text(text, encoding="utf-8")
        return False
    print(text, end="" if text.endswith("\n") else "\n", flush=True)
    return True


def _report(given: Namespace, outcome: "CheckOutcome", services: "Services") -> "Report":
    from catalog.policy.report import JudgedAsset, Report

    assets = tuple(
        JudgedAsset(
            one.draft.key, one.draft.version, one.decision, one.quality.findings if one.quality else ()
        )
        for one in outcome.assets
    )
    judged = sum(len(one.findings) for one in assets)
    return Report(
        assets,
        outcome.findings[: len(outcome.findings) - judged],
        services.bundle,
        services.clock.now(),
        __version__,
        _root(given.folder),
        given.rules_url,
    )


def _root(folder: Path) -> str:
    """The folder as seen from where the command runs; "" for that place and for what lies outside of it."""
    here, whole = Path.cwd().resolve(), folder.resolve()
    return whole.relative_to(here).as_posix().removeprefix(".") if whole.is_relative_to(here) else ""
