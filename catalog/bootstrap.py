"""The only wiring: settings in, working parts out, each made when it is first asked for."""

import platform
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.adapters.clock import SystemClock
from catalog.adapters.signer import HmacSigner
from catalog.config import Settings
from catalog.domain.clock import Clock
from catalog.domain.errors import ConfigInvalid
from catalog.resources import resource_directory

if TYPE_CHECKING:
    from catalog.engine.pool import EnginePool
    from catalog.engine.result_cache import ResultCache
    from catalog.engine.rollup_files import RollupFiles
    from catalog.engine.source import RootedLocator
    from catalog.policy.bundle import Bundle
    from catalog.policy.ports import PolicyEngine
    from catalog.policy.signature import BundleKey
    from catalog.publishing.active_policies import ActivePolicies
    from catalog.publishing.ports import Gate
    from catalog.store.unit_of_work import Store

_DEMO_SECRET = "the demo signs with this and serves on loopback only"


class Services:
    """The parts of one running catalog; `close` ends every process and connection they started."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.policy_differences = 0

    @cached_property
    def store(self) -> "Store":
        """The metadata store; raises `StoreSchemaOutdated` when its schema is not this version's."""
        from catalog.store.revision import require_current
        from catalog.store.unit_of_work import Store

        require_current(self.settings.database_url)
        return Store(self.settings.database_url, self.clock)

    @cached_property
    def sql_engine(self) -> "EnginePool":
        """The fenced pool in which all SQL over data runs."""
        from catalog.engine.pool import EnginePool

        return EnginePool(workers=self.settings.engine_workers, memory_mb=self.settings.engine_memory_mb)

    @cached_property
    def rollup_files(self) -> "RollupFiles":
        """Where pre-aggregations are kept."""
        from catalog.engine.rollup_files import RollupFiles

        return RollupFiles(Path(self.settings.cache_root) / "rollups")

    @cached_property
    def result_cache(self) -> "ResultCache":
        """Answers of governed reads that were computed once."""
        from catalog.engine.result_cache import ResultCache

        return ResultCache(self.settings.result_cache_mb << 20)

    @cached_property
    def locator(self) -> "RootedLocator":
        """Finds data under the declared root and nowhere else."""
        from catalog.engine.source import RootedLocator

        return RootedLocator(Path(self.settings.data_root))

    @cached_property
    def policy_engine(self) -> "PolicyEngine":
        """The embedded engine, or the OPA server where the settings name one; two of them where they say so."""
        engine = self._engine(self.settings.policy_engine, "CONCORD_POLICY_ENGINE")
        if not self.settings.policy_shadow_engine:
            from catalog.adapters.remembering_engine import RememberingEngine

            return RememberingEngine(engine)
        from catalog.adapters.paired_engine import PairedEngine

        beside = self._engine(self.settings.policy_shadow_engine, "CONCORD_POLICY_SHADOW_ENGINE")
        return PairedEngine(engine, beside, self._engines_differ)

    def _engine(self, name: str, setting: str) -> "PolicyEngine":
        if name == "opa":
            from catalog.adapters.opa_server import OpaServer

            return OpaServer(
                self.settings.opa_url,
                token=self.settings.opa_token,
                ca_file=self.settings.opa_ca_file,
                catalog=self._identity,
            )
        if name != "embedded":
            raise ConfigInvalid(f"{setting} is {name!r}.", remedy="set embedded or opa")
        from catalog.adapters.rego_embedded import EmbeddedRego

        return EmbeddedRego()

    @property
    def _identity(self) -> str:
        """What tells this catalog from others: its store, and for a file the machine that has it."""
        url, file = self.settings.database_url, self.settings.database_url.removeprefix("sqlite:///")
        return url if file == url else f"{platform.node()}:{Path(file).resolve()}"

    def _engines_differ(self, revision: str, first: str, second: str, views: int) -> None:
        """Tell of two engines that do not agree; what is told is committed with nothing else."""
        from catalog.access.actor import SYSTEM
        from catalog.domain.event import Event, EventType
        from catalog.publishing.bundles.alarm import sound

        self.policy_differences += 1
        detail = {"engines": [first, second], "views": views}
        sound(Event(EventType.POLICY_ENGINES_DIFFER, None, revision, detail), SYSTEM, self.store.open)

    @cached_property
    def bundle(self) -> "Bundle":
        """The rules of the configured folder, or those that came with the package."""
        from catalog.policy.load import load_bundle

        folder = Path(self.settings.policies) if self.settings.policies else resource_directory("policies")
        return load_bundle(folder)

    @cached_property
    def bundle_key(self) -> "BundleKey | None":
        """Signs and verifies policy bundles; None where the settings name no key."""
        from catalog.policy.signature import SharedKey

        if self.settings.policy_signing_key_file:
            from catalog.adapters.pem_key import PemKey

            return PemKey(Path(self.settings.policy_signing_key_file))
        secret = self.settings.policy_signing_key
        return SharedKey(secret) if secret else None

    @cached_property
    def policies(self) -> "ActivePolicies":
        """The bundle in force at each point: the store's, or the folder's where none was ever activated."""
        from catalog.publishing.active_policies import ActivePolicies

        return ActivePolicies(self.store.open, lambda: self.bundle)

    @cached_property
    def signer(self) -> HmacSigner:
        """Signs decision records; only the demo may sign without a secret of its own."""
        if not (self.settings.secret or self.settings.demo):
            raise ConfigInvalid(
                "CONCORD_SECRET is not set.", remedy="set a random one of 32 characters or more"
            )
        return HmacSigner(self.settings.secret or _DEMO_SECRET)

    @cached_property
    def gate(self) -> "Gate":
        """Everything the gate works with."""
        from catalog.adapters.rego_tests import run_rego_coverage
        from catalog.publishing.ports import Gate

        return Gate(
            open_unit=self.store.open,
            clock=self.clock,
            policies=self.policies,
            policy_engine=self.policy_engine,
            policy_tests=run_rego_coverage,
            sql_engine=self.sql_engine,
            locator=self.locator,
            signer=self.signer,
            policy_deadline_seconds=self.settings.policy_deadline_seconds,
            quality_deadline_seconds=self.settings.engine_deadline_seconds,
        )

    def close(self) -> None:
        """End what was started, in the order that nothing waits for what is gone."""
        for name in ("sql_engine", "policy_engine", "store"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()

    def __enter__(self) -> "Services":
        """Use as a block that closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
