"""Many metrics of one manifest are registered in a few statements, and findings are told where they belong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flows.publishing_mesh import OLGA, RULE, Mesh, open_engines, open_mesh, write_policies
from sqlalchemy import Engine, event

from catalog.domain.document import Document
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.publishing.review import registration_review
from catalog.registry.drafts import draft_from, drafts_of
from catalog.registry.ownership import in_domain
from catalog.registry.register import Registration, register

MODEL = """
semantic_models:
- name: orders
  model: ref('orders')
  config: {meta: {domain: sales, product: sales.orders}}
  entities: [{name: order, type: primary, expr: order_id}]
  defaults: {agg_time_dimension: ordered_at}
  dimensions: [{name: ordered_at, type: time, type_params: {time_granularity: day}}]
  measures: [{name: amount, agg: sum, expr: amount}, {name: orders, agg: count, expr: "1"}]
metrics:
"""


def many(number: int, named: str = "metric") -> Manifest:
    """Simple metrics, and ratios of the first two of them; none has an owner."""
    simple = "- {{name: {named}_{n}, type: simple, type_params: {{measure: {measure}}}}}\n"
    ratio = "- {{name: {named}_{n}, type: ratio, type_params: {{numerator: {named}_0, denominator: {named}_1}}}}\n"
    metrics = "".join(
        (ratio if n > 1 and n % 2 else simple).format(n=n, named=named, measure=("amount", "orders")[n % 2])
        for n in range(number)
    )
    return in_domain(read([Document("m.yaml", (MODEL + metrics).encode())]), "sales")


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    folder = tmp_path_factory.mktemp("many")
    write_policies(folder / "policies", RULE)
    with open_engines() as engines, open_mesh(folder, f"sqlite:///{folder}/catalog.db", engines) as opened:
        yield opened


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that reaches a database in the block."""
    seen: list[str] = []

    def remember(*given: Any) -> None:
        seen.append(given[2])

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", remember)


def registered(mesh: Mesh, manifest: Manifest) -> tuple[Registration, ...]:
    review = registration_review(OLGA, mesh.gate)
    return register(manifest, OLGA, mesh.store.open, mesh.clock, review=review)


def test_registering_costs_as_many_statements_for_many_metrics_as_for_a_few(mesh: Mesh) -> None:
    with statements() as few:
        registered(mesh, many(4))
    with statements() as more:
        found = registered(mesh, many(200, "other"))
    assert [one.stored for one in found].count(True) == len(found) == 200
    assert len(more) == len(few), (few, more)
    with statements() as again:
        assert not any(one.stored for one in registered(mesh, many(200, "other")))
    assert len(again) < len(few)


def test_what_is_said_about_one_metric_is_told_with_no_other(mesh: Mesh) -> None:
    for one in registered(mesh, many(6)):
        own = [found.message for found in one.findings if found.code == "ORG-OWN-001"]
        assert own == [f"{one.key.qualified_name} names no owner."]


def test_a_draft_read_again_is_the_one_that_was_registered_with_others(mesh: Mesh) -> None:
    drafts, _ = drafts_of(many(20))
    for draft in drafts:
        assert draft_from(draft.documents, draft.key) == draft
    registered(mesh, many(20))
    with mesh.store.open(OLGA, read_only=True) as unit:
        for draft in drafts:
            found = unit.drafts.latest(draft.key)
            assert found is not None
            assert (found.digest, found.content) == (draft.digest, draft.content)
