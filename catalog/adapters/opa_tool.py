"""OPA's own command line tool, where it is installed: formatting, which nobody else does as it does."""

import subprocess
from pathlib import Path
from typing import Final

from catalog.domain.errors import ConfigInvalid, PolicyUnavailable, UsageError

_SECONDS: Final = 60


def format_rules(folder: Path, binary: str, *, check: bool) -> tuple[str, ...]:
    """Files of the folder that are not as OPA writes them; they are rewritten unless it is a check.

    Raises `ConfigInvalid` where the tool is not there, `UsageError` with its words for what it cannot read.
    """
    names = _run(binary, ["fmt", "--list", str(folder)])
    if names and not check:
        _run(binary, ["fmt", "--write", str(folder)])
    return tuple(sorted(names))


def _run(binary: str, words: list[str]) -> list[str]:
    try:
        ran = subprocess.run(  # noqa: S603  # the tool that the settings name, with words of our own
            [binary, *words], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ConfigInvalid(
            f"{binary!r} is no OPA that can be run.", remedy="install OPA, or name it in CONCORD_OPA_BINARY"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise PolicyUnavailable("OPA's tool did not end") from error
    if ran.returncode != 0:
        raise UsageError(
            f"OPA cannot read the rules: {ran.stderr.strip()[:500]}", remedy="mend the Rego first"
        )
    return ran.stdout.split()
