"""`concord policy build` and `verify`: rules as a file that a stock OPA loads, and whether it is what was signed."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from catalog.cli.command import add_command, folder
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.domain.errors import ConfigInvalid, UsageError


def add_to(inner: Any, shared: ArgumentParser) -> None:
    """`concord policy build` and `concord policy verify`."""
    parser = add_command(
        inner,
        shared,
        "build",
        run_build,
        help="write the rules as an OPA bundle, signed where the settings name a key",
        examples=["concord policy build policies --to bundle.tar.gz"],
    )
    parser.add_argument("folder", type=folder, help="a policies folder")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="where the bundle is written")
    parser = add_command(
        inner,
        shared,
        "verify",
        run_verify,
        help="check that a bundle is whole and signed with the key that the settings name",
        examples=["concord policy verify bundle.tar.gz"],
    )
    parser.add_argument("file", type=Path, help="a bundle")


def run_build(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the bundle is written; the same rules and key give the same bytes on every machine."""
    from catalog.bootstrap import Services
    from catalog.policy.archive import build_bundle
    from catalog.policy.load import load_bundle

    bundle = load_bundle(given.folder)
    key = Services(settings).bundle_key
    data = build_bundle(bundle, key=key)
    given.to.write_bytes(data)
    signed = key is not None
    output.document(
        {"revision": bundle.revision, "rules": len(bundle.rules), "bytes": len(data), "signed": signed}
    )
    output.line(
        f"{given.to}: {len(bundle.rules)} rules, {len(data):,} bytes, {'signed' if signed else 'not signed'}; "
        f"revision {bundle.revision}",
        "green",
    )
    return 0


def run_verify(given: Namespace, settings: Settings, output: Output) -> int:
    """0 when the signature is that of the key and covers every file."""
    from catalog.bootstrap import Services
    from catalog.policy.archive import verify_bundle

    key = Services(settings).bundle_key
    if key is None:
        remedy = "set CONCORD_POLICY_SIGNING_KEY_FILE to a public key, or CONCORD_POLICY_SIGNING_KEY"
        raise ConfigInvalid("The settings name no key.", remedy=remedy)
    if not given.file.is_file():
        raise UsageError(f"{str(given.file)!r} is no file.", remedy="name a bundle")
    manifest = verify_bundle(given.file.read_bytes(), key=key)
    output.document(manifest)
    rules = len(manifest["metadata"]["rules"])
    output.line(f"{given.file}: signed and whole, {rules} rules; revision {manifest['revision']}", "green")
    return 0
