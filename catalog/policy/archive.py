"""A bundle as a file that a stock OPA loads: the same rules and parameters always give the same bytes.

It holds the rules, the parameters as `data.json`, the entrypoint that the catalog itself asks, `.manifest`, and
with a key `.signatures.json`, as `opa build --signing-key` writes it. Nothing in it depends on the machine: no
times, no owners, names in order, and the data is stored, for compressors differ from one another.
"""

import gzip
import io
import json
import struct
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Bundle
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.portable import package_segment
from catalog.policy.signature import SIGNATURES, BundleKey, signatures, verified_files

MAX_BYTES: Final = 32 * 1024 * 1024
MANIFEST: Final = ".manifest"
DATA: Final = "data.json"
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED_BYTES: Final = 65_535


def build_bundle(bundle: Bundle, *, key: BundleKey | None = None) -> bytes:
    """The bundle as tar.gz, signed where a key is given.

    Raises `BundleInvalid` when the roots of two owners overlap.
    """
    files = {module.path: module.source.encode() for module in (*bundle.modules, entrypoint(bundle))}
    files |= {DATA: plain_json(bundle.data), MANIFEST: plain_json(manifest_of(bundle))}
    if key is not None:
        files[SIGNATURES] = signatures(files, key)
    return _zipped(_tarred(files))


def manifest_of(bundle: Bundle) -> dict[str, Any]:
    """What OPA reads first: the revision, whose paths these are, and the ids of the rules."""
    roots = roots_of(bundle)
    overlapping = overlaps(one for owned in roots.values() for one in owned)
    if overlapping:
        message = f"Two owners would write below one root: {', '.join(overlapping)}."
        finding = FindingCode.POLICY_RULE_INVALID.found(message, remedy="Give each a root of its own.")
        raise BundleInvalid(findings=[finding])
    return {
        "metadata": {"rules": sorted(rule.id for rule in bundle.rules)},
        "rego_version": 1,
        "revision": bundle.revision,
        "roots": sorted(one for owned in roots.values() for one in owned),
    }


def roots_of(bundle: Bundle) -> dict[str, tuple[str, ...]]:
    """The paths under `data` that each owner writes, by domain; "" is the organisation, with the entrypoint."""
    segments = {package_segment(rule.domain) for rule in bundle.rules if rule.domain} | set(
        bundle.data.get("domains", {})
    )
    roots: dict[str, tuple[str, ...]] = {"": ("org", "governance/org", PACKAGE.replace(".", "/"))}
    return roots | {one: (f"domains/{one}", f"governance/domains/{one}") for one in sorted(segments)}


def overlaps(roots: Iterable[str]) -> tuple[str, ...]:
    """Roots that are equal to another or lie below it, path by path: `a` holds `a/b`, not `ab`."""
    return tuple(
        f"{one} and {other}"
        for one, other in combinations(sorted(roots), 2)
        if not one or f"{other}/".startswith(f"{one}/")
    )


def verify_bundle(archive: bytes, *, key: BundleKey) -> dict[str, Any]:
    """The manifest of a bundle whose signature is that of `key` and covers every file of it.

    Raises `BundleInvalid` saying what does not hold.
    """
    files = unpacked(archive)
    verified_files(files, key)
    manifest: dict[str, Any] = json.loads(files[MANIFEST])
    return manifest


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of a bundle by name; raises `BundleInvalid` for what is none or too large."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(archive)) as stream:
            plain = stream.read(MAX_BYTES + 1)
        if len(plain) > MAX_BYTES:
            raise _invalid(f"The bundle is larger than {MAX_BYTES:,} bytes.")
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            files = dict(_members(tar))
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise _invalid("This is no bundle: no tar.gz can be read.") from error
    if MANIFEST not in files:
        raise _invalid("The bundle has no manifest.")
    return files


def plain_json(value: Any) -> bytes:
    """JSON as OPA writes it where it hashes: keys in order, no blanks, text as it is."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        held = tar.extractfile(member) if member.isreg() else None
        if held is None:
            raise _invalid(f"{member.name!r} in the bundle is no file.")
        yield member.name.lstrip("/"), held.read()


def _tarred(files: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(files.items()):
            one = tarfile.TarInfo(f"/{name}")
            one.size, one.mode = len(data), 0o600
            tar.addfile(one, io.BytesIO(data))
    return whole.getvalue()


def _zipped(data: bytes) -> bytes:
    """A gzip file of stored blocks, written out here: what a compressor makes of data is its own choice."""
    blocks = []
    for start in range(0, max(1, len(data)), _STORED_BYTES):
        block = data[start : start + _STORED_BYTES]
        is_last = start + _STORED_BYTES >= len(data)
        blocks.append(struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block)
    return b"".join([_GZIP_HEADER, *blocks, struct.pack("<II", zlib.crc32(data), len(data))])


def _invalid(message: str) -> BundleInvalid:
    finding = FindingCode.POLICY_BUNDLE_INVALID.found(message, remedy="Build it with `concord policy build`.")
    return BundleInvalid(findings=[finding])
