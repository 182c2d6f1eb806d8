"""A bundle's `.signatures.json`: one JWT that names every file with its hash, as OPA verifies it."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding_code import FindingCode

SIGNATURES: Final = ".signatures.json"
KEY_ID: Final = "concord"


class BundleKey(Protocol):
    """What signs bundles and says whether a signature is its own."""

    @property
    def algorithm(self) -> str:
        """By JWT's name, as HS256."""

    def sign(self, data: bytes) -> bytes:
        """The signature; always the same over the same data."""

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether it is that of this key over the data."""


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A secret that signs and verifies (HS256)."""

    secret: str = field(repr=False)
    algorithm: str = "HS256"

    def sign(self, data: bytes) -> bytes:
        """HMAC with SHA-256."""
        return hmac.new(self.secret.encode(), data, hashlib.sha256).digest()

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(signature, self.sign(data))


def signatures(files: Mapping[str, bytes], key: BundleKey) -> bytes:
    """The signature file over all files, with the key's algorithm.

    JSON files must be as `archive.plain_json` writes them: OPA hashes what they say, not how they are written.
    """
    named = [
        {"algorithm": "SHA-256", "hash": hashlib.sha256(data).hexdigest(), "name": name}
        for name, data in sorted(files.items())
    ]
    header = {"alg": key.algorithm, "kid": KEY_ID, "typ": "JWT"}
    signed = f"{_encoded(header)}.{_encoded({'files': named, 'keyid': KEY_ID})}"
    token = f"{signed}.{_text(key.sign(signed.encode()))}"
    return json.dumps({"signatures": [token]}, separators=(",", ":")).encode()


def verified_files(files: Mapping[str, bytes], key: BundleKey) -> None:
    """Nothing where the signature holds and names exactly these files; raises `BundleInvalid` otherwise."""
    if SIGNATURES not in files:
        raise _refused("The bundle is not signed.")
    named = _named(files[SIGNATURES], key)
    for name in sorted((files.keys() - {SIGNATURES}) | named.keys()):
        if name not in named or name not in files:
            raise _refused(f"{name} is {'not signed' if name in files else 'signed and not there'}.")
        if not hmac.compare_digest(hashlib.sha256(files[name]).hexdigest(), named[name]):
            raise _refused(f"{name} is not what was signed.")


def _named(document: bytes, key: BundleKey) -> dict[str, str]:
    """Each file's hash, once the signature over them has been checked; only the key's own algorithm is read."""
    try:
        [token] = json.loads(document)["signatures"]
        signed, _, mac = token.rpartition(".")
        header, payload = (json.loads(_decoded(part)) for part in signed.split("."))
        if header["alg"] != key.algorithm:
            raise _refused(f"The bundle is signed with {header['alg']!r}, not with {key.algorithm}.")
        if not key.holds(signed.encode(), _decoded(mac)):
            raise _refused("The signature is not that of this key.")
        return {str(one["name"]).lstrip("/"): str(one["hash"]) for one in payload["files"]}
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise _refused("The signature cannot be read.") from error


def _encoded(value: Any) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refused(message: str) -> BundleInvalid:
    remedy = "Take the bundle from where it was built, and the key of whoever signed it."
    return BundleInvalid(findings=[FindingCode.POLICY_BUNDLE_INVALID.found(message, remedy=remedy)])
