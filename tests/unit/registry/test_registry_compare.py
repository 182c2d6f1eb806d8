"""What breaks whom: one table row per kind of change."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    SchemaObject,
    Server,
    SlaProperty,
)
from catalog.domain.data_product import DataProduct, InputPort, OutputPort
from catalog.domain.draft import Draft, MetricContent, ProductContent
from catalog.domain.governance import Governance
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Measure,
    SemanticModel,
    TimeGranularity,
)
from catalog.domain.version import Bump
from catalog.manifests.digest import digest_of
from catalog.registry.canonical import canonical
from catalog.registry.compare import baseline_of, compare
from catalog.registry.compatibility import ChangeKind, Consumer
from catalog.registry.definition import promise_of
from catalog.registry.metric_changes import differences
from catalog.registry.ports import PublishedVersion

BREAKING, ADDITION, EDITORIAL = ChangeKind.BREAKING, ChangeKind.ADDITION, ChangeKind.EDITORIAL
NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEY = AssetKey.parse("data_product:sales.orders")
ID = Property("id", "integer", "BIGINT", required=True, unique=True, primary_key=True, primary_key_position=1)
AMOUNT = Property("amount", "number", "DECIMAL(10,2)", required=True, description="gross")
STATE = Property(
    "state", "string", "VARCHAR(10)", enum=("open", "paid"), options={"maxLength": 10, "pattern": "^[a-z]+$"}
)
EMAIL = Property("email", "string", "TEXT", classification="confidential")
TAGS = Property("tags", "array", items=Property("tag", "string"))
ORDERS = SchemaObject(
    "orders", "orders_v1", granularity="one order", properties=(ID, AMOUNT, STATE, EMAIL, TAGS)
)
LATENCY = SlaProperty("latency", 24, "h", "orders.updated_at")
CONTRACT = DataContract(
    "orders-contract",
    "1.0.0",
    "v3.1.0",
    schema=(ORDERS,),
    servers=(Server("prod", "local", options={"path": "a"}),),
    sla=(LATENCY, SlaProperty("retention", 2, "y"), SlaProperty("endOfLife", "2030-01-01")),
)
PORT = OutputPort("orders", "1.0.0", "orders-contract", "table")
PRODUCT = DataProduct("p", "orders", "1.0.0", "v1.0.0", "sales", output_ports=(PORT,))


def draft(contract: DataContract = CONTRACT, version: str = "2.0.0", product: DataProduct = PRODUCT) -> Draft:
    content = ProductContent(product, (contract,))
    digests = digest_of(canonical(content) | {"v": version}), digest_of(promise_of(content))
    return Draft(KEY, version, *digests, content, ())


LIVE = draft(version="1.2.0")


def with_orders(**changes: Any) -> DataContract:
    return replace(CONTRACT, schema=(replace(ORDERS, **changes),))


def with_column(old: Property, **changes: Any) -> DataContract:
    return with_orders(
        properties=tuple(replace(one, **changes) if one is old else one for one in ORDERS.properties)
    )


def without(*gone: Property) -> tuple[Property, ...]:
    return tuple(one for one in ORDERS.properties if one not in gone)


@pytest.mark.parametrize(
    ("contract", "kind", "message"),
    [
        (with_orders(properties=without(EMAIL)), BREAKING, "column email is gone"),
        (
            with_orders(properties=(*ORDERS.properties, Property("note", "string"))),
            ADDITION,
            "column note is new",
        ),
        (with_column(AMOUNT, name="amount_eur"), BREAKING, "column amount is now called amount_eur"),
        (with_column(AMOUNT, name="total_of_order"), BREAKING, "column amount is now called total_of_order"),
        (with_column(AMOUNT, required=False), BREAKING, "amount may now be missing"),
        (with_column(STATE, required=True), ADDITION, "state is now always there"),
        (with_column(ID, unique=False), BREAKING, "id is no longer unique"),
        (with_column(AMOUNT, unique=True), ADDITION, "amount is now unique"),
        (with_column(ID, physical_type="HUGEINT"), ADDITION, "id widens from BIGINT to HUGEINT"),
        (
            with_column(AMOUNT, physical_type="DOUBLE"),
            BREAKING,
            "amount turns from DECIMAL(10,2) into DOUBLE",
        ),
        (with_column(AMOUNT, description="net"), EDITORIAL, "the description of amount changes"),
        (
            with_column(EMAIL, classification="public"),
            BREAKING,
            "the classification of email falls from confidential to public",
        ),
        (
            with_column(EMAIL, classification=""),
            BREAKING,
            "the classification of email falls from confidential to unclassified",
        ),
        (
            with_column(EMAIL, classification="pii"),
            ADDITION,
            "the classification of email rises from confidential to pii",
        ),
        (
            with_column(EMAIL, classification="odd"),
            BREAKING,
            "the classification of email goes from confidential to odd, in unknown order",
        ),
        (with_column(STATE, enum=("open",)), BREAKING, "state no longer takes the value paid"),
        (with_column(STATE, enum=("open", "paid", "void")), ADDITION, "state may take the value void"),
        (with_column(STATE, enum=()), BREAKING, "state is no longer limited to its values"),
        (with_column(AMOUNT, enum=("1",)), ADDITION, "amount is now limited to 1"),
        (
            with_column(STATE, options={"maxLength": 20, "pattern": "^[a-z]+$"}),
            ADDITION,
            "maxLength of state goes from 10 to 20",
        ),
        (
            with_column(STATE, options={"maxLength": 10, "pattern": ".*"}),
            BREAKING,
            "pattern of state goes from ^[a-z]+$ to .*",
        ),
        (with_column(TAGS, items=Property("tag", "integer")), BREAKING, "tag turns from string into integer"),
        (with_column(TAGS, items=None), BREAKING, "tags no longer says what its items are"),
        (with_column(AMOUNT, items=Property("x")), ADDITION, "amount now says what its items are"),
        (
            with_column(AMOUNT, physical_name="amt"),
            BREAKING,
            "the data carries amount as amt, no longer amount",
        ),
        (
            with_column(AMOUNT, primary_key=True, primary_key_position=2),
            BREAKING,
            "the primary key of orders goes from id to id, amount",
        ),
        (with_orders(name="purchases"), BREAKING, "orders is now called purchases"),
        (
            with_orders(physical_name="orders_v2"),
            BREAKING,
            "orders lies at orders_v2, no longer at orders_v1",
        ),
        (with_orders(granularity="one line"), BREAKING, "a row of orders means something else"),
        (with_orders(quality=(QualityRule("text"),)), ADDITION, "the quality rules of orders change"),
        (with_orders(description="all"), EDITORIAL, "the description of orders changes"),
        (replace(CONTRACT, schema=()), BREAKING, "orders is gone"),
        (
            replace(CONTRACT, schema=(ORDERS, SchemaObject("lines", properties=(Property("line"),)))),
            ADDITION,
            "lines is new",
        ),
        (replace(CONTRACT, servers=()), BREAKING, "server prod is gone"),
        (
            replace(CONTRACT, servers=(Server("prod", "local", options={"path": "b"}),)),
            BREAKING,
            "server prod lies elsewhere",
        ),
        (
            replace(CONTRACT, servers=(*CONTRACT.servers, Server("test", "local"))),
            ADDITION,
            "server test is new",
        ),
        (
            replace(CONTRACT, limitations="EU only"),
            ADDITION,
            "usage or limitations of orders-contract change",
        ),
    ],
)
def test_a_change_has_its_kind(contract: DataContract, kind: ChangeKind, message: str) -> None:
    found = compare(draft(contract), LIVE, "1.2.0", ())
    assert (kind, message) in {(one.kind, one.message) for one in found.changes}


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        (replace(LATENCY, value=48), BREAKING),
        (replace(LATENCY, value=1, unit="d"), None),
        (replace(LATENCY, value=2, unit="days"), BREAKING),
        (replace(LATENCY, value=60, unit="minutes"), ADDITION),
        (replace(LATENCY, value=60, unit="M"), BREAKING),
        (replace(LATENCY, value="soon"), BREAKING),
        (replace(LATENCY, value=True), BREAKING),
    ],
)
def test_a_service_level_loosens_or_tightens(level: SlaProperty, kind: ChangeKind | None) -> None:
    found = compare(draft(replace(CONTRACT, sla=(level, *CONTRACT.sla[1:]))), LIVE, "1.2.0", ())
    kinds = {one.kind for one in found.changes if "/slaProperties/" in one.path}
    assert kinds == (set() if kind is None else {kind})


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        (SlaProperty("retention", 1, "y"), BREAKING),
        (SlaProperty("retention", 36, "months"), ADDITION),
        (SlaProperty("endOfLife", "2029-01-01"), BREAKING),
        (SlaProperty("endOfLife", "2031-01-01"), ADDITION),
    ],
)
def test_levels_that_promise_more_by_growing(level: SlaProperty, kind: ChangeKind) -> None:
    kept = tuple(level if one.property == level.property else one for one in CONTRACT.sla)
    found = compare(draft(replace(CONTRACT, sla=kept)), LIVE, "1.2.0", ())
    assert [one.kind for one in found.changes] == [kind]


def test_service_levels_come_and_go() -> None:
    gone = compare(draft(replace(CONTRACT, sla=())), LIVE, "1.2.0", ())
    come = compare(LIVE, draft(replace(CONTRACT, sla=())), "1.1.0", ())
    assert {one.message for one in gone.changes} >= {"retention is no longer promised"}
    assert {one.kind for one in come.changes} == {ADDITION}


@pytest.mark.parametrize(
    ("product", "kind", "message"),
    [
        (replace(PRODUCT, output_ports=()), BREAKING, "output port orders is gone"),
        (replace(PRODUCT, output_ports=(PORT, OutputPort("files"))), ADDITION, "output port files is new"),
        (
            replace(PRODUCT, output_ports=(replace(PORT, name="sales"),)),
            BREAKING,
            "output port orders is now called sales",
        ),
        (
            replace(PRODUCT, output_ports=(replace(PORT, type="files"),)),
            BREAKING,
            "output port orders turns from table into files",
        ),
        (
            replace(PRODUCT, output_ports=(replace(PORT, version="2.0.0"),)),
            EDITORIAL,
            "descriptions or people change",
        ),
        (
            replace(PRODUCT, output_ports=(replace(PORT, input_contracts=(("x", "1"),)),)),
            ADDITION,
            "output port orders is made from other contracts",
        ),
        (
            replace(PRODUCT, output_ports=(replace(PORT, contract_id=""),)),
            BREAKING,
            "contract orders-contract is no longer promised",
        ),
        (
            replace(PRODUCT, input_ports=(InputPort("crm"),)),
            ADDITION,
            "the product is made from other inputs",
        ),
        (replace(PRODUCT, limitations="none"), ADDITION, "the known limitations change"),
        (replace(PRODUCT, purpose="selling"), EDITORIAL, "descriptions or people change"),
    ],
)
def test_a_change_of_the_product_has_its_kind(product: DataProduct, kind: ChangeKind, message: str) -> None:
    found = compare(draft(product=product), LIVE, "1.2.0", ())
    assert [(one.kind, one.message) for one in found.changes] == [(kind, message)]


def test_a_contract_that_is_promised_for_the_first_time_is_an_addition() -> None:
    live = draft(product=replace(PRODUCT, output_ports=(replace(PORT, contract_id=""),)))
    assert [one.kind for one in compare(draft(version="3.0.0"), live, "2.0.0", ()).changes] == [ADDITION]


def test_a_rename_is_one_change_and_no_loss() -> None:
    found = compare(draft(with_column(AMOUNT, name="amount_eur")), LIVE, "1.2.0", ())
    assert [one.message for one in found.changes] == ["column amount is now called amount_eur"]


def test_unlike_columns_are_no_rename() -> None:
    columns = tuple(
        Property("phone", "string", "TEXT", required=True) if one is EMAIL else one
        for one in ORDERS.properties
    )
    messages = {
        one.message
        for one in compare(
            draft(with_orders(properties=(*columns[:3], columns[4], columns[3]))), LIVE, "1.2.0", ()
        ).changes
    }
    assert {"column email is gone", "column phone is new"} <= messages


BREAK = with_orders(properties=without(EMAIL))
ADD = with_orders(properties=(*ORDERS.properties, Property("note", "string")))
WORDS = with_column(AMOUNT, description="net")


@pytest.mark.parametrize(
    ("contract", "live", "version", "due", "taken", "code"),
    [
        (BREAK, "1.2.0", "2.0.0", Bump.MAJOR, Bump.MAJOR, None),
        (BREAK, "1.2.0", "1.3.0", Bump.MAJOR, Bump.MINOR, "VERSION_BUMP_TOO_SMALL"),
        (ADD, "1.2.0", "1.3.0", Bump.MINOR, Bump.MINOR, None),
        (ADD, "1.2.0", "1.2.1", Bump.MINOR, Bump.PATCH, "VERSION_BUMP_TOO_SMALL"),
        (WORDS, "1.2.0", "1.2.1", Bump.PATCH, Bump.PATCH, None),
        (WORDS, "1.2.0", "1.2.0", Bump.PATCH, Bump.NONE, "VERSION_NOT_NEWER"),
        (WORDS, "1.2.0", "1.1.9", Bump.PATCH, Bump.NONE, "VERSION_NOT_NEWER"),
        (BREAK, "0.2.0", "0.3.0", Bump.MINOR, Bump.MINOR, None),
        (BREAK, "0.2.0", "0.2.1", Bump.MINOR, Bump.PATCH, "VERSION_BUMP_TOO_SMALL"),
        (CONTRACT, "1.2.0", "1.2.0", Bump.PATCH, Bump.NONE, "VERSION_NOT_NEWER"),
    ],
)
def test_the_version_step_due_is_held_against_the_one_taken(
    contract: DataContract, live: str, version: str, due: Bump, taken: Bump, code: str | None
) -> None:
    found = compare(draft(contract, version), draft(version="live"), live, ())
    assert (found.bump_due, found.bump_taken) == (due, taken)
    assert [one.code for one in found.findings if one.blocks] == ([] if code is None else [code])


def test_a_first_version_breaks_nobody() -> None:
    found = compare(draft(), None, "", (Consumer("bi", "dashboard", 3),))
    assert (found.changes, found.findings, found.consumers, found.bump_due) == ((), (), (), Bump.NONE)


def test_consumers_are_named_where_something_breaks_and_only_there() -> None:
    readers = tuple(Consumer(f"team{n}", "app", 9 - n) for n in range(5))
    broken = compare(draft(BREAK), LIVE, "1.2.0", readers)
    assert broken.consumers == readers
    assert (
        "breaks 5 consumers of 1.2.0: team0/app; team1/app; team2/app and 2 more"
        in broken.findings[0].message
    )
    assert not broken.findings[0].blocks
    assert compare(draft(ADD), LIVE, "1.2.0", readers).consumers == ()


def version(text: str, status: Status = Status.ACTIVE) -> PublishedVersion:
    return PublishedVersion(KEY, text, status, "sha256:a", "sha256:d", "id", "", {}, NOW, "olga")


@pytest.mark.parametrize(
    ("versions", "wanted", "baseline"),
    [
        ([], "1.0.0", None),
        ([version("1.4.0"), version("2.0.0")], "1.4.1", "1.4.0"),
        ([version("1.4.0"), version("2.0.0")], "3.0.0", "2.0.0"),
        ([version("1.4.0"), version("1.10.0")], "1.11.0", "1.10.0"),
        ([version("2.0.0")], "1.0.0", None),
        ([version("1.0.0", Status.RETIRED)], "2.0.0", None),
        ([version("1.0.0", Status.DEPRECATED)], "2.0.0", "1.0.0"),
        ([version("1.0.0")], "nonsense", None),
    ],
)
def test_the_baseline_is_the_newest_served_of_the_same_major_or_below(
    versions: list[PublishedVersion], wanted: str, baseline: str | None
) -> None:
    found = baseline_of(versions, wanted)
    assert (found.version if found else None) == baseline


DAY = Dimension("ordered_at", DimensionType.TIME)
REGION = Dimension("region", DimensionType.CATEGORICAL)
SUM = Measure("amount", Aggregation.SUM, "amount", agg_time_dimension="ordered_at")
MODEL = SemanticModel("orders", "orders", "", "ordered_at", dimensions=(DAY, REGION), measures=(SUM,))
GMV = Metric(
    "gmv",
    MetricType.SIMPLE,
    measure=MetricInput("amount"),
    governance=Governance(domain="sales", tier="tier_1"),
)


def metric_draft(metric: Metric = GMV, model: SemanticModel = MODEL, version: str = "2.0.0") -> Draft:
    content = MetricContent(metric, SemanticManifest((model,), (metric,)))
    digests = digest_of(canonical(content) | {"v": version}), digest_of(promise_of(content))
    return Draft(metric.key, version, *digests, content, ())


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        (
            metric_draft(model=replace(MODEL, measures=(replace(SUM, agg=Aggregation.AVERAGE),))),
            BREAKING,
            "sum to average",
        ),
        (
            metric_draft(model=replace(MODEL, measures=(replace(SUM, expr="amount * 2"),))),
            BREAKING,
            "the definition goes from",
        ),
        (
            metric_draft(model=replace(MODEL, dimensions=(DAY,))),
            BREAKING,
            "it can no longer be grouped by orders.region",
        ),
        (
            metric_draft(
                model=replace(
                    MODEL, dimensions=(*MODEL.dimensions, Dimension("shop", DimensionType.CATEGORICAL))
                )
            ),
            ADDITION,
            "it can be grouped by orders.shop",
        ),
        (
            metric_draft(
                model=replace(MODEL, dimensions=(replace(DAY, granularity=TimeGranularity.MONTH), REGION))
            ),
            BREAKING,
            "orders.ordered_at is no finer than month",
        ),
        (
            metric_draft(replace(GMV, governance=replace(GMV.governance, tier="tier_3"))),
            EDITORIAL,
            "the tier goes from tier_1 to tier_3",
        ),
        (metric_draft(replace(GMV, description="all sales")), EDITORIAL, "descriptions or people change"),
    ],
)
def test_a_change_of_a_metric_has_its_kind(changed: Draft, kind: ChangeKind, words: str) -> None:
    found = compare(changed, metric_draft(version="1.0.0"), "1.0.0", ())
    assert {one.kind for one in found.changes} == {kind}
    assert any(words in one.message for one in found.changes)


def test_differences_are_the_smallest_parts() -> None:
    old, new = {"a": [1, {"b": 2}], "c": "x"}, {"a": [1, {"b": 3}], "d": "y" * 99}
    assert list(differences(old, new)) == [
        ("/a/1/b", "2", "3"),
        ("/c", "x", "nothing"),
        ("/d", "nothing", "y" * 60 + "…"),
    ]
