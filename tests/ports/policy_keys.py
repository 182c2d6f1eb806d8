"""Keys of the curve P-256 in files, made anew."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec


def key_files(folder: Path, curve: ec.EllipticCurve | None = None) -> tuple[Path, Path]:
    """A private key and its public one, as PEM."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(curve or ec.SECP256R1())
    private, public = folder / "private.pem", folder / "public.pem"
    kept = form.NoEncryption()
    private.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, kept))
    told = form.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(form.Encoding.PEM, told))
    return private, public
