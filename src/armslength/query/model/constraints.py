"""Promises about the values of a column. They steer documentation, invented data and output types."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

Bound: TypeAlias = int | float | datetime.date


@dataclass(frozen=True, slots=True)
class Categorical:
    """The value is one of these, in this order."""

    values: tuple[Any, ...]

    if TYPE_CHECKING:  # any sequence will do; what is kept is a tuple

        def __init__(self, values: Sequence[Any]) -> None: ...

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))

    @property
    def description(self) -> str:
        if len(self.values) == 1:
            return f"Always `{self.values[0]}`"
        return "Possible values: " + ", ".join(f"`{value}`" for value in self.values)

    def validate(self, value: Any) -> bool:
        return value is None or value in self.values


@dataclass(frozen=True, slots=True)
class NotNull:
    """The value is never missing."""

    description: ClassVar[str] = "Never missing"

    def validate(self, value: Any) -> bool:
        return value is not None


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows share the value; a single value cannot show it."""

    description: ClassVar[str] = "Always unique"

    def validate(self, value: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class FirstOfMonth:
    """The date is the first day of its month."""

    description: ClassVar[str] = "Always the first day of a month"

    def validate(self, value: Any) -> bool:
        return value is None or value.day == 1


@dataclass(frozen=True, slots=True)
class Regex:
    """The text begins as the pattern says; invented texts fit it as a whole."""

    regex: str

    def __post_init__(self) -> None:
        re.compile(self.regex)

    @property
    def description(self) -> str:
        return f"Matches the pattern `{self.regex}`"

    def validate(self, value: Any) -> bool:
        return value is None or re.match(self.regex, value) is not None


@dataclass(frozen=True, slots=True)
class ClosedRange:
    """The integer lies between both bounds; invented ones are counted from the minimum in steps."""

    minimum: int
    maximum: int
    step: int = 1

    @property
    def description(self) -> str:
        steps = "" if self.step == 1 else f", and a multiple of {self.step} away from {self.minimum}"
        return f"Between {self.minimum} and {self.maximum}, both included{steps}"

    def validate(self, value: Any) -> bool:
        return value is None or bool(self.minimum <= value <= self.maximum)


@dataclass(frozen=True, slots=True)
class GeneralRange:
    """The value lies in a range of which either end may be open."""

    minimum: Bound | None = None
    maximum: Bound | None = None
    includes_minimum: bool = True
    includes_maximum: bool = True

    @property
    def description(self) -> str:
        parts = []
        if self.minimum is not None:
            parts.append(f"{'>=' if self.includes_minimum else '>'} {self.minimum}")
        if self.maximum is not None:
            parts.append(f"{'<=' if self.includes_maximum else '<'} {self.maximum}")
        return "Always " + " and ".join(parts)

    def validate(self, value: Any) -> bool:
        if value is None:
            return True
        above = self.minimum is None or (
            value >= self.minimum if self.includes_minimum else value > self.minimum
        )
        below = self.maximum is None or (
            value <= self.maximum if self.includes_maximum else value < self.maximum
        )
        return bool(above and below)


@dataclass(frozen=True, slots=True)
class DateAfter:
    """The date is on or after those in other columns of the same row."""

    column_names: tuple[str, ...]

    if TYPE_CHECKING:

        def __init__(self, column_names: Sequence[str]) -> None: ...

    def __post_init__(self) -> None:
        if isinstance(self.column_names, str):
            raise TypeError("DateAfter takes a list of column names, not one string")
        object.__setattr__(self, "column_names", tuple(self.column_names))

    @property
    def description(self) -> str:
        return f"On or after {', '.join(self.column_names)}"

    def validate(self, value: Any) -> bool:
        return True


AnyConstraint: TypeAlias = (
    Categorical | NotNull | Unique | FirstOfMonth | Regex | ClosedRange | GeneralRange | DateAfter
)


def keeps_to_the_letter(constraint: AnyConstraint, value: Any) -> bool:
    """Whether a value keeps a promise as an invented one must: texts as a whole, numbers in step.

    `validate` asks less of rows that somebody else wrote: ranges of real columns have gaps, and texts go on.
    """
    if value is None or not constraint.validate(value):
        return constraint.validate(value)
    if isinstance(constraint, Regex):
        return re.fullmatch(constraint.regex, value) is not None
    return not isinstance(constraint, ClosedRange) or (value - constraint.minimum) % constraint.step == 0


class Constraint:
    """All constraint kinds under one name, as table definitions write them: `Constraint.NotNull()`."""

    Categorical = Categorical
    NotNull = NotNull
    Unique = Unique
    FirstOfMonth = FirstOfMonth
    Regex = Regex
    ClosedRange = ClosedRange
    GeneralRange = GeneralRange
    DateAfter = DateAfter


CONSTRAINT_KINDS: tuple[type[AnyConstraint], ...] = (
    Categorical,
    NotNull,
    Unique,
    FirstOfMonth,
    Regex,
    ClosedRange,
    GeneralRange,
    DateAfter,
)
