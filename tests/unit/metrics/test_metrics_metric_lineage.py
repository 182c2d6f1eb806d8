"""What a metric is made of, and which of its columns decide its number."""

from metrics_shop import SHOP

from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.lineage.columns import columns_used
from catalog.metrics.metric_lineage import links_of

FILTER, GROUP, KEY = LineageRole.FILTER, LineageRole.GROUP, LineageRole.KEY
TIME, VALUE = LineageRole.TIME, LineageRole.VALUE


def links(name: str) -> tuple[Link, ...]:
    (metric,) = [one for one in SHOP.metrics if one.name == name]
    return links_of(metric, SHOP)


def roles(name: str) -> dict[str, LineageRole]:
    """The strongest role of each column by `relation/column`."""
    start = Node(NodeKind.METRIC, f".{name}")
    return {one.name.removeprefix("/shop."): role for one, role in columns_used(links(name), start).items()}


def test_a_derived_metric_leads_over_its_inputs_to_their_measures() -> None:
    found = links("goal_gap")
    gap, goal = Node(NodeKind.METRIC, ".goal_gap"), Node(NodeKind.METRIC, ".goal")
    target = Node(NodeKind.MEASURE, ".targets.target")
    assert Link(gap, goal, VALUE) in found
    assert Link(goal, target, VALUE) in found
    assert Link(target, Node.column("", "shop.targets", "goal"), VALUE) in found
    assert Link(gap, target, VALUE) not in found
    assert len(set(found)) == len(found)


def test_what_decides_is_told_from_what_only_groups() -> None:
    found = roles("german_revenue")
    assert found["orders/amount"] is VALUE
    assert found["customers/country"] is FILTER
    assert found["orders/customer_id"] is found["customers/id"] is KEY
    assert found["orders/ordered_at"] is TIME
    assert found["orders/status"] is found["regions/name"] is GROUP


def test_a_filter_of_an_input_is_a_filter_of_the_whole() -> None:
    assert roles("paid_share")["orders/status"] is FILTER


def test_the_moment_of_a_balance_places_it_and_its_groups_are_keys() -> None:
    found = roles("latest_balance")
    assert (found["balances/day"], found["balances/customer_id"]) == (TIME, KEY)


def test_a_count_of_rows_stands_on_the_rows() -> None:
    assert roles("customer_count")["customers/*"] is VALUE


def test_metrics_of_several_sources_group_by_what_all_of_them_reach() -> None:
    found = roles("revenue_per_customer")
    assert found["customers/country"] is GROUP
    assert "orders/status" not in found
