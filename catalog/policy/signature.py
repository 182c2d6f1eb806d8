"""A bundle's `.signatures.json`: one JWT that names every file with its hash, as OPA verifies it."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from catalog.domain.errors import BundleInvalid
from catalog.domain.finding_code import FindingCode

SIGNATURES: Final = ".signatures.json"
KEY_ID: Final = "concord"
_HEADER: Final = {"alg": "HS256", "kid": KEY_ID, "typ": "JWT"}


def signatures(files: Mapping[str, bytes], key: str) -> bytes:
    """The signature file over all files, with HS256.

    JSON files must be as `archive.plain_json` writes them: OPA hashes what they say, not how they are written.
    """
    named = [
        {"algorithm": "SHA-256", "hash": hashlib.sha256(data).hexdigest(), "name": name}
        for name, data in sorted(files.items())
    ]
    signed = f"{_encoded(_HEADER)}.{_encoded({'files': named, 'keyid': KEY_ID})}"
    token = f"{signed}.{_text(_mac(signed, key))}"
    return json.dumps({"signatures": [token]}, separators=(",", ":")).encode()


def verified_files(files: Mapping[str, bytes], key: str) -> None:
    """Nothing where the signature holds and names exactly these files; raises `BundleInvalid` otherwise."""
    if SIGNATURES not in files:
        raise _refused("The bundle is not signed.")
    named = _named(files[SIGNATURES], key)
    for name in sorted((files.keys() - {SIGNATURES}) | named.keys()):
        if name not in named or name not in files:
            raise _refused(f"{name} is {'not signed' if name in files else 'signed and not there'}.")
        if not hmac.compare_digest(hashlib.sha256(files[name]).hexdigest(), named[name]):
            raise _refused(f"{name} is not what was signed.")


def _named(document: bytes, key: str) -> dict[str, str]:
    """Each file's hash, once the signature over them has been checked; only HS256 is read."""
    try:
        [token] = json.loads(document)["signatures"]
        signed, _, mac = token.rpartition(".")
        header, payload = (json.loads(_decoded(part)) for part in signed.split("."))
        if header["alg"] != "HS256":
            raise _refused(f"The bundle is signed with {header['alg']!r}, not with HS256.")
        if not hmac.compare_digest(_decoded(mac), _mac(signed, key)):
            raise _refused("The signature is not that of this key.")
        return {str(one["name"]).lstrip("/"): str(one["hash"]) for one in payload["files"]}
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise _refused("The signature cannot be read.") from error


def _mac(signed: str, key: str) -> bytes:
    return hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()


def _encoded(value: Any) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refused(message: str) -> BundleInvalid:
    remedy = "Take the bundle from where it was built, and the key of whoever signed it."
    return BundleInvalid(findings=[FindingCode.POLICY_BUNDLE_INVALID.found(message, remedy=remedy)])
