"""What an engine is asked: a Rego module written by the host from the bundle's rules.

A server is asked for `answer`, which names the bundle's revision and, for each rule that judges the asset, the
rule's violations. So a rule that gave no answer shows as missing, and so does another bundle in the same server;
neither can pass as *no violations*. An engine of our own is asked for the same rules one by one, see `asked_by`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from catalog.domain.errors import PolicyUndefined
from catalog.domain.identity import lineage
from catalog.policy.bundle import Bundle, Module, Rule
from catalog.policy.decision import Violation
from catalog.policy.federation import rules_for

PACKAGE: Final = "concord.entrypoint"
PATH: Final = "entrypoint.rego"
NAMES: Final = re.compile(r"(answers?|results|revision|within|tightened(_[0-9]+_[0-9]+)?)\Z")
_ORGANISATIONS: Final = re.compile(r"data\.org\.params\.(\w+)")
_SCALARS: Final = frozenset({str, int, float, bool})
_PARTS: Final = {"id", "path", "args"}
_POINTER: Final = re.compile(r"(/[^/~]*(~[01][^/~]*)*)*\Z")


def entrypoint(bundle: Bundle) -> Module:
    """The module: `answer` for the view in `input`, `answers` for those in `input.views`, in their order."""
    revision = f"revision := {json.dumps(bundle.revision)}"
    rules = answering(bundle, lambda rule: f"data.{rule.package}.violation", "data")
    return Module(PATH, f"package {PACKAGE}\n\n{revision}\n\n{rules}")


def answering(bundle: Bundle, violations: Callable[[Rule], str], data: str) -> str:
    """The entrypoint's rules but for `revision`; how a rule's violations and the bundle's data are named is given."""
    head = (
        'answer := {"revision": revision, "results": results}\n\n'
        "within(domain) if input.domain == domain\n\n"
        'within(domain) if startswith(input.domain, concat("", [domain, "."]))\n\n'
        f"{_tightened(bundle)}"
        "answers := [one | some view in input.views; one := answer with input as view]\n"
    )
    results = "".join(
        one for rule in bundle.rules for one in _results_of(rule, bundle, violations(rule), data)
    )
    return head + (results or "\nresults := set()\n")


def _tightened(bundle: Bundle) -> str:
    """The innermost domain around the view's that tightens parameters, "" where none does."""
    inner = sorted(bundle.parameters, key=lambda domain: -domain.count("."))
    values = [f":= {json.dumps(domain)} if within({json.dumps(domain)})" for domain in inner]
    return "tightened " + " else ".join([*values, ':= ""']) + "\n\n"


def _results_of(rule: Rule, bundle: Bundle, violations: str, data: str) -> Iterator[str]:
    """The rule with the organisation's parameters, and once more for each domain that tightens one it reads."""
    own = _touched(bundle, rule)
    outside = f"\tnot tightened in {json.dumps(sorted(own))}\n" if own else ""
    yield _result(rule, outside, violations)
    for domain, values in own.items():
        name = _name(bundle, rule, domain)
        replaced = "".join(
            f" with {data}.org.params.{parameter} as {json.dumps(value)}"
            for parameter, value in sorted(values.items())
        )
        yield f"\n{name} := found if found := {violations}{replaced}\n"
        yield _result(rule, f"\ttightened == {json.dumps(domain)}\n", name)


def _touched(bundle: Bundle, rule: Rule) -> dict[str, dict[str, Any]]:
    """The parameters that the rule reads and domains tighten, by domain."""
    source = next((one.source for one in bundle.modules if one.path == rule.path), "")
    read = set(_ORGANISATIONS.findall(source))
    touched = {
        domain: {name: value for name, value in values.items() if name.split(".")[0] in read}
        for domain, values in sorted(bundle.parameters.items())
    }
    return {domain: values for domain, values in touched.items() if values}


def _name(bundle: Bundle, rule: Rule, domain: str) -> str:
    """Of the entrypoint's own rule that asks a rule with a domain's parameters."""
    return f"tightened_{bundle.rules.index(rule)}_{sorted(bundle.parameters).index(domain)}"


def asked_by(bundle: Bundle, domain: str, kind: str, violations: Callable[[Rule], str]) -> dict[str, str]:
    """The name under which each rule that judges such an asset is asked by itself, by the rule's id.

    That is the rule's own as it is given, or the entrypoint's where the domain tightens what the rule reads.
    """
    inner = next((one for one in lineage(domain) if one in bundle.parameters), "")
    # As tightened as a domain asks, a rule is another value; its place in the bundle is that of its id.
    rules = {rule.id: rule for rule in bundle.rules}
    asked = {}
    for one in rules_for(bundle, domain, kind):
        rule = rules[one.id]
        is_tightened = bool(inner) and inner in _touched(bundle, rule)
        asked[rule.id] = _name(bundle, rule, inner) if is_tightened else violations(rule)
    return asked


def _result(rule: Rule, condition: str, violations: str) -> str:
    domain = f"\twithin({json.dumps(rule.domain)})\n" if rule.domain else ""
    scope = f"\tsome scoped in {json.dumps(rule.domains)}\n\twithin(scoped)\n" if rule.domains else ""
    return (
        "\nresults contains result if {\n"
        f"{domain}{scope}\tinput.kind in {json.dumps(rule.kinds)}\n{condition}"
        f"\tviolations := {violations}\n"
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
    return [one for rule_id, raws in results for one in violations_by(rule_id, raws)]


def _results(value: object) -> list[tuple[str, object]]:
    if not isinstance(value, list):
        raise PolicyUndefined("the policy engine's results are no list")
    results = []
    for one in value:
        match one:
            case {"rule": str(rule_id), "violations": raws}:
                results.append((rule_id, raws))
            case _:
                raise PolicyUndefined("the policy engine's results are not those of rules")
    return results


def violations_by(rule_id: str, raws: object) -> list[Violation]:
    """The violations in what one rule came to; raises `PolicyUndefined` where that is no list of its own."""
    if not isinstance(raws, list):
        raise PolicyUndefined(f"rule {rule_id} gave no list of violations")
    return [_violation(rule_id, raw) for raw in raws]


def _violation(rule_id: str, raw: Any) -> Violation:
    if not isinstance(raw, dict) or raw.keys() != _PARTS or raw["id"] != rule_id:
        raise _no_violation(rule_id)
    path, args = raw["path"], raw["args"]
    if not isinstance(path, str) or not _POINTER.match(path) or not isinstance(args, dict):
        raise _no_violation(rule_id)
    if not all(map(_is_argument, args.values())):
        raise _no_violation(rule_id)
    return Violation(rule_id, path, args)


def _no_violation(rule_id: str) -> PolicyUndefined:
    return PolicyUndefined(f"rule {rule_id} answered with something that is no violation of it")


def _is_argument(value: object) -> bool:
    return type(value) in _SCALARS or (isinstance(value, list) and _SCALARS.issuperset(map(type, value)))
