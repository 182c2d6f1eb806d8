"""Why a query or an expression is refused; both carry findings, all at once."""

from dataclasses import replace

from catalog.domain.errors import Refused
from catalog.domain.finding import NOWHERE, Finding, Place


class QueryRefused(Refused):
    """The query has no answer that is surely right; the findings say why."""


class ExpressionRefused(Refused):
    """The expression is not on the allow-list; nothing of it reaches an engine."""

    def findings_at(self, place: Place) -> tuple[Finding, ...]:
        """The findings, at `place` where they have none of their own."""
        return tuple(replace(one, place=place) if one.place == NOWHERE else one for one in self.findings)
