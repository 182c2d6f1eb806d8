"""The store's waivers as a file: CI has no store, and judges by the same waivers with it.

`{"type": "concord.waivers.v1", "asOf": instant, "waivers": [{"id": …, "rule": …, …}], "signatures": [token]}`; the
signature, where there is one, covers everything else and is made as a bundle's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.errors import BundleInvalid, UsageError
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.manifests.digest import canonical_json
from catalog.manifests.json_document import read_json
from catalog.manifests.loader import FOREIGN
from catalog.policy.signature import SIGNATURES, BundleKey, signatures, verified_files
from catalog.policy.waiver import Waiver, told

TYPE: Final = "concord.waivers.v1"
_SIGNED: Final = "waivers.json"
_FRESH: Final = timedelta(days=1)
# The names in the file of what a waiver holds; `path` alone may be empty.
_NAMES: Final[Mapping[str, str]] = {
    "id": "id",
    "rule": "rule",
    "asset": "asset",
    "path": "path",
    "reason": "reason",
    "ticket": "ticket",
    "requested_by": "requestedBy",
    "approved_by": "approvedBy",
    "created": "created",
    "expires": "expires",
}


@dataclass(frozen=True, slots=True)
class WaiverList:
    """Waivers as the store had them at `as_of`; `verified` says that the signature is that of the given key."""

    as_of: datetime
    waivers: tuple[Waiver, ...]
    verified: bool

    def of(self, key: AssetKey) -> tuple[Waiver, ...]:
        """Those for one asset."""
        return tuple(one for one in self.waivers if one.asset == str(key))

    def finding(self, now: datetime) -> Finding:
        """What whoever reads a verdict made with it must know; louder where it is old or proves nothing."""
        age = "" if now < self.as_of + _FRESH else ", more than a day ago"
        proof = "signed" if self.verified else "not verified"
        number = len(self.waivers)
        held = f"{number} {'waiver' if number == 1 else 'waivers'}"
        message = f"Beside the rules' own, {held} of the store count as of {told(self.as_of)}{age}; {proof}."
        return FindingCode.WAIVERS_FROM_FILE.found(
            message,
            remedy="Take the file anew for each run, and set the key with which the catalog signs it.",
            level=Level.WARNING if age or not self.verified else Level.INFO,
        )


def write_waiver_list(waivers: Iterable[Waiver], now: datetime, *, key: BundleKey | None = None) -> bytes:
    """The file; not signed where no key is given."""
    told = {"type": TYPE, "asOf": _instant(now), "waivers": [_plain(one) for one in waivers]}
    if key is not None:
        told |= json.loads(signatures({_SIGNED: canonical_json(told)}, key))
    return json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"


def read_waiver_list(document: Document, *, key: BundleKey | None = None) -> WaiverList:
    """The waivers of the file, by id.

    Where a key is given the signature must be that key's. Raises `UsageError` with everything that is wrong.
    """
    read, findings = read_json(document, FOREIGN)
    if findings:
        raise UsageError(f"{document.path} is no file of waivers.", findings=findings)
    value = read[0].value
    if not isinstance(value, dict) or value.get("type") != TYPE or not isinstance(value.get("waivers"), list):
        raise UsageError(
            f"{document.path} is no file of waivers.",
            remedy="write it with `concord policy waivers --export`",
        )
    if key is not None:
        _verify(document.path, value, key)
    as_of = _read_instant(value.get("asOf"))
    faults = [*_faults(value["waivers"]), *([] if as_of else ["asOf is no instant with a zone"])]
    if faults or as_of is None:
        found = [FindingCode.WAIVER_INVALID.found(f"{one}.", remedy="Take the file anew.") for one in faults]
        raise UsageError(f"{document.path} holds what is no waiver.", findings=found)
    return WaiverList(as_of, tuple(map(_waiver, value["waivers"])), key is not None)


def _verify(path: str, value: Mapping[str, Any], key: BundleKey) -> None:
    signed = canonical_json({name: held for name, held in value.items() if name != "signatures"})
    proof = (
        {SIGNATURES: json.dumps({"signatures": value["signatures"]}).encode()}
        if "signatures" in value
        else {}
    )
    try:
        verified_files({_SIGNED: signed, **proof}, key)
    except BundleInvalid as error:
        raise UsageError(
            f"{path} is not what was signed with this key.",
            remedy="take the file anew from the catalog, and the key with which it signs",
        ) from error


def _plain(one: Waiver) -> dict[str, str]:
    found = {name: getattr(one, attribute) for attribute, name in _NAMES.items()}
    return {name: _instant(held) if isinstance(held, datetime) else held for name, held in found.items()}


def _faults(entries: list[Any]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or set(entry) != set(_NAMES.values()):
            yield f"Entry {number} does not hold just {', '.join(_NAMES.values())}"
        elif not all(isinstance(held, str) and (held or name == "path") for name, held in entry.items()):
            yield f"Entry {number} holds what is no text, or empty text"
        else:
            yield from _wrong(entry)


def _wrong(entry: Mapping[str, str]) -> Iterator[str]:
    try:
        AssetKey.parse(entry["asset"])
    except UsageError as error:
        yield f"{entry['id']}: {error.message.rstrip('.')}"
    if entry["requestedBy"] == entry["approvedBy"]:
        yield f"{entry['id']} is approved by who asked for it"
    created, expires = _read_instant(entry["created"]), _read_instant(entry["expires"])
    if created is None or expires is None or expires <= created:
        yield f"{entry['id']} does not end after it begins"


def _waiver(entry: Mapping[str, str]) -> Waiver:
    held: dict[str, Any] = {attribute: entry[name] for attribute, name in _NAMES.items()}
    return Waiver(**held | {name: datetime.fromisoformat(held[name]) for name in ("created", "expires")})


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _read_instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
