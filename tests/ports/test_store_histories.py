"""Any history of registering, publishing, ending and rolling back, held against a model of a few dictionaries."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from ports.store_examples import (
    ANA,
    NOON,
    StandingClock,
    key,
    product_draft,
    register,
    sqlite_url,
    write_publication,
)

from catalog.domain.draft import Draft
from catalog.domain.errors import StaleRowVersion, VersionExists
from catalog.domain.identity import AssetKind
from catalog.domain.lifecycle import Status, is_served, may_become
from catalog.domain.version import Version
from catalog.registry.ports import PublishedVersion
from catalog.store import migrate
from catalog.store.projections.assets import Assets
from catalog.store.unit_of_work import Store

NAMES = ("orders", "returns")
VERSIONS = ("1.0.0", "1.0.1", "1.10.0", "2.0.0-rc.1", "2.0.0")
DRAFTS = {(name, version): product_draft(name, version=version) for name in NAMES for version in VERSIONS}
EVERYWHERE = frozenset({"*"})


class Histories(RuleBasedStateMachine):
    """The store on the left, the model on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = sqlite_url(Path(self.folder.name))
        migrate.upgrade(url)
        self.store = Store(url, StandingClock())
        self.latest: dict[str, Draft] = {}
        self.versions: dict[tuple[str, str], PublishedVersion] = {}
        self.row_versions: dict[str, int] = {}
        self.records = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(name=st.sampled_from(NAMES), version=st.sampled_from(VERSIONS))
    def register(self, name: str, version: str) -> None:
        register(self.store, DRAFTS[name, version])
        self.latest[name] = DRAFTS[name, version]
        self.records += 1

    @rule(name=st.sampled_from(NAMES), version=st.sampled_from(VERSIONS), lost=st.booleans())
    def publish(self, name: str, version: str, lost: bool) -> None:
        draft = DRAFTS[name, version]
        with self.store.open(ANA) as unit:
            if (name, version) in self.versions:
                with pytest.raises(VersionExists):
                    write_publication(unit, draft)
                return
            published = write_publication(unit, draft)
            if lost:
                return
            unit.commit()
        self.versions[name, version] = published
        self.latest[name] = draft
        self.row_versions[name] = self.row_versions.get(name, 0) + 1
        self.records += 1

    @rule(data=st.data(), status=st.sampled_from(Status))
    def change(self, data: st.DataObject, status: Status) -> None:
        if not self.versions:
            return
        at = data.draw(st.sampled_from(sorted(self.versions)))
        version = self.versions[at]
        if not may_become(version.status, status):
            return
        changed = replace(version, status=status, deprecated_at=NOON, notice=f"now {status}")
        with self.store.open(ANA) as unit:
            unit.versions.change(changed)
            unit.record("version.change", str(version.key), {"status": status})
            unit.commit()
        self.versions[at] = changed
        self.records += 1

    @rule(name=st.sampled_from(NAMES), expected=st.integers(0, 3))
    def advance(self, name: str, expected: int) -> None:
        current = self.row_versions.get(name, 0)
        with self.store.open(ANA) as unit:
            if expected != current:
                with pytest.raises(StaleRowVersion):
                    unit.advance(self.key(name), expected)
                return
            assert unit.advance(self.key(name), expected) == current + 1
            unit.record("asset.advance", name, {})
            unit.commit()
        self.row_versions[name] = current + 1
        self.records += 1

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        with self.store.open(ANA, read_only=True) as unit:
            for name in NAMES:
                assert unit.row_version(self.key(name)) == self.row_versions.get(name, 0)
                assert unit.drafts.latest(self.key(name)) == self.latest.get(name)
                stored = {one.version: one for one in unit.versions.of(self.key(name))}
                assert stored == {version: one for (of, version), one in self.versions.items() if of == name}
            served = {(one.key.name, one.version) for one in unit.versions.served()}
        assert served == {at for at, one in self.versions.items() if is_served(one.status)}
        assert self.store.verify_audit().rows == self.records

    @invariant()
    def lists_show_what_is_offered(self) -> None:
        shown = self.store.read(ANA, Assets(AssetKind.DATA_PRODUCT))
        assert [(row.key.name, row.version, row.status) for row in shown] == [
            offer for name in NAMES if (offer := self.offered(name))
        ]
        inside = self.store.read(ANA, Assets(AssetKind.DATA_PRODUCT, drafts_in=EVERYWHERE))
        assert {row.key.name: row.digest for row in inside} == {
            name: DRAFTS[name, offer[1]].digest if (offer := self.offered(name)) else draft.digest
            for name, draft in self.latest.items()
        }

    def offered(self, name: str) -> tuple[str, str, Status] | None:
        def worth(one: PublishedVersion) -> tuple[Any, ...]:
            parsed = Version.parse(one.version)
            assert parsed is not None
            return one.status is Status.ACTIVE, not parsed.prerelease, parsed.sort_key()

        own = [one for (of, _), one in self.versions.items() if of == name and is_served(one.status)]
        best = max(own, key=worth, default=None)
        return None if best is None else (name, best.version, best.status)

    @staticmethod
    def key(name: str) -> Any:
        return key(f"data_product:sales.{name}")


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=10, stateful_step_count=12, suppress_health_check=list(HealthCheck)
)
