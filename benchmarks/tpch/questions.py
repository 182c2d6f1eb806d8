"""The five questions that every engine answers, with SQL written by hand for each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One question: metrics and group-by items as `dbt` names them, and its SQL by hand."""

    name: str
    metrics: tuple[str, ...]
    group_by: tuple[str, ...]
    hand: str


REVENUE: Final = "sum(l_extendedprice * (1 - l_discount))"

QUESTIONS: Final = (
    Question(
        "simple: revenue by month",
        ("revenue",),
        ("metric_time__month",),
        f"SELECT date_trunc('month', l_shipdate), {REVENUE} FROM lineitem GROUP BY 1",
    ),
    Question(
        "ratio: return rate by ship mode",
        ("return_rate",),
        ("line__ship_mode",),
        """SELECT l_shipmode, CAST(sum(l_quantity) FILTER (l_returnflag = 'R') AS DOUBLE) / nullif(sum(l_quantity), 0)
           FROM lineitem GROUP BY 1""",
    ),
    Question(
        "join: revenue by order priority",
        ("revenue",),
        ("purchase__priority",),
        f"SELECT o_orderpriority, {REVENUE} FROM lineitem LEFT JOIN orders ON l_orderkey = o_orderkey GROUP BY 1",
    ),
    Question(
        "multi-hop: revenue by customer segment and year",
        ("revenue",),
        ("purchase__customer__segment", "metric_time__year"),
        f"""SELECT c_mktsegment, date_trunc('year', l_shipdate), {REVENUE} FROM lineitem
            LEFT JOIN (orders LEFT JOIN customer ON o_custkey = c_custkey) ON l_orderkey = o_orderkey GROUP BY 1, 2""",
    ),
    Question(
        "derived over two facts: revenue per order by month and priority",
        ("revenue_per_order",),
        ("metric_time__month", "purchase__priority"),
        f"""SELECT coalesce(l.month, o.month), coalesce(l.priority, o.priority), revenue / orders
            FROM (SELECT date_trunc('month', l_shipdate) AS month, o_orderpriority AS priority, {REVENUE} AS revenue
                  FROM lineitem LEFT JOIN orders ON l_orderkey = o_orderkey GROUP BY 1, 2) AS l
            FULL JOIN (SELECT date_trunc('month', o_orderdate) AS month, o_orderpriority AS priority, sum(1) AS orders
                       FROM orders GROUP BY 1, 2) AS o
            ON l.month IS NOT DISTINCT FROM o.month AND l.priority IS NOT DISTINCT FROM o.priority""",
    ),
)
