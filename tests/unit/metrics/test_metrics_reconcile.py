"""Definitions held against each other: the parts that differ, in words."""

from dataclasses import replace

import pytest
from metrics_shop import CUSTOMERS, ORDERS, PAID, REGIONS, derived, ratio, simple

from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, SemanticManifest
from catalog.domain.semantic_model import Aggregation
from catalog.metrics.difference import stated
from catalog.metrics.reconcile import Comparison, Statement, compare, duplicates, state


def said(who: str, metric: Metric, *others: Metric, **measure: object) -> Statement:
    changed = replace(ORDERS.measures[0], **measure)  # type: ignore[arg-type]
    model = replace(ORDERS, measures=(changed, *ORDERS.measures[1:]))
    return state(who, metric, SemanticManifest((model, CUSTOMERS, REGIONS), (metric, *others)))


def against(one: Statement, other: Statement) -> Comparison:
    return compare(one, other)


GMV = simple("gmv", "amount")


def test_a_statement_is_told_in_words() -> None:
    where = "{{ Dimension('order__status') }} NOT IN ('cancelled') AND {{ Dimension('customer__country') }} IS NOT NULL"
    told = stated(said("sales", simple("gmv", "amount", where)).definition)
    assert told.startswith("adds up amount of shop.orders where ")
    assert "status is not 'cancelled'" in told
    assert "shop.customers.country is not empty" in told
    parts = (simple("x", "amount"), simple("y", "orders"))
    quotient = stated(said("sales", ratio("share", MetricInput("x"), MetricInput("y")), *parts).definition)
    assert quotient.startswith("computes A / B, where A adds up amount of shop.orders, B counts rows")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (said("b", GMV, expr="amount - discount"), "a adds up amount; b adds up amount - discount."),
        (said("b", GMV, agg=Aggregation.MAX), "a adds up amount; b takes the greatest amount."),
        (said("b", simple("gmv", "amount", PAID)), "Only b asks that status is 'paid'."),
        (said("b", GMV, agg_time_dimension="paid_at"), "a counts by ordered_at; b counts by paid_at."),
        (
            said("b", derived("gmv", "x * 2", MetricInput("x")), simple("x", "amount")),
            "a adds up amount of shop.orders; b computes 2 * A, where A adds up amount of shop.orders.",
        ),
    ],
)
def test_each_part_that_differs_has_its_sentence(other: Statement, sentence: str) -> None:
    found = against(said("a", GMV), other)
    assert not found.same
    assert found.sentences == (sentence,)


def test_relations_of_one_name_are_apart_where_their_products_are() -> None:
    def of(product: str, joined: str) -> Statement:
        def owned(name: str) -> Governance:
            return Governance(custom={"product": name})

        models = replace(ORDERS, governance=owned(product)), replace(CUSTOMERS, governance=owned(joined))
        metric = simple("gmv", "amount", "{{ Dimension('customer__country') }} = 'DE'")
        return state(product, metric, SemanticManifest((*models, REGIONS), (metric,)))

    found = against(of("sales.shop", "sales.people"), of("web.shop", "sales.people"))
    assert found.sentences == (
        "sales.shop reads sales.shop.shop.orders; web.shop reads web.shop.shop.orders.",
    )
    assert not against(of("sales.shop", "sales.people"), of("sales.shop", "web.people")).same
    assert against(of("sales.shop", "sales.people"), of("sales.shop", "sales.people")).same


def test_the_same_in_other_words_has_no_differences() -> None:
    found = against(said("a", GMV), said("b", simple("turnover", "amount"), expr="1.0 * amount + 0"))
    assert found == Comparison("a", "b", True, ())


def test_what_only_shows_where_nothing_is_counted_is_a_caveat() -> None:
    found = against(said("a", GMV), said("b", GMV, expr="coalesce(amount, 0)"))
    assert found.same
    assert "nothing" in found.caveat


def test_duplicates_bear_several_names() -> None:
    one, same, other = (
        said("a.gmv", GMV),
        said("b.turnover", simple("turnover", "amount")),
        said("c.gmv", GMV),
    )
    unread = [said(f"{name}.lost", simple(name, "nothing")) for name in ("d", "e")]
    paid = said("f.paid", simple("paid", "amount", PAID))
    assert duplicates([one, other, paid, *unread]) == ()
    assert duplicates([one, same, paid, *unread]) == ((one, same),)
