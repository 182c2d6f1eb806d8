"""Drafts are content-addressed and hold only what they need."""

from dataclasses import replace

import pytest
from flows.publishing_mesh import GMV, ORDERS, manifest_of, metric_document, product_documents

from catalog.domain.document import Document
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.errors import Refused
from catalog.manifests.read import read
from catalog.registry.drafts import Address, draft_from, drafts_of, keys_of
from catalog.registry.ownership import in_domain


def only(*documents: Document) -> Draft:
    drafts, findings = drafts_of(manifest_of(*documents))
    assert not findings
    assert len(drafts) == 1
    return drafts[0]


def edited(document: Document, old: str, new: str) -> Document:
    text = document.data.decode()
    assert old in text
    return replace(document, data=text.replace(old, new).encode())


def test_a_folder_gives_one_draft_per_product_and_per_metric() -> None:
    drafts, findings = drafts_of(manifest_of(*product_documents(), metric_document()))
    assert [one.key for one in drafts] == [ORDERS, GMV]
    assert findings == ()
    product, metric = drafts
    assert isinstance(product.content, ProductContent)
    assert isinstance(metric.content, MetricContent)
    assert [one.id for one in product.content.contracts] == ["sales-orders-contract"]
    assert [one.name for one in metric.content.closure.semantic_models] == ["orders"]


def test_a_draft_holds_only_the_documents_it_needs() -> None:
    drafts, _ = drafts_of(manifest_of(*product_documents(), metric_document()))
    assert [one.path for one in drafts[0].documents] == ["orders.odps.yaml", "orders.odcs.yaml"]
    assert [one.path for one in drafts[1].documents] == ["gmv.yaml"]


def test_the_same_content_gives_the_same_digest_whatever_the_layout() -> None:
    product, contract = product_documents()
    commented = replace(product, data=b"# a comment\n" + product.data)
    assert only(product, contract).digest == only(commented, contract).digest


def test_stored_documents_give_the_same_draft_again() -> None:
    drafts, _ = drafts_of(manifest_of(*product_documents(), metric_document()))
    for draft in drafts:
        assert draft_from(draft.documents, draft.key) == draft


def test_a_draft_keeps_the_address_of_the_day_on_which_it_was_judged() -> None:
    drafts, _ = drafts_of(manifest_of(*product_documents(), metric_document()))
    for draft in drafts:
        of_that_day = Address("1.0.0", "sha256:then", "sha256:also-then")
        read_again = draft_from(draft.documents, draft.key, of_that_day)
        assert (read_again.digest, read_again.definition_digest) == ("sha256:then", "sha256:also-then")
        assert (read_again.content, read_again.documents) == (draft.content, draft.documents)


@pytest.mark.parametrize(
    ("old", "new", "promise_changes"),
    [
        ("purpose: Orders as they are placed.", "purpose: Orders.", False),
        ('value: "olga"', 'value: "otto"', False),
        ("version: 1.0.0\nstatus", "version: 1.0.1\nstatus", False),
        ("name: orders\n    version", "name: placed\n    version", True),
    ],
)
def test_the_definition_digest_covers_the_promise_only(old: str, new: str, promise_changes: bool) -> None:
    product, contract = product_documents()
    before, after = only(product, contract), only(edited(product, old, new), contract)
    assert before.digest != after.digest
    assert (before.definition_digest != after.definition_digest) is promise_changes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("logicalType: number", "logicalType: integer"),
        ("mustBe: 0", "mustBe: 1"),
        ("path: orders.csv", "path: o.csv"),
    ],
)
def test_a_contract_is_part_of_the_promise(old: str, new: str) -> None:
    product, contract = product_documents()
    assert (
        only(product, contract).definition_digest
        != only(product, edited(contract, old, new)).definition_digest
    )


def test_an_unknown_field_is_content_but_no_promise() -> None:
    product, contract = product_documents()
    extended = edited(product, "status: draft", "status: draft\ntenant: acme")
    before, after = only(product, contract), only(extended, contract)
    assert (before.digest != after.digest, before.definition_digest == after.definition_digest) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("changed", "number_changes"),
    [
        (metric_document(description="All sales."), False),
        (metric_document(tier="tier_2"), False),
        (metric_document("1.0.1"), False),
        (metric_document(expr="amount * 2"), True),
    ],
)
def test_a_metric_is_addressed_by_its_content_and_defined_by_its_number(
    changed: Document, number_changes: bool
) -> None:
    before, after = only(metric_document()), only(changed)
    assert before.digest != after.digest
    assert (before.definition_digest != after.definition_digest) is number_changes


def test_a_metric_that_others_share_a_file_with_keeps_its_digest() -> None:
    alone = only(metric_document())
    other = b"""  - name: orders_count
    description: Another.
    type: simple
    type_params:
      measure: order_amount
    config:
      meta: {domain: sales, owner: olga}
"""
    shared = replace(metric_document(), data=metric_document().data + other)
    drafts, _ = drafts_of(manifest_of(shared))
    assert {one.key.name: one.digest for one in drafts}["gmv"] == alone.digest


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (
            edited(metric_document(), "        domain: sales\n        owner", "        owner"),
            "METRIC_DOMAIN_MISSING",
        ),
        (metric_document(tier="nothstar"), "TIER_UNKNOWN"),
        (metric_document("latest"), "VERSION_INVALID"),
        (edited(metric_document(), "name: gmv", "name: GMV"), "ASSET_NAME_INVALID"),
    ],
)
def test_a_metric_that_cannot_be_governed_gives_a_finding_and_no_draft(document: Document, code: str) -> None:
    drafts, findings = drafts_of(read((document,)))
    assert drafts == ()
    assert [one.code for one in findings] == [code]
    assert findings[0].place.file == "gmv.yaml"
    assert findings[0].remedy


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("domain: sales\n", "", "PRODUCT_DOMAIN_MISSING"),
        ("version: 1.0.0\nstatus", "version: newest\nstatus", "VERSION_INVALID"),
    ],
)
def test_a_product_that_cannot_be_governed_gives_a_finding_and_no_draft(
    old: str, new: str, code: str
) -> None:
    product, contract = product_documents()
    drafts, findings = drafts_of(read((edited(product, old, new), contract)))
    assert drafts == ()
    assert code in [one.code for one in findings]


def test_a_contract_that_nobody_offers_is_a_product_of_its_own() -> None:
    alone = edited(
        product_documents()[1],
        "id: sales-orders-contract",
        "id: sales-orders-contract\ndataProduct: Placed Orders",
    )
    drafts, findings = drafts_of(in_domain(read([alone]), "sales"))
    assert [(one.code, one.blocks) for one in findings] == [("CONTRACT_STANDS_ALONE", False)]
    assert [str(one.key) for one in drafts] == ["data_product:sales.placed-orders"]
    assert draft_from(drafts[0].documents, drafts[0].key) == drafts[0]


def test_a_document_keeps_the_domain_that_it_names() -> None:
    manifest = in_domain(manifest_of(*product_documents(), metric_document()), "elsewhere")
    assert {key.domain for key in keys_of(manifest)} == {"sales"}


def test_keys_are_known_before_anything_is_judged() -> None:
    assert keys_of(manifest_of(*product_documents(), metric_document())) == (ORDERS, GMV)


def test_documents_that_hold_another_asset_are_refused() -> None:
    with pytest.raises(Refused, match="the documents hold no"):
        draft_from(product_documents(), GMV)


def test_documents_that_can_no_longer_be_governed_are_refused_with_findings() -> None:
    with pytest.raises(Refused) as refused:
        draft_from((metric_document(tier="nothstar"),), GMV)
    assert [one.code for one in refused.value.findings] == ["TIER_UNKNOWN"]


def test_two_domains_that_mean_the_same_have_the_same_definition() -> None:
    ours = metric_document()
    theirs = edited(ours, "domain: sales", "domain: finance")
    one, other = (drafts_of(manifest_of(document))[0][0] for document in (ours, theirs))
    assert one.key.domain != other.key.domain
    assert one.definition_digest == other.definition_digest
    assert one.digest != other.digest
