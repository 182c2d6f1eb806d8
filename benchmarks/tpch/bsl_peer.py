"""Run by an environment that has boring-semantic-layer: compiles each question and prints JSON lines.

Arguments: a folder that is not read, rounds. Input: questions as JSON on standard input.
"""

import json
import sys
import time
from typing import Any, Final

import ibis
from boring_semantic_layer import to_semantic_table

ITEMS: Final = {
    "line__ship_mode": "lineitem.ship_mode",
    "purchase__priority": "orders.priority",
    "purchase__customer__segment": "customer.segment",
}
GRAINS: Final = {"metric_time__month": "TIME_GRAIN_MONTH", "metric_time__year": "TIME_GRAIN_YEAR"}
MONEY: Final = "decimal(15, 2)"


def model() -> Any:
    """The same models and metrics in its words; what it cannot say is left out."""
    lineitem = ibis.table(
        {
            "l_line_id": "int64",
            "l_orderkey": "int64",
            "l_shipdate": "date",
            "l_shipmode": "string",
            "l_returnflag": "string",
            "l_quantity": MONEY,
            "l_extendedprice": MONEY,
            "l_discount": MONEY,
        },
        name="lineitem",
    )
    orders = ibis.table(
        {"o_orderkey": "int64", "o_custkey": "int64", "o_orderdate": "date", "o_orderpriority": "string"},
        name="orders",
    )
    customer = ibis.table({"c_custkey": "int64", "c_mktsegment": "string"}, name="customer")
    customers = to_semantic_table(customer, name="customer").with_dimensions(
        customer=lambda t: t.c_custkey, segment=lambda t: t.c_mktsegment
    )
    purchases = (
        to_semantic_table(orders, name="orders")
        .with_dimensions(
            purchase=lambda t: t.o_orderkey,
            customer=lambda t: t.o_custkey,
            priority=lambda t: t.o_orderpriority,
        )
        .join_one(customers, lambda left, right: left.o_custkey == right.c_custkey)
    )
    lines = (
        to_semantic_table(lineitem, name="lineitem")
        .with_dimensions(
            shipped={
                "expr": lambda t: t.l_shipdate,
                "is_time_dimension": True,
                "smallest_time_grain": "TIME_GRAIN_DAY",
            },
            purchase=lambda t: t.l_orderkey,
            ship_mode=lambda t: t.l_shipmode,
        )
        .with_measures(
            revenue=lambda t: (t.l_extendedprice * (1 - t.l_discount)).sum(),
            quantity=lambda t: t.l_quantity.sum(),
            returned=lambda t: t.l_quantity.sum(where=t.l_returnflag == "R"),
            return_rate=lambda t: t.l_quantity.sum(where=t.l_returnflag == "R") / t.l_quantity.sum(),
        )
    )
    return lines, lines.join_one(purchases, lambda left, right: left.l_orderkey == right.o_orderkey)


def main() -> None:
    """One JSON line for each question: its SQL, or why there is none, and seconds of each compilation."""
    rounds = int(sys.argv[2])
    alone, joined = model()
    for question in json.load(sys.stdin):
        names = question["group_by"]
        try:
            seconds, sql = compiled(joined if joins(names) else alone, question, rounds)
        except Exception as fault:  # noqa: BLE001  # whatever a peer cannot answer is said
            print(json.dumps({"name": question["name"], "fault": str(fault)[:200]}), flush=True)
            continue
        print(json.dumps({"name": question["name"], "sql": sql, "seconds": seconds}), flush=True)


def joins(names: list[str]) -> bool:
    """Whether the question looks beyond the line items."""
    return any(name.startswith("purchase") for name in names)


def compiled(table: Any, question: dict[str, Any], rounds: int) -> tuple[list[float], str]:
    """Seconds of each compilation, and the SQL."""
    prefix = "lineitem." if joins(question["group_by"]) else ""
    grain = next((GRAINS[name] for name in question["group_by"] if name in GRAINS), None)
    items = [ITEMS.get(name, "lineitem.shipped") for name in question["group_by"]]
    if not prefix:
        items = [item.partition(".")[2] for item in items]
    seconds, sql = [], ""
    for _ in range(rounds):
        start = time.perf_counter()
        asked = table.query(
            dimensions=items,
            measures=[f"{prefix}{name}" for name in question["metrics"]],
            **({"time_grain": grain} if grain else {}),
        )
        sql = str(
            ibis.to_sql(asked.to_untagged() if hasattr(asked, "to_untagged") else asked, dialect="duckdb")
        )
        seconds.append(time.perf_counter() - start)
    return seconds, sql


if __name__ == "__main__":
    main()
