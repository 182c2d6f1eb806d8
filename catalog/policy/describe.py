"""The list of rules for people: `policies/README.md`, written from the headers."""

from collections.abc import Iterable, Iterator

from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import EnforcementPoint
from catalog.policy.portable import BUILTINS

_HEAD = """\
# Rules

Written from the headers of the rules by `make snapshots`; a test keeps it so. `org/` holds the rules of the
organisation, `domains/<domain>/` what a domain adds for its own assets. A decision is the union of both: a domain
can add rules and tighten, never remove or loosen.

- A rule is one file with one package, `governance.org.<file>` or `governance.domains.<domain>.<file>`, with a
  METADATA header and a test beside it. It reports `violation contains v`, where `v` has `id`, `path` (a JSON
  pointer into the view) and `args`; the message is rendered by the host.
- `input` is the view of `schema/policy_view.schema.json`; `data.org.params.<file>` is `params/<file>.json`, and
  `data.domains.<domain>.params.<file>` is `domains/<domain>/params/<file>.json`.
- `domains/<domain>/tighten.json` raises what the organisation asks, as
  `{"ORG-DSC-002": {"enforcement": {"publish": "deny"}, "severity": "error"}}`.
- `deny` blocks, `warn` is shown, `off` is not shown.
"""
_BUILTINS = """\
## Builtins

Those in which all engines agree; others are refused.
"""


def rule_list(bundle: Bundle) -> str:
    """All rules with what they ask at each point and how to satisfy them, as Markdown."""
    domains = sorted({rule.domain for rule in bundle.rules})
    parts = [_HEAD, *(part for domain in domains for part in _section(bundle, domain)), _BUILTINS]
    return "\n".join([*parts, ", ".join(f"`{name}`" for name in sorted(BUILTINS)), ""])


def _section(bundle: Bundle, domain: str) -> Iterator[str]:
    yield f"## {domain.capitalize() or 'Organisation'}\n"
    points = " | ".join(EnforcementPoint)
    yield f"| rule | asks | judges | severity | {points} | remedy | kept by |"
    yield "|---" * (6 + len(EnforcementPoint)) + "|"
    yield from (_row(rule) for rule in _sorted(bundle.rules, domain))
    for one in sorted(bundle.tightenings, key=lambda one: one.rule_id):
        if one.domain == domain:
            asked = ", ".join(f"{point} {value}" for point, value in sorted(one.enforcement.items()))
            yield f"\nTightens {one.rule_id}: {asked or one.severity}."
    yield ""


def _sorted(rules: Iterable[Rule], domain: str) -> list[Rule]:
    return sorted((rule for rule in rules if rule.domain == domain), key=lambda rule: rule.id)


def _row(rule: Rule) -> str:
    enforcement = " | ".join(rule.enforcement[point] for point in EnforcementPoint)
    kinds = ", ".join(kind.replace("_", " ") for kind in rule.kinds)
    link = f"[{rule.id}]({rule.path})"
    remedy = rule.remediation.replace("|", "\\|")
    return f"| {link} | {rule.title} | {kinds} | {rule.severity} | {enforcement} | {remedy} | {rule.owner} |"
