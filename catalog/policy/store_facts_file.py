"""The file with what the store knows and CI does not.

`{"type": "concord.waivers.v2", "asOf": instant, "domains": [name, …] or null for all, "waivers": [{"id": …, "rule":
…, …}], "published": {asset: instant, …}, "signatures": [token]}`. `waivers` are those approved, `published` tells
when assets were first published, both of the named domains. The signature, where there is one, covers everything
else and is made as a bundle's. A file of version 1 has neither `domains` nor `published`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from catalog.domain.document import Document
from catalog.domain.errors import BundleInvalid, UsageError
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.manifests.digest import canonical_json
from catalog.manifests.json_document import read_json
from catalog.manifests.loader import OWN
from catalog.policy.signature import SIGNATURES, BundleKey, signatures, verified_files
from catalog.policy.store_facts import StoreFacts
from catalog.policy.waiver import Waiver

_FAMILY: Final = "concord.waivers.v"
_FIRST: Final = f"{_FAMILY}1"
_TYPE: Final = f"{_FAMILY}2"
_SIGNED: Final = "waivers.json"
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


def write_store_facts(facts: StoreFacts, *, key: BundleKey | None = None) -> bytes:
    """The file; not signed where no key is given."""
    plain = {
        "type": _TYPE,
        "asOf": _instant(facts.as_of),
        "domains": None if facts.domains is None else sorted(facts.domains),
        "waivers": [_plain(one) for one in facts.waivers],
        "published": {name: _instant(at) for name, at in sorted((facts.published or {}).items())},
    }
    if key is not None:
        plain |= json.loads(signatures({_SIGNED: canonical_json(plain)}, key))
    return json.dumps(plain, indent=2, ensure_ascii=False).encode() + b"\n"


def read_store_facts(document: Document, *, key: BundleKey | None = None) -> StoreFacts:
    """What the file tells, of this version or the one before.

    Where a key is given the signature must be that key's. Raises `UsageError` with everything that is wrong.
    """
    value = _read(document)
    if key is not None:
        _verify(document.path, value, key)
    is_first = value["type"] == _FIRST
    faults = [*_faults(value["waivers"]), *([] if is_first else _unread(value))]
    as_of = _read_instant(value.get("asOf"))
    if as_of is None:
        faults.append("asOf is no instant with a zone")
    if faults or as_of is None:
        found = [FindingCode.WAIVER_INVALID.found(f"{one}.", remedy="Take the file anew.") for one in faults]
        raise UsageError(f"{document.path} holds what no catalog writes.", findings=found)
    waivers = tuple(map(_waiver, value["waivers"]))
    if is_first:
        return StoreFacts(as_of, waivers, None, None, key is not None)
    published = {name: datetime.fromisoformat(at) for name, at in value["published"].items()}
    domains = None if value["domains"] is None else frozenset(value["domains"])
    return StoreFacts(as_of, waivers, published, domains, key is not None)


def _read(document: Document) -> dict[str, Any]:
    read, findings = read_json(document, OWN)
    value = read[0].value if read else None
    if (
        isinstance(value, dict)
        and value.get("type") in {_FIRST, _TYPE}
        and isinstance(value.get("waivers"), list)
    ):
        return value
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind.startswith(_FAMILY) and kind not in {_FIRST, _TYPE}:
        raise UsageError(
            f"{document.path} is a file of waivers of another version, {kind[:40]!r}.",
            remedy="use the Concord with which the catalog is served",
        )
    raise UsageError(
        f"{document.path} is no file of waivers.",
        remedy="write it with `concord policy waivers --export`",
        findings=findings,
    )


def _verify(path: str, value: Mapping[str, Any], key: BundleKey) -> None:
    facts = {name: held for name, held in value.items() if name != "signatures"}
    proof = (
        {SIGNATURES: json.dumps({"signatures": value["signatures"]}).encode()}
        if "signatures" in value
        else {}
    )
    try:
        verified_files({_SIGNED: canonical_json(facts), **proof}, key)
    except (BundleInvalid, ValueError) as error:  # a value that cannot be written was never signed
        raise UsageError(
            f"{path} is not what was signed with this key.",
            remedy="take the file anew from the catalog, and the key with which it signs",
        ) from error


def _plain(one: Waiver) -> dict[str, str]:
    found = {name: getattr(one, attribute) for attribute, name in _NAMES.items()}
    return {name: _instant(held) if isinstance(held, datetime) else held for name, held in found.items()}


def _faults(entries: Collection[Any]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or set(entry) != set(_NAMES.values()):
            yield f"Entry {number} does not hold just {', '.join(_NAMES.values())}"
        elif not all(isinstance(held, str) and (held or name == "path") for name, held in entry.items()):
            yield f"Entry {number} holds what is no text, or empty text"
        else:
            yield from _wrong(entry)


def _wrong(entry: Mapping[str, str]) -> Iterator[str]:
    yield from _no_asset(entry["asset"], entry["id"])
    if entry["requestedBy"] == entry["approvedBy"]:
        yield f"{entry['id']} is approved by who asked for it"
    created, expires = _read_instant(entry["created"]), _read_instant(entry["expires"])
    if created is None or expires is None or expires <= created:
        yield f"{entry['id']} does not end after it begins"


def _unread(value: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what version 1 has not."""
    domains, published = value.get("domains", ""), value.get("published")
    is_list = isinstance(domains, list) and all(isinstance(one, str) for one in domains)
    if domains is not None and not is_list:
        yield "domains is no list of names, and not null"
    if not isinstance(published, dict):
        yield "published is no mapping of assets"
        return
    for name, at in published.items():
        yield from _no_asset(name, "published")
        if _read_instant(at) is None:
            yield f"published of {name[:80]} is no instant with a zone"


def _no_asset(name: str, where: str) -> Iterator[str]:
    try:
        AssetKey.parse(name)
    except UsageError as error:
        yield f"{where}: {error.message.rstrip('.')}"


def _waiver(entry: Mapping[str, str]) -> Waiver:
    held: dict[str, Any] = {attribute: entry[name] for attribute, name in _NAMES.items()}
    return Waiver(**held | {name: datetime.fromisoformat(held[name]) for name in ("created", "expires")})


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _read_instant(text: object) -> datetime | None:
    """The instant in UTC; None where it is none, or none that the calendar of UTC holds."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
