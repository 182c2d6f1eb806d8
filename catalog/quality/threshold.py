"""What a measured value must be: ODCS's operators, read once and evaluated here, never in SQL."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Operator(StrEnum):
    """The operators of ODCS 3.x by their own names."""

    MUST_BE = "mustBe"
    MUST_BE_BETWEEN = "mustBeBetween"
    MUST_BE_GREATER_OR_EQUAL_TO = "mustBeGreaterOrEqualTo"
    MUST_BE_GREATER_THAN = "mustBeGreaterThan"
    MUST_BE_LESS_OR_EQUAL_TO = "mustBeLessOrEqualTo"
    MUST_BE_LESS_THAN = "mustBeLessThan"
    MUST_NOT_BE = "mustNotBe"
    MUST_NOT_BE_BETWEEN = "mustNotBeBetween"


_TEXTS: Final = {
    Operator.MUST_BE: "must be {}",
    Operator.MUST_BE_BETWEEN: "must be between {} and {}",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "must be at least {}",
    Operator.MUST_BE_GREATER_THAN: "must be greater than {}",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: "must be at most {}",
    Operator.MUST_BE_LESS_THAN: "must be less than {}",
    Operator.MUST_NOT_BE: "must not be {}",
    Operator.MUST_NOT_BE_BETWEEN: "must not be between {} and {}",
}
_RANGES: Final = {Operator.MUST_BE_BETWEEN, Operator.MUST_NOT_BE_BETWEEN}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator with its numbers: two for a range, else one.

    Ranges include their bounds, as every implementation of the standard has them; `mustNotBeBetween` is the
    exact opposite.
    """

    operator: Operator
    operands: tuple[float, ...]

    def holds(self, value: float) -> bool:
        """Whether the value satisfies the operator."""
        low, high = self.operands[0], self.operands[-1]
        return {
            Operator.MUST_BE: value == low,
            Operator.MUST_BE_BETWEEN: low <= value <= high,
            Operator.MUST_BE_GREATER_OR_EQUAL_TO: value >= low,
            Operator.MUST_BE_GREATER_THAN: value > low,
            Operator.MUST_BE_LESS_OR_EQUAL_TO: value <= low,
            Operator.MUST_BE_LESS_THAN: value < low,
            Operator.MUST_NOT_BE: value != low,
            Operator.MUST_NOT_BE_BETWEEN: not low <= value <= high,
        }[self.operator]

    def __str__(self) -> str:
        """`must be between 100 and 120`."""
        return _TEXTS[self.operator].format(*map(number_text, self.operands))


@dataclass(frozen=True, slots=True)
class Threshold:
    """All conditions must hold; `unit` is `rows`, `percent`, `columns`, a unit of time, or empty."""

    conditions: tuple[Condition, ...] = (Condition(Operator.MUST_BE, (0.0,)),)
    unit: str = "rows"

    @property
    def is_percent(self) -> bool:
        """Whether the measured count is compared as a share of all rows."""
        return self.unit == "percent"

    def holds(self, value: float) -> bool:
        """Whether the measured value, in the threshold's unit, is as promised."""
        return all(condition.holds(value) for condition in self.conditions)

    def __str__(self) -> str:
        """`must be less than 5 percent`."""
        return f"{' and '.join(map(str, self.conditions))} {self.unit}".strip()


def read_conditions(operators: Mapping[str, Any]) -> tuple[Condition, ...] | str:
    """The declared operators as conditions, or a sentence that says what is wrong with them.

    Several operators in one rule must all hold, as the standard's text has it.
    """
    conditions = []
    for key, declared in operators.items():
        if key not in set(Operator):
            return f"{key} is no operator of the standard"
        operator = Operator(key)
        operands = _operands(declared, 2 if operator in _RANGES else 1)
        if isinstance(operands, str):
            return f"{key} {operands}"
        conditions.append(Condition(operator, operands))
    return tuple(conditions)


def _operands(declared: object, count: int) -> tuple[float, ...] | str:
    numbers = declared if count == 2 and isinstance(declared, list | tuple) else (declared,)
    if len(numbers) != count or not all(_is_number(number) for number in numbers):
        return "takes two numbers, the smaller one first" if count == 2 else "takes one number"
    if numbers[0] > numbers[-1]:
        return "has its greater number first"
    return tuple(float(number) for number in numbers)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def number_text(value: float) -> str:
    """A number as people write it: whole numbers without a fraction, others to six digits."""
    return str(int(value)) if value == int(value) else f"{value:.6g}"
