"""A bundle: the rules of the organisation and the domains with their metadata and parameters, by digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.finding import Level
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Rule:
    """One Rego package with the metadata of its header.

    `domain` is empty for rules of the organisation. `kinds` are the asset kinds it judges. `message` and
    `remediation` are templates over a violation's args. `category` groups rules for people, as `privacy`.
    """

    id: str
    package: str
    title: str
    path: str
    severity: Level
    enforcement: Mapping[EnforcementPoint, Enforcement]
    kinds: tuple[str, ...]
    message: str
    remediation: str
    domain: str = ""
    owner: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A Rego source file; tests are not part of a bundle."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class Tightening:
    """What a domain asks beyond the organisation: an organisation's rule, enforced more strictly there."""

    domain: str
    rule_id: str
    enforcement: Mapping[EnforcementPoint, Enforcement] = field(default_factory=dict)
    severity: Level = Level.INFO


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything an engine needs; `revision` (`sha256:…`) covers modules, parameters, tightenings, waivers.

    `data` is the document under `data`: `{"org": {"params": …}, "domains": {…}}`.
    """

    revision: str
    modules: tuple[Module, ...]
    rules: tuple[Rule, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    tightenings: tuple[Tightening, ...] = ()
    waivers: tuple[Waiver, ...] = ()
