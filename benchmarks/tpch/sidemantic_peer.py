"""Run by an environment that has Sidemantic: compiles each question and prints JSON lines.

Arguments: a folder that is not read, rounds. Input: questions as JSON on standard input.
"""

import json
import sys
import time
from typing import Final

from sidemantic import Dimension, Metric, Model, Relationship, SemanticLayer

REVENUE: Final = "l_extendedprice * (1 - l_discount)"
ITEMS: Final = {
    "metric_time__month": "lineitem.shipped__month",
    "metric_time__year": "lineitem.shipped__year",
    "line__ship_mode": "lineitem.ship_mode",
    "purchase__priority": "orders.priority",
    "purchase__customer__segment": "customer.segment",
}
# Two facts have no common time here: by priority alone, as by the other peers.
METRICS: Final = {
    "revenue": "lineitem.revenue",
    "return_rate": "return_rate",
    "revenue_per_order": "revenue_per_order",
}


def layer() -> SemanticLayer:
    """The same models and metrics in Sidemantic's words."""
    found = SemanticLayer(dialect="duckdb", auto_register=False)
    found.add_model(
        Model(
            name="lineitem",
            table="lineitem",
            primary_key="l_line_id",
            relationships=[
                Relationship(
                    name="orders", type="many_to_one", foreign_key="l_orderkey", primary_key="o_orderkey"
                )
            ],
            dimensions=[
                Dimension(name="shipped", type="time", sql="l_shipdate", granularity="day"),
                Dimension(name="ship_mode", type="categorical", sql="l_shipmode"),
                Dimension(name="return_flag", type="categorical", sql="l_returnflag"),
            ],
            metrics=[
                Metric(name="revenue", agg="sum", sql=REVENUE),
                Metric(name="quantity", agg="sum", sql="l_quantity"),
                Metric(name="returned", agg="sum", sql="l_quantity", filters=["{model}.l_returnflag = 'R'"]),
            ],
        )
    )
    found.add_model(
        Model(
            name="orders",
            table="orders",
            primary_key="o_orderkey",
            relationships=[
                Relationship(
                    name="customer", type="many_to_one", foreign_key="o_custkey", primary_key="c_custkey"
                )
            ],
            dimensions=[
                Dimension(name="ordered", type="time", sql="o_orderdate", granularity="day"),
                Dimension(name="priority", type="categorical", sql="o_orderpriority"),
            ],
            metrics=[Metric(name="orders", agg="count", sql="o_orderkey")],
        )
    )
    found.add_model(
        Model(
            name="customer",
            table="customer",
            primary_key="c_custkey",
            dimensions=[Dimension(name="segment", type="categorical", sql="c_mktsegment")],
        )
    )
    found.add_metric(
        Metric(
            name="return_rate", type="ratio", numerator="lineitem.returned", denominator="lineitem.quantity"
        )
    )
    found.add_metric(Metric(name="revenue_per_order", type="derived", sql="lineitem.revenue / orders.orders"))
    return found


def main() -> None:
    """One JSON line for each question: its SQL, or why there is none, and seconds of each compilation."""
    rounds, known = int(sys.argv[2]), layer()
    for question in json.load(sys.stdin):
        metrics = [METRICS[name] for name in question["metrics"]]
        items = [ITEMS[name] for name in question["group_by"]]
        if "revenue_per_order" in metrics:
            items = ["orders.priority"]
        seconds = []
        sql = ""
        for _ in range(rounds):
            start = time.perf_counter()
            sql = known.compile(metrics=metrics, dimensions=items)
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"name": question["name"], "sql": sql, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
