"""A query that was compiled, and on whose data the engine failed: said in the words of metrics and filters."""

from catalog.domain.errors import EngineError
from catalog.domain.finding_code import FindingCode
from catalog.metrics.compile import CompiledQuery
from catalog.metrics.errors import QueryRefused
from catalog.metrics.kinds.plan_check import conditions_of
from catalog.metrics.plan.compute import Compute

_SHOWN = 8


def refused_by_data(compiled: CompiledQuery, trouble: EngineError) -> EngineError | QueryRefused:
    """The trouble as a refusal, where a name, type or value of the statement is at fault; else the trouble itself.

    What the engine says is not repeated: it may quote values and names of columns.
    """
    if FindingCode.SQL_INVALID.name not in {one.code for one in trouble.findings}:
        return trouble
    metrics = [each.name for one in compiled.plan.walk() if isinstance(one, Compute) for each in one.metrics]
    texts = list(dict.fromkeys(one.text for one in conditions_of(compiled.plan)))
    asked = ", ".join(dict.fromkeys(metrics)) or "the values"
    under = f" where {' and '.join(texts[:_SHOWN])}" if texts else ""
    finding = FindingCode.METRIC_DATA_UNFIT.found(
        f"The engine could not work out {asked}{under}: a value or a column of the data does not fit.",
        remedy="Compare values of one type, or filter such rows out; `concord check` holds definitions against data.",
    )
    return QueryRefused(finding.message, findings=[finding])
