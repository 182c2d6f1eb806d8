"""The parts of a view that the rules which judge it read: all that an engine has to be shown.

A rule comes at its input by the word `input` alone, so what its text does not name it cannot read. Where the
word stands without a part, as in `count(input)`, the rule sees the whole.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from catalog.policy.bundle import Bundle
from catalog.policy.federation import rules_for
from catalog.policy.recall import Recall
from catalog.policy.written import WrittenView, written

_READ: Final = re.compile(r"\binput\b(?:\.(\w+))?")
_ALWAYS: Final = frozenset({"point", "kind", "domain", "asset"})
_RECALL: Final[Recall[frozenset[str] | None]] = Recall()


def shown(bundle: Bundle, view: Mapping[str, Any]) -> WrittenView:
    """The view as far as the bundle's rules for such an asset read it."""
    domain, kind = view["domain"], view["kind"]
    things = bundle.rules, bundle.modules
    parts = _RECALL.of(things, (domain, kind), lambda: _parts(bundle, domain, kind))
    return written(view) if parts is None else written(view).only(parts)


def _parts(bundle: Bundle, domain: str, kind: str) -> frozenset[str] | None:
    """Names of the parts; None where a rule takes the view as a whole."""
    judging = {rule.path for rule in rules_for(bundle, domain, kind)}
    others = {rule.path for rule in bundle.rules} - judging
    sources = [module.source for module in bundle.modules if module.path not in others]
    read = {part for source in sources for part in _READ.findall(source)}
    return None if "" in read else _ALWAYS | read
