"""Domain values as plain ones, for columns of JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from typing import Any

from catalog.domain.finding import NOWHERE, Finding, Level, Place
from catalog.domain.lineage import LineageRole
from catalog.domain.standing import LostColumn, ModelSource, Standing
from catalog.policy.waiver import Waiver

_PLAIN = frozenset({bool, float, int, str})
_FIELDS: dict[type, tuple[tuple[str, Any], ...] | None] = {}


def plain(value: Any) -> Any:
    """Dataclasses as mappings by field name, tuples as lists, everything else as it is.

    A field that has its default is left out, and so is every `place`: readers take the default of the domain
    type for what is absent.
    """
    if value is None or type(value) in _PLAIN:
        return value
    if (shown := _shown(type(value))) is not None:
        found = ((name, getattr(value, name), default) for name, default in shown)
        return {name: plain(item) for name, item, default in found if item != default}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def plain_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings with their places, for `findings_of`."""
    return [
        {
            "code": finding.code,
            "message": finding.message,
            "remedy": finding.remedy,
            "level": finding.level,
            "place": plain(finding.place),
        }
        for finding in findings
    ]


def findings_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that `plain_findings` wrote."""
    return tuple(
        Finding(
            one["code"],
            one["message"],
            one["remedy"],
            Level(one["level"]),
            Place(**one["place"]) if one["place"] else NOWHERE,
        )
        for one in stored
    )


def standing_of(stored: Mapping[str, Any] | None) -> Standing | None:
    """The standing whose `plain` form was stored."""
    if stored is None:
        return None
    return Standing(tuple(_source(one) for one in stored["sources"]))


def _source(stored: Mapping[str, Any]) -> ModelSource:
    lost = (
        LostColumn(one["column"], LineageRole(one["role"]), one["reason"]) for one in stored.get("lost", ())
    )
    return ModelSource(stored["model"], stored["product"], stored["made_on"], stored["reads"], tuple(lost))


def _shown(kind: type) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a dataclass that are shown, each with its default, looked up once; None for other types."""
    if kind not in _FIELDS:
        shown = (one for one in fields(kind) if one.name != "place") if is_dataclass(kind) else None
        _FIELDS[kind] = None if shown is None else tuple((one.name, _default(one)) for one in shown)
    return _FIELDS[kind]


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def plain_waiver(waiver: Waiver) -> dict[str, str]:
    """A waiver of the store by the names of its fields, instants as text; it has no place."""
    return {
        one.name: value.isoformat() if isinstance(value, datetime) else value
        for one in fields(waiver)
        if one.name != "place"
        for value in [getattr(waiver, one.name)]
    }


def waiver_of(stored: Mapping[str, str]) -> Waiver:
    """The waiver again."""
    instants = {name: datetime.fromisoformat(stored[name]) for name in ("created", "expires")}
    return Waiver(**{**dict[str, Any](stored), **instants})
