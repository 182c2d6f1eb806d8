"""A bundle: the rules of the organisation and the domains with their metadata and parameters, by digest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from catalog.domain.finding import Level
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.waiver import Waiver


class Guidance(StrEnum):
    """How firmly the organisation asks; it settles who may waive the rule."""

    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"
    ELECTIVE = "elective"


@dataclass(frozen=True, slots=True)
class Rule:
    """One Rego package with the metadata of its header.

    `domain` is empty for rules of the organisation. `kinds` are the asset kinds it judges, `domains` the
    domains to which it is limited, all where empty. `message` and `remediation` are templates over a
    violation's args. `category` groups rules for people, as `privacy`. `docs` is an address with more about
    it. What was published before the day `since` is only warned before the day `grace_until`;
    `warned_until` is set by `grace.in_grace` where that is so.
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
    guidance: Guidance = Guidance.MANDATORY
    domains: tuple[str, ...] = ()
    docs: str = ""
    since: date | None = None
    grace_until: date | None = None
    warned_until: date | None = None


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

    `data` is the document under `data`: `{"org": {"params": …}, "domains": {…}}`. `parameters` are those of
    the organisation that a domain tightens, by domain and `file.name`, with what the domains around it tighten.
    `source` is the canonical JSON of the files it was read from, text by path without tests, whose digest is the
    revision: whoever keeps it can load the bundle again.
    """

    revision: str
    modules: tuple[Module, ...]
    rules: tuple[Rule, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    tightenings: tuple[Tightening, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: bytes = field(default=b"", repr=False, compare=False)

    def beside(self, waivers: Iterable[Waiver]) -> Self:
        """The same rules with the store's waivers beside their own; the revision does not cover those."""
        beside = tuple(waivers)
        return replace(self, waivers=(*self.waivers, *beside)) if beside else self
