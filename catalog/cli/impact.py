"""Whom a draft reaches, as commands show it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catalog.cli.output import Output, counted

if TYPE_CHECKING:
    from catalog.registry.compatibility import AffectedMetric

_SHOWN = 5


def tell_impact(impact: "Iterable[AffectedMetric]", output: Output, indent: str = "    ") -> None:
    """One line for each affected metric, with what it reads and who reads it; nothing where none is."""
    for one in impact:
        readers = [f"{who.team}/{who.application}" for who in one.consumers]
        more = f" and {len(readers) - _SHOWN} more" if len(readers) > _SHOWN else ""
        read = f"; read by {', '.join(readers[:_SHOWN])}{more}" if readers else "; read by nobody so far"
        asked = f"; {counted(len(one.saved_queries), 'saved query')}" if one.saved_queries else ""
        output.line(
            f"{indent}{one.key} {one.version} {one.fate}: {'; '.join(one.reasons)}{read}{asked}", "yellow"
        )
