"""Signs decision records with a shared secret (HMAC-SHA256)."""

import hashlib
import hmac


class HmacSigner:
    """Whoever holds the secret can verify; the secret never leaves the process."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"concord decision record\0" + secret.encode()).digest()

    @property
    def key_id(self) -> str:
        """The first characters of the key's own digest."""
        return hashlib.sha256(self._key).hexdigest()[:16]

    def sign(self, payload: bytes) -> str:
        """`hmac-sha256:<hex>`."""
        return "hmac-sha256:" + hmac.new(self._key, payload, hashlib.sha256).hexdigest()

    def verify(self, payload: bytes, signature: str) -> bool:
        """Constant-time comparison."""
        return hmac.compare_digest(self.sign(payload), signature)
