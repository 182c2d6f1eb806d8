"""Scalars: counts beyond 32 bits, and values of query results without loss."""

from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from catalog.serving.json_value import value_of

Count = NewType("Count", int)
Value = NewType("Value", object)

SCALARS: dict[object, ScalarDefinition] = {
    Count: strawberry.scalar(
        name="Count", description="A whole number from 0, which may pass 32 bits.", serialize=int
    ),
    Value: strawberry.scalar(
        name="Value",
        description="A value of a result; numbers that JSON cannot hold exactly come as text.",
        serialize=value_of,
    ),
}
