"""The expression of one element of a semantic model, held against what is known of its columns."""

from collections.abc import Mapping

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, Entity, Measure
from catalog.metrics.expression import element_expression
from catalog.metrics.kinds.inference import Inference
from catalog.metrics.kinds.kind import Kind


def mixed_types(
    model: str, one: Dimension | Entity | Measure, kinds: Mapping[str, Kind]
) -> tuple[Finding, ...]:
    """Each reason why the expression mixes types; `kinds` are by names of columns in small letters.

    Raises `ExpressionRefused` for an expression that cannot be read.
    """
    inference = Inference(lambda column: kinds.get(column.name.lower()))
    inference.kind(element_expression(one.name, one.expr))
    return tuple(
        FindingCode.METRIC_TYPE_MISMATCH.at(
            one.place,
            f"The expression of {one.name} of {model} cannot be trusted: {reason}.",
            remedy="Use values of one type, or cast one of them in expr.",
        )
        for reason in inference.faults
    )
