"""The engine that evaluates Rego; adapters are the embedded one and the OPA server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.domain.finding import Place
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decision import Violation


@dataclass(frozen=True, slots=True)
class RegoTestResult:
    """One test; `reason` is the engine's if it could not be evaluated, empty if it was just not true."""

    name: str
    place: Place
    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """The lines of a rule's file that its tests reached, and those they did not; other lines hold nothing."""

    path: str
    covered: tuple[int, ...]
    uncovered: tuple[int, ...]

    @property
    def percent(self) -> float:
        """How much of what could be reached was reached, from 0 to 100."""
        return 100.0 * len(self.covered) / max(1, len(self.covered) + len(self.uncovered))


class PolicyTests(Protocol):
    """Runs the Rego tests that stand beside a bundle's rules."""

    def __call__(
        self, bundle: Bundle, tests: Sequence[Module], *, deadline_seconds: float
    ) -> tuple[tuple[RegoTestResult, ...], tuple[RuleCoverage, ...]]:
        """Every test's result and what they reached of each rule.

        Raises `BundleInvalid` when a module does not compile, `PolicyUnavailable`.
        """


class PolicyEngine(Protocol):
    """Evaluates a bundle over views and reports violations, nothing else.

    Raises `PolicyUnavailable` when no answer came, `PolicyUndefined` when the answer is no set of violations,
    `BundleInvalid` when the bundle does not load. Never returns fewer violations because of an error.
    """

    @property
    def version(self) -> str:
        """Name and version, as `regorus 0.13.0` or `opa 1.20.2`."""

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> Sequence[Sequence[Violation]]:
        """The violations of each view, in the order of the views; those of one view in any order."""

    def close(self) -> None:
        """End workers and connections."""
