"""`concord policy explain` and `replay`: why a decision came out as it did, and whether it would again."""

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from catalog.cli.command import add_command
from catalog.cli.output import Output, counted
from catalog.config import Settings

if TYPE_CHECKING:
    from catalog.policy.explanation import Explanation

_SHOWN = 400


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """Both commands."""
    for name, run, about in (
        (
            "explain",
            run_explain,
            "show what each violation of a decision looked at, and what would make it pass",
        ),
        (
            "replay",
            run_replay,
            "decide once more over the recorded view, rules and time, and compare the results",
        ),
    ):
        parser = add_command(
            inner,
            shared,
            name,
            run,
            help=about,
            examples=[f"concord policy {name} 01a1fe0a-8d99-7a08-98f8-dfa4da9e96f2"],
        )
        parser.add_argument("decision", help="the id of a decision, as `concord publish` tells it")


def run_explain(given: Namespace, settings: Settings, output: Output) -> int:
    """0 with the explanation; what was kept is evaluated again, nothing is stored."""
    from catalog.adapters.rego_coverage import RegoCoverage
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.explanation import explain
    from catalog.serving.decision_record import recorded_decision

    with Services(settings) as services:
        recorded = recorded_decision(given.decision, acting(services), services)
        found = explain(recorded, RegoCoverage(deadline_seconds=settings.policy_deadline_seconds))
    output.document(
        {
            "decision": recorded.decision_id,
            "verdict": recorded.verdict,
            "violations": [_json(one) for one in found],
        }
    )
    for one in found:
        _tell(one, output)
    output.line(f"{recorded.verdict.value}: {counted(len(found), 'violation')}.", "bold")
    return 0


def run_replay(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the result is the recorded one, 1 when it is another or none came about."""
    from catalog.bootstrap import Services
    from catalog.cli.acting import acting
    from catalog.policy.recorded import replay
    from catalog.serving.decision_record import recorded_decision

    with Services(settings) as services:
        recorded = recorded_decision(given.decision, acting(services), services)
        again = replay(recorded, services.policy_engine, deadline_seconds=settings.policy_deadline_seconds)
    output.document(
        {
            "decision": recorded.decision_id,
            "same": again.same,
            "recorded": {
                "result": recorded.result_digest,
                "verdict": recorded.verdict,
                "engine": recorded.engine,
            },
            "again": {"result": again.result_digest, "verdict": again.verdict, "engine": again.engine},
            "why": again.why,
        }
    )
    output.line(f"recorded  {recorded.verdict.value:6} {recorded.result_digest}  {recorded.engine}")
    output.line(f"again     {again.verdict.value:6} {again.result_digest or again.why}  {again.engine}")
    output.line(
        "The same result." if again.same else "Not the same result.", "green" if again.same else "red"
    )
    return 0 if again.same else 1


def _tell(one: "Explanation", output: Output) -> None:
    output.line(f"{one.rule.id} {one.rule.title}: {one.message}", "yellow" if one.waiver else "red")
    output.line(f"    element {one.violation.path or '/'}: {_short(one.element)}")
    for held in one.held:
        output.line(f"    held    {held.place.file}:{held.place.line}  {held.text}")
    output.line(f"    passes  when one of these no longer holds. {one.remedy}", "grey")
    if one.waiver:
        output.line(f"    waived  by {one.waiver}", "grey")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def _json(one: "Explanation") -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "title": one.rule.title,
        "path": one.violation.path,
        "element": one.element,
        "held": [{"file": held.place.file, "line": held.place.line, "text": held.text} for held in one.held],
        "message": one.message,
        "remedy": one.remedy,
        "waiver": one.waiver,
    }
