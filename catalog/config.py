"""Settings: the only reader of the environment.

Each setting is documented under its name in `docs/operations.md`; a law test keeps the two equal.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import inf
from pathlib import Path
from typing import Final

PREFIX = "CONCORD_"
_MINIMUM_SECRET_LENGTH = 32
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """Every knob with its default; environment variables are `CONCORD_` and the name in capitals."""

    cache_root: str = ".concord/cache"
    data_root: str = "."
    database_url: str = "sqlite:///.concord/catalog.db"
    demo: bool = False
    engine_deadline_seconds: float = 30.0
    engine_memory_mb: int = 2048
    engine_workers: int = 2
    host: str = "127.0.0.1"
    opa_binary: str = "opa"
    opa_ca_file: str = ""
    opa_token: str = ""
    opa_url: str = ""
    policies: str = ""
    policy_audit_seconds: float = 60.0
    policy_deadline_seconds: float = 5.0
    policy_engine: str = "embedded"
    policy_shadow_engine: str = ""
    policy_signing_key: str = ""
    policy_signing_key_file: str = ""
    port: int = 8321
    result_cache_mb: int = 64
    secret: str = ""
    token: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read `CONCORD_*`; raises `ValueError` naming the variable and what it should hold."""
        given = os.environ if environment is None else environment
        values = {
            field.name: _read(str(field.type), variable, given[variable])
            for field in fields(cls)
            if (variable := PREFIX + field.name.upper()) in given
        }
        return cls(**values)  # type: ignore[arg-type]  # _read returns what the field's type says

    def faults(self) -> list[str]:
        """What keeps a server from starting with these settings, in sentences; empty when it may start."""
        found = []
        if self.policy_engine not in {"embedded", "opa"}:
            found.append(f"CONCORD_POLICY_ENGINE is {self.policy_engine!r}: set embedded or opa.")
        if self.policy_shadow_engine not in {"", "embedded", "opa"} - {self.policy_engine}:
            found.append(
                f"CONCORD_POLICY_SHADOW_ENGINE is {self.policy_shadow_engine!r}: name the engine that is not "
                "CONCORD_POLICY_ENGINE, or leave it out."
            )
        if "opa" in {self.policy_engine, self.policy_shadow_engine} and not self.opa_url:
            found.append("CONCORD_OPA_URL is not set: name the OPA server, as http://127.0.0.1:8181.")
        if self.policy_signing_key and self.policy_signing_key_file:
            found.append(
                "CONCORD_POLICY_SIGNING_KEY and CONCORD_POLICY_SIGNING_KEY_FILE are both set: keep one."
            )
        if self.demo and self.host not in {"127.0.0.1", "::1", "localhost"}:
            found.append("CONCORD_DEMO serves on loopback only: unset CONCORD_HOST.")
        if self.port > _LAST_PORT:
            found.append(f"CONCORD_PORT is {self.port}: set a port up to {_LAST_PORT}.")
        if not self.demo and len(self.secret) < _MINIMUM_SECRET_LENGTH:
            found.append("CONCORD_SECRET is missing or shorter than 32 characters: set a random one.")
        if not Path(self.data_root).is_dir():
            found.append(
                f"CONCORD_DATA_ROOT is {self.data_root!r}, which is no directory: name the data's root."
            )
        return found


def _read(kind: str, variable: str, text: str) -> object:
    reader, wanted = _READERS[kind.replace("<class '", "").replace("'>", "")]
    try:
        return reader(text)
    except ValueError as error:
        raise ValueError(f"{variable} is {text!r}, which is not {wanted}") from error


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes"}:
        return True
    if text.lower() in {"", "0", "false", "no"}:
        return False
    raise ValueError(text)


def _whole(text: str) -> int:
    return int(_above_zero(int(text)))


def _amount(text: str) -> float:
    return _above_zero(float(text))


def _above_zero(number: float) -> float:
    if not 0 < number < inf:
        raise ValueError(number)
    return number


_READERS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "bool": (_flag, "true or false"),
    "float": (_amount, "a number above 0"),
    "int": (_whole, "a whole number above 0"),
    "str": (str, "text"),
}
