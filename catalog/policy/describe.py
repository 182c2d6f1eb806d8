"""The list of rules for people: `policies/README.md`, written from the headers."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import EnforcementPoint
from catalog.policy.parameter import DIRECTION, directions_of
from catalog.policy.portable import BUILTINS

_HEAD = """\
# Rules

Written from the headers of the rules by `concord policy describe`; `concord policy check` finds a rule that is not told
of. `org/` holds the rules of the organisation, `domains/<domain>/` what a domain adds for its own assets. A decision is
the union of both: a domain can add rules and tighten, never remove or loosen.

- A rule is one file with one package, `governance.org.<file>` or `governance.domains.<domain>.<file>`, with a
  METADATA header and a test beside it. It reports `violation contains v`, where `v` has `id`, `path` (a JSON
  pointer into the view) and `args`; the message is rendered by the host.
- `input` is the view of `schema/policy_view.schema.json`, which is written from the types of the view: a rule that
  reads what is not in it is refused. `data.org.params.<file>` is `params/<file>.json`, and
  `data.domains.<domain>.params.<file>` is `domains/<domain>/params/<file>.json`.
- `domains/<domain>/tighten.json` raises what the organisation asks, as
  `{"ORG-DSC-002": {"enforcement": {"publish": "deny"}, "severity": "error"}}`, and a parameter that declares a
  direction, as `{"parameters": {"retention.maximum_days": 365}}`: a `min` may only rise, a `max` only fall, a
  `subset` only lose, a `superset` only gain.
- `sales.emea` is a domain within `sales`: it has the rules, tightenings and parameters of both, and may only tighten
  further. Its packages are `governance.domains.sales__emea`.
- `scope` names the kinds, and where not all are meant the domains, that a rule judges. `guidance` says how firmly
  the organisation asks: mandatory, recommended or elective.
- `since` is a rule's first day. With `graceUntil`, what it denies is only warned before that day (UTC) for an asset
  that was first published before `since`. CI knows that from `concord check --waivers FILE`; without, it only warns.
- `waivers/*.yaml` passes over one rule for one asset until a date, as `W-0007: {rule: ORG-PRV-002, asset:
  "data_product:sales.customers", reason: …, ticket: …, requestedBy: …, approvedBy: …, created:
  2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z}`, with `path` where only a part of it is meant. Nobody
  approves their own request, nor what they own.
- `deny` blocks, `warn` is shown, `off` is not shown.
- From a rule to its effect: `concord policy check` (whole and tested), `simulate` (whom it breaks), `upload` and
  `validate` (in the store, by its content), `activate --shadow` (evaluated at register, publish and audit, without
  effect; `shadows` tells), and by somebody else than who uploaded it `activate --enforce`, at one point or all;
  `rollback --to` brings an earlier one back.
- A regime is data: `params/regimes.json` holds what each asks, and adding one needs no rule.
- A parameter file says under `about` what each of its parameters means.
"""
_SHOWN = 400
_BUILTINS = """\
## Builtins

Those in which all engines agree; others are refused.
"""


def rule_list(bundle: Bundle) -> str:
    """Every rule under a heading of its id, the parameters with their defaults, and the builtins, as Markdown."""
    parts = [_HEAD, *_categories(bundle)]
    for domain in sorted({rule.domain for rule in bundle.rules}):
        parts += _section(bundle, domain)
    parts += [*_parameters(bundle), _BUILTINS]
    return "\n".join([*parts, ", ".join(f"`{name}`" for name in sorted(BUILTINS)), ""])


def _categories(bundle: Bundle) -> Iterator[str]:
    numbers = Counter(rule.category or "other" for rule in bundle.rules)
    told = ", ".join(f"{name} {number}" for name, number in sorted(numbers.items()))
    yield f"{len(bundle.rules)} rules: {told}.\n"


def _section(bundle: Bundle, domain: str) -> Iterator[str]:
    yield f"## {domain.capitalize() or 'Organisation'}\n"
    for rule in _sorted(bundle.rules, domain):
        yield from _rule(rule)
    for one in sorted(bundle.tightenings, key=lambda one: one.rule_id):
        if one.domain == domain:
            asked = ", ".join(f"{point} {value}" for point, value in sorted(one.enforcement.items()))
            yield f"Tightens {one.rule_id}: {asked or one.severity}.\n"


def _sorted(rules: Iterable[Rule], domain: str) -> list[Rule]:
    return sorted((rule for rule in rules if rule.domain == domain), key=lambda rule: rule.id)


def _rule(rule: Rule) -> Iterator[str]:
    enforcement = ", ".join(f"{point} {rule.enforcement[point]}" for point in EnforcementPoint)
    kinds = ", ".join(kind.replace("_", " ") for kind in rule.kinds)
    kinds += f" of {', '.join(rule.domains)}" if rule.domains else ""
    test = rule.path.replace(".rego", "_test.rego")
    yield f"### {rule.id}\n"
    yield f"{rule.title}. {rule.remediation}\n"
    yield f"- {rule.category or 'other'}, {rule.severity}, for {kinds}; kept by {rule.owner}"
    yield f"- {enforcement}; {rule.guidance}, since {rule.since}{_grace(rule)}"
    more = f", [more]({rule.docs})" if rule.docs else ""
    yield f"- says: {rule.message}"
    yield f"- [rule]({rule.path}), [test]({test}){more}\n"


def _grace(rule: Rule) -> str:
    return f", warns until {rule.grace_until} what was published before" if rule.grace_until else ""


def _parameters(bundle: Bundle) -> Iterator[str]:
    yield "## Parameters\n"
    yield "| file | parameter | default | tighter | meaning |\n|---|---|---|---|---|"
    owners = {"params": bundle.data["org"]["params"]}
    owners |= {f"domains/{name}/params": one["params"] for name, one in bundle.data["domains"].items()}
    for folder, params in owners.items():
        for name, values in sorted(params.items()):
            yield from _rows(f"{folder}/{name}.json", values)
    yield ""


def _rows(path: str, values: Mapping[str, Any]) -> Iterator[str]:
    about, directions = values.get("about", {}), directions_of(values)
    for name, value in sorted(values.items()):
        if name not in {"about", DIRECTION}:
            told = f"{directions.get(name, '')} | {about.get(name, '')}"
            yield f"| [{path}]({path}) | `{name}` | {_default(value)} | {told} |"


def _default(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"`{key}`" for key in sorted(value))
    text = ", ".join(f"`{one}`" for one in value) if isinstance(value, list) else f"`{json.dumps(value)}`"
    return text.replace("|", "\\|") if len(text) <= _SHOWN else f"see the file, {len(text):,} characters"
