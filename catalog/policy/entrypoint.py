"""The one question that every engine is asked: a Rego module written by the host from the bundle's rules.

Its answer names the bundle's revision and, for each rule that judges the asset, the rule's violations. So a
rule that gave no answer shows as missing, and so does another bundle in the same server; neither can pass as
*no violations*.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog.domain.errors import PolicyUndefined
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.decision import Violation
from catalog.policy.federation import rules_for

PACKAGE: Final = "concord.entrypoint"
PATH: Final = "entrypoint.rego"
_ORGANISATIONS: Final = re.compile(r"data\.org\.params\.(\w+)")
_POINTER: Final = re.compile(r"(/[^/~]*(~[01][^/~]*)*)*\Z")


def entrypoint(bundle: Bundle) -> Module:
    """The module: `answer` for the view in `input`, `answers` for those in `input.views`, in their order."""
    head = (
        f"package {PACKAGE}\n\n"
        f"revision := {json.dumps(bundle.revision)}\n\n"
        'answer := {"revision": revision, "results": results}\n\n'
        "within(domain) if input.domain == domain\n\n"
        'within(domain) if startswith(input.domain, concat("", [domain, "."]))\n\n'
        f"{_tightened(bundle)}"
        "answers := [one | some view in input.views; one := answer with input as view]\n"
    )
    results = "".join(one for rule in bundle.rules for one in _results_of(rule, bundle))
    return Module(PATH, head + (results or "\nresults := set()\n"))


def _tightened(bundle: Bundle) -> str:
    """The innermost domain around the view's that tightens parameters, "" where none does."""
    inner = sorted(bundle.parameters, key=lambda domain: -domain.count("."))
    values = [f":= {json.dumps(domain)} if within({json.dumps(domain)})" for domain in inner]
    return "tightened " + " else ".join([*values, ':= ""']) + "\n\n"


def _results_of(rule: Rule, bundle: Bundle) -> Iterator[str]:
    """The rule with the organisation's parameters, and once more for each domain that tightens one it reads."""
    source = next((one.source for one in bundle.modules if one.path == rule.path), "")
    read = set(_ORGANISATIONS.findall(source))
    touched = {
        domain: {name: value for name, value in values.items() if name.split(".")[0] in read}
        for domain, values in sorted(bundle.parameters.items())
    }
    own = sorted(domain for domain, values in touched.items() if values)
    yield _result(rule, f"\tnot tightened in {json.dumps(own)}\n" if own else "", "")
    for domain in own:
        replaced = "".join(
            f" with data.org.params.{name} as {json.dumps(value)}"
            for name, value in sorted(touched[domain].items())
        )
        yield _result(rule, f"\ttightened == {json.dumps(domain)}\n", replaced)


def _result(rule: Rule, condition: str, replaced: str) -> str:
    domain = f"\twithin({json.dumps(rule.domain)})\n" if rule.domain else ""
    scope = f"\tsome scoped in {json.dumps(rule.domains)}\n\twithin(scoped)\n" if rule.domains else ""
    return (
        "\nresults contains result if {\n"
        f"{domain}{scope}\tinput.kind in {json.dumps(rule.kinds)}\n{condition}"
        f"\tviolations := data.{rule.package}.violation{replaced}\n"
        f'\tresult := {{"rule": {json.dumps(rule.id)}, "violations": violations}}\n'
        "}\n"
    )


def violations_of(bundle: Bundle, view: Mapping[str, Any], answer: object) -> list[Violation]:
    """The violations in an engine's answer about a view.

    Raises `PolicyUndefined` unless the answer is one of this bundle, in which exactly the rules that judge
    the view have spoken, each for itself.
    """
    if not isinstance(answer, dict) or set(answer) != {"revision", "results"}:
        raise PolicyUndefined("the policy engine's answer is no decision")
    if answer["revision"] != bundle.revision:
        raise PolicyUndefined(
            f"the policy engine holds revision {answer['revision']!r}, not {bundle.revision!r}"
        )
    results = _results(answer["results"])
    expected = [rule.id for rule in rules_for(bundle, view["domain"], view["kind"])]
    if sorted(rule_id for rule_id, _ in results) != sorted(expected):
        silent = sorted(set(expected).difference(rule_id for rule_id, _ in results))
        raise PolicyUndefined(
            f"the policy engine gave no answer for {', '.join(silent) or 'the rules asked for'}"
        )
    return [_violation(rule_id, raw) for rule_id, raws in results for raw in raws]


def _results(value: object) -> list[tuple[str, list[Any]]]:
    if not isinstance(value, list):
        raise PolicyUndefined("the policy engine's results are no list")
    results = []
    for one in value:
        match one:
            case {"rule": str(rule_id), "violations": list(raws)}:
                results.append((rule_id, raws))
            case _:
                raise PolicyUndefined("the policy engine's results are not those of rules")
    return results


def _violation(rule_id: str, raw: object) -> Violation:
    match raw:
        case {"id": str(given), "path": str(path), "args": dict(args), **rest} if not rest:
            if (
                given == rule_id
                and _POINTER.match(path)
                and all(_is_argument(item) for item in args.values())
            ):
                return Violation(rule_id, path, args)
    raise PolicyUndefined(f"rule {rule_id} answered with something that is no violation of it")


def _is_argument(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str | int | float) for item in value)
    return isinstance(value, str | int | float)
