"""Signs bundles with a private key of the curve P-256 (ES256): whoever verifies cannot sign."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from catalog.domain.errors import ConfigInvalid

_BYTES: Final = 32
# The same data has one signature, so that the same rules are the same bundle.
_HOW: Final = ec.ECDSA(SHA256(), deterministic_signing=True)
_REMEDY: Final = "Name a PEM file with a key of the curve P-256, private to sign, public to verify."


class PemKey:
    """A `BundleKey` from a PEM file; a private key also verifies, a public one only verifies.

    Raises `ConfigInvalid` for a file that is none; what stands in it is never told.
    """

    algorithm = "ES256"

    def __init__(self, file: Path) -> None:
        self._file = file
        self._private, self._public = _read(file)

    def sign(self, data: bytes) -> bytes:
        """Both numbers of the signature, 32 bytes each; raises `ConfigInvalid` for a public key."""
        if self._private is None:
            raise ConfigInvalid(f"{self._file} holds a public key, which signs nothing.", remedy=_REMEDY)
        numbers = decode_dss_signature(self._private.sign(data, _HOW))
        return b"".join(one.to_bytes(_BYTES, "big") for one in numbers)

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature is that of this key over the data."""
        r, s = (int.from_bytes(one, "big") for one in (signature[:_BYTES], signature[_BYTES:]))
        try:
            self._public.verify(encode_dss_signature(r, s), data, _HOW)
        except InvalidSignature:
            return False
        return len(signature) == 2 * _BYTES


def _read(file: Path) -> tuple[ec.EllipticCurvePrivateKey | None, ec.EllipticCurvePublicKey]:
    try:
        text = file.read_bytes()
        is_private = b"PRIVATE KEY" in text
        key = load_pem_private_key(text, None) if is_private else load_pem_public_key(text)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigInvalid(f"{file} holds no key that can be read.", remedy=_REMEDY) from None
    private = key if isinstance(key, ec.EllipticCurvePrivateKey) else None
    public = private.public_key() if private else key
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise ConfigInvalid(f"{file} holds a key of another kind.", remedy=_REMEDY)
    return private, public
